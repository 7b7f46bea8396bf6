// rooms.mjs - ./dev rooms: lists the rooms of the code, draws them, says which rule one breaks.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bounds } from './bounds.mjs';
import { check } from './check.mjs';
import { scan } from './scan.mjs';
import { detail, drawing, drawingIn, listing, redrawn } from './show.mjs';
import { checkSymbols } from './symbols.mjs';

const help = `usage: ./dev rooms [ROOM | --check [PRESET] | --drawing | --update | --help]

A room is a folder of C files with a target of CMake, which says what other rooms it sees: server/core
and the others of server/, server itself (mcp_main), and each program. Without a word it lists them,
lowest first, and says what is wrong; the exit status is 1 where anything is.

  sees       the rooms that its target names; it sees what they see too, but there are no further ways.
             In parentheses: none of its headers is included (it is linked, or include/ declares it)
  doors      headers that files of other rooms include

  ROOM       one room: its doors, its files, what each includes of other rooms
  --check    only what is wrong; with a PRESET also in its libraries, which were built before: a call of what
             a room does not see, by a declaration in include/ or of its own
  --drawing  the rooms as a Mermaid flowchart: a line for each that a room sees, but for those that it
             sees through others
  --update   puts that drawing into docs/architecture.md

Rules: no room over ${bounds.roomLines} lines or ${bounds.roomFiles} files, no door over ${bounds.doorLines} lines, no file over ${bounds.fileLines}, no function over
${bounds.functionLines}; no circle of rooms, neither of links nor of includes; no include and no call of what a room does not
see; the drawing in docs/architecture.md is this one. What is larger today is in tests/rooms/bounds.mjs.
`;

const root = join(import.meta.dirname, '../..');
const page = join(root, 'docs/architecture.md');
const say = text => process.stdout.write(`${text}\n`);

function wrong(model) {
	const drawn = drawingIn(readFileSync(page, 'utf8')) === drawing(model);
	return [...check(model), ...drawn ? [] : ['docs/architecture.md does not have the drawing of now: ./dev rooms --update']];
}

function tell(findings) {
	for (const finding of findings)
		say(finding);
	process.exitCode = findings.length ? 1 : 0;
}

function one(model, word) {
	const room = model.rooms.find(({ name, folder }) => [name, folder].includes(word.replace(/\/$/, '')));
	if (room)
		return say(detail(model, room));
	process.stderr.write(`dev: there is no room "${word}"; there are ${model.rooms.map(({ name }) => name).join(', ')}\n`);
	process.exitCode = 2;
}

function run(word, preset) {
	if (['--help', '-h', 'help'].includes(word))
		return say(help.trimEnd());
	const model = scan(root);
	if (word === '--check')
		return tell([...wrong(model), ...preset ? checkSymbols(model, root, preset) : []]);
	if (word === '--drawing')
		return say(drawing(model));
	if (word === '--update')
		return writeFileSync(page, redrawn(readFileSync(page, 'utf8'), drawing(model)));
	if (word)
		return one(model, word);
	say(listing(model));
	const findings = wrong(model);
	if (findings.length)
		say('');
	tell(findings);
}

try {
	run(...process.argv.slice(2));
} catch (error) {
	process.stderr.write(`dev: ${error.message}\n`);
	process.exitCode = 2;
}
