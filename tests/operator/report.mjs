// report.mjs - what an hour of an operator's was, as Markdown: each accident, and each alarm with how it rang.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../e2e/support.mjs';

const cell = text => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = cells => `| ${cells.map(cell).join(' | ')} |`;
const table = (heads, rows) => [row(heads), row(heads.map(() => '---')), ...rows.map(row)].join('\n');
const seconds = value => value === undefined ? '' : `${value.toFixed(1)} s`;
const list = each => each.length ? each.join('; ') : '-';

const INTERESTING = /^mcp_(requests_total\{method="tools\/call".*outcome="(?!ok|error)|database_failures|calls_out_total\{.*outcome="(?!answered|refused)|limit_hits|streams_resumed|spans_total\{outcome="(?!exported))/;

const figures = grown => {
	const sums = new Map();
	for (const [figure, value] of grown)
		if (INTERESTING.test(figure)) {
			const name = figure.replace(/(method|tool)="[^"]*",?/g, '').replace(/service="[^"]*",?/g, '');
			sums.set(name, (sums.get(name) ?? 0) + value);
		}
	return [...sums].map(([name, value]) => `\`${name}\` +${Math.round(value)}`);
};

function accident({ name, where, states, rang, lines, grown, stopped, well }) {
	return [name, where, list(states.map(({ task, words, at }) => `${task}: ${words} after ${seconds(at)}`)),
		list([...rang].map(([alarm, { at }]) => `${alarm} after ${seconds(at)}`)), list(figures(grown).slice(0, 6)), list(lines.slice(0, 4)),
		seconds(stopped), seconds(well)];
}

// `alarms`: [name, its expression, its page], as they are delivered.
export function report(results, alarms) {
	const rung = alarm => results.filter(({ rang }) => rang.has(alarm)).map(({ name, where, rang }) => `${name} (${where}), ${seconds(rang.get(alarm).at)}`);
	return `# The operator's hour

Times are from the accident on; those of alarms are thirty times as fast as they are delivered.

${table(['accident', 'on', '/readyz said', 'rang', 'figures', 'the log', 'a stop took', 'well after'], results.map(accident))}

${table(['alarm', 'rang here', 'metric', 'page'], alarms.map(([name, expression, page]) =>
		[name, list(rung(name)), [...new Set(expression.match(/\bmcp_\w+|\bup\b/g))].map(metric => `\`${metric}\``).join(', '), page]))}
`;
}

export function write(text) {
	const path = join(root, 'build/test/operator.md');
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, text);
	return path;
}
