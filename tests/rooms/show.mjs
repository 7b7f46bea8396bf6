// show.mjs - the rooms for a person to read: a listing, one of them, a drawing.
import { basename } from 'node:path';
import { reach } from './scan.mjs';

const thousands = number => number.toLocaleString('en');
const names = rooms => rooms.map(({ name }) => name).join(', ');

// Columns as wide as what is in them; those of numbers to the right.
function table(rows, numbers = []) {
	const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
	return rows.map(row => row.map((cell, column) => numbers.includes(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))
		.join('  ').trimEnd());
}

const parts = (rooms, order) => order.filter(room => rooms.has(room));

export function listing({ rooms }) {
	const row = room => [room.name, thousands(room.lines), String(room.files.length), String(room.doors.length),
		parts(room.sees, rooms).map(other => room.uses.has(other) ? other.name : `(${other.name})`).join(', ')];
	const sum = of => thousands(rooms.reduce((all, room) => all + of(room), 0));
	return [
		...table([['room', 'lines', 'files', 'doors', 'sees'], ...rooms.map(row),
			[`${rooms.length} in all`, sum(room => room.lines), sum(room => room.files.length), sum(room => room.doors.length), '']], [1, 2, 3]),
	].join('\n');
}

export function detail({ rooms }, room) {
	const below = reach(room, one => one.sees);
	const rest = rooms.filter(other => below.has(other) && room.path.has(other.folder) && !room.sees.has(other));
	const uses = file => file.includes.filter(({ home }) => home !== room).map(({ path }) => basename(path)).join(' ');
	return [
		`${room.folder}/ has ${thousands(room.lines)} lines in ${room.files.length} files.`, '',
		`It sees    ${names(parts(room.sees, rooms)) || 'nothing'}${rest.length ? `, and through them ${names(rest)}` : ''}`,
		`includes   ${names(parts(room.uses, rooms)) || 'nothing of them'}`,
		`seen by    ${names(rooms.filter(other => other.sees.has(room))) || 'nobody'}`, '',
		'Doors, which others include', ...room.doors.length
			? table(room.doors.map(door => [`  ${basename(door.path)}`, String(door.lines), door.about]), [1]) : ['  none'], '',
		'Files, and what each includes of other rooms',
		...table(room.files.map(file => [`  ${basename(file.path)}`, String(file.lines), uses(file)]), [1]),
	].join('\n');
}

// A line for what a room sees and reaches by no other: then all else follows from the drawing. Of the runtime: whichever programs
// there are, they see the server.
export function drawing({ rooms }) {
	const direct = room => parts(room.sees, rooms).filter(other => ![...room.sees].some(next => next !== other && next.path.has(other.folder)));
	return ['```mermaid', 'flowchart TD',
		...[...rooms].filter(room => /^server\b/.test(room.folder)).reverse().flatMap(room => direct(room).reverse().map(other => `    ${room.name} --> ${other.name}`)),
		'```'].join('\n');
}

// ---- The drawing in a page ----

const place = /(?<=^<!-- rooms -->\n)[\s\S]*?(?=^<!-- \/rooms -->$)/m;

export const drawingIn = page => place.exec(page)?.[0].trimEnd();
export const redrawn = (page, drawn) => page.replace(place, () => `${drawn}\n`);
