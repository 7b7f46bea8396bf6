// accepted.mjs - the mutants that may live: accepted.txt, each with its reason.
//
//     products/near.c
//     - if (at == SUGGESTED)
//     + if (at >= SUGGESTED)
//     `at` is never more.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const text = readFileSync(join(import.meta.dirname, 'accepted.txt'), 'utf8').replace(/^#.*\n/gm, '');
const keys = new Set();

for (const block of text.split(/\n\s*\n/).filter(each => each.trim())) {
	const [file, before, after, ...why] = block.trim().split('\n');
	if (!/^- /.test(before) || !/^\+ /.test(after) || !why.join('').trim())
		throw new Error(`accepted.txt: no file, line, change and reason:\n${block}`);
	keys.add([file, before.slice(2).trim(), after.slice(2).trim()].join('\n'));
}

export const accepted = ({ file, before, after }) => keys.has([file, before.trim(), after.trim()].join('\n'));
