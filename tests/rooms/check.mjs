// check.mjs - the rules that rooms keep, as lines that say what breaks one.
import { bounds, largeRooms, longDoors } from './bounds.mjs';
import { reach } from './scan.mjs';

const over = (what, count, most, unit) => count > most ? [`${what} has ${count} ${unit}, of ${most} it may have`] : [];

function sizes(rooms) {
	return rooms.flatMap(room => {
		const [lines, files] = largeRooms[room.name] ?? [bounds.roomLines, bounds.roomFiles];
		return [
			...over(room.folder, room.lines, lines, 'lines'),
			...over(room.folder, room.files.length, files, 'files'),
			...room.doors.flatMap(door => over(door.path, door.lines, longDoors[door.path] ?? bounds.doorLines, 'lines as a door')),
			...room.files.flatMap(file => over(file.path, file.lines, bounds.fileLines, 'lines')),
			...room.files.flatMap(file => file.functions.flatMap(({ line, length }) =>
				over(`${file.path}:${line}: a function`, length, bounds.functionLines, 'lines'))),
		];
	});
}

// What is in the list of what is larger, and no more is.
function listed(rooms) {
	const doors = new Map(rooms.flatMap(room => room.doors).map(door => [door.path, door]));
	const isLarge = name => rooms.some(room => room.name === name
		&& (room.lines > bounds.roomLines || room.files.length > bounds.roomFiles));
	const isLong = path => doors.get(path)?.lines > bounds.doorLines;
	return [...Object.keys(largeRooms).filter(name => !isLarge(name)), ...Object.keys(longDoors).filter(path => !isLong(path))]
		.map(name => `${name} need not be in tests/rooms/bounds.mjs any more`);
}

// The shortest way from a room back to it.
function wayBack(room, next) {
	let ways = [[room]];
	const seen = new Set();
	while (ways.length) {
		const longer = ways.flatMap(way => [...next(way.at(-1))].map(other => [...way, other]));
		const closed = longer.find(way => way.at(-1) === room);
		if (closed)
			return closed;
		ways = longer.filter(way => !seen.has(way.at(-1)) && seen.add(way.at(-1)));
	}
}

// A circle once for all the rooms that are in it.
function circles(rooms, kind, next) {
	const told = new Set();
	return rooms.toSorted((a, b) => a.name.localeCompare(b.name)).flatMap(room => {
		const below = reach(room, next);
		if (told.has(room) || !below.has(room))
			return [];
		for (const other of below)
			if (reach(other, next).has(room))
				told.add(other);
		return [`a circle of ${kind}: ${wayBack(room, next).map(({ name }) => name).join(' -> ')}`];
	});
}

const upwards = rooms => rooms.flatMap(room => room.files.flatMap(file => file.includes.filter(({ allowed }) => !allowed)
	.map(({ path, home }) => `${file.path} includes ${path}, but ${room.name} does not see ${home.name}`)));

// [] where all is well.
export function check({ rooms, strays }) {
	return [
		...strays.map(path => `${path} is in no room: no target of CMake has its folder`),
		...upwards(rooms),
		...circles(rooms, 'links', room => room.sees),
		...circles(rooms, 'includes', room => room.uses),
		...sizes(rooms),
		...listed(rooms),
	];
}
