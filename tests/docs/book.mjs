// book.mjs - docs/on-call.md as data: what rings, its entries, the blocks that they show and what those should say.

// [alarm, the anchor of its entry] of the table at its top.
export const rings = text => [...text.split('\n## ')[0].matchAll(/^\| (`.*`) \| .* \| \[.*\]\(#([\w-]+)\) \|$/gm)]
	.flatMap(([, alarms, entry]) => [...alarms.matchAll(/`([\w-]+)`/g)].map(([, alarm]) => [alarm, entry]));

// [heading, text] of each.
export const entries = text => text.split('\n## What rings\n')[1].split(/^### /m).slice(1)
	.map(entry => [entry.slice(0, entry.indexOf('\n')), entry]);

export const blocks = text => [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, block]) => ({ language, text: block }));

// The first line of a block says where it is for; one without such a word is for anywhere.
export const NOT_TRIED = /^# (?:AWS|systemd|compose)\b/;
const OF_ONE = /^# (SQLite|PostgreSQL)\b/;
export const labelled = (text, where) => !NOT_TRIED.test(text) && !/^# any: products/.test(text)
	&& [undefined, where].includes(OF_ONE.exec(text)?.[1]);

const escaped = words => words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*');

// What a block says of its answer, `kind` good or bad: "nothing", or words that are in it.
export const expected = (text, kind) => [...text.matchAll(new RegExp(`^# ${kind}: (.*)$`, 'gm'))]
	.map(([, words]) => ({ words, pattern: words === 'nothing' ? /^$/ : new RegExp(escaped(words), 'm') }));
