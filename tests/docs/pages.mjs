// pages.mjs - the pages for people: their text, and what GitHub makes of their links and headings.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../e2e/support.mjs';

export const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
	{ cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 }).split('\0').filter(path => path && existsSync(join(root, path)));

export const read = path => readFileSync(join(root, path), 'utf8');

// Without what is shown as it is: blocks of code and code in a line.
const prose = text => text.replace(/^ *(`{3,})[^\n]*\n[\s\S]*?^ *\1$/gm, '').replace(/^( {4}|\t).*$/gm, '').replace(/(`+)[^`]+\1/g, '');

// [what is linked, its anchor or undefined] of each link and picture within the repository.
export function links(text) {
	return [...prose(text).matchAll(/\]\(([^()\s]+)\)|^\[[^\]]+\]: (\S+)/gm)].map(([, inline, apart]) => inline ?? apart)
		.filter(to => !/^[a-z]+:/.test(to)).map(to => to.split('#'));
}

// The anchors of its headings.
export function anchors(text) {
	const seen = new Map();
	return text.replace(/^ *(`{3,})[^\n]*\n[\s\S]*?^ *\1$/gm, '').split('\n').flatMap(line => /^#{1,6} +(.*)$/.exec(line)?.[1] ?? [])
		.map(heading => {
			const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
				.replace(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, '').replaceAll(' ', '-');
			const times = seen.get(plain) ?? 0;
			seen.set(plain, times + 1);
			return times ? `${plain}-${times}` : plain;
		});
}

// The cells of a table, by rows.
export const rows = text => text.split('\n').filter(line => /^\|.*\|$/.test(line))
	.map(line => line.slice(1, -1).split('|').map(cell => cell.trim())).filter(([first]) => !/^:?-+:?$/.test(first));
