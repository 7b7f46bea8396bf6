// docs.mjs - what docs/sign-in.md tells people to set: the tests' servers run with that, and with nothing else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../e2e/support.mjs';

const page = readFileSync(join(root, 'docs/sign-in.md'), 'utf8');

// The settings in the first block under a heading, with names of the page's examples in the words of a test.
export function settingsOf(heading, names) {
	const [, section] = page.split(new RegExp(`^#+ ${heading}$`, 'm'));
	const [block] = /^(?: {4}[A-Z_]+=.*\n)+/m.exec(section.split(/^#+ /m)[0]);
	const settings = [...block.matchAll(/^ {4}([A-Z_]+)=(\S+)/gm)].map(([, name, value]) =>
		[name, Object.entries(names).reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), value)]);
	return Object.fromEntries(settings);
}

// The callbacks of the page's table, which a client of people's programs needs.
export const callbacks = [...page.split('| program | callback |')[1].split('\n\n')[0].matchAll(/`([^`]+)`/g)].map(([, url]) => url);
