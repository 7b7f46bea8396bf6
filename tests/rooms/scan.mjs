// scan.mjs - reads the rooms of the code: folders of C files, what CMake's targets let each see, and what
// their files really include.
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

// ---- CMake ----

// Sources and include paths come from its file API; that names what a target links in the end, so what it
// names itself comes from its drawing. Configured anew each time, so that they are those of now.
function askCmake(root) {
	const build = join(root, 'build/rooms'), query = join(build, '.cmake/api/v1/query');
	mkdirSync(query, { recursive: true });
	writeFileSync(join(query, 'codemodel-v2'), '');
	writeFileSync(join(build, 'CMakeGraphVizOptions.cmake'),
		'set(GRAPHVIZ_GENERATE_PER_TARGET FALSE)\nset(GRAPHVIZ_GENERATE_DEPENDERS FALSE)\n');
	try {
		execFileSync('cmake', ['-S', root, '-B', build, '-G', 'Ninja', `--graphviz=${join(build, 'links.dot')}`],
			{ stdio: 'pipe', encoding: 'utf8' });
	} catch (error) {
		throw new Error(`cmake can't configure this checkout:\n${error.stderr}`);
	}
	return build;
}

// The targets that are no tests: { name, sources, seen, library }, paths from the root, those within it alone.
function readTargets(root, build) {
	const reply = join(build, '.cmake/api/v1/reply');
	const read = name => JSON.parse(readFileSync(join(reply, name), 'utf8'));
	const within = path => relative(root, path);
	const inside = path => !path.startsWith('..') && !path.startsWith('build/');
	const index = globSync('index-*.json', { cwd: reply }).sort().at(-1);
	const model = read(read(index).reply['codemodel-v2'].jsonFile);
	return model.configurations[0].targets.map(({ jsonFile }) => read(jsonFile))
		.filter(target => !/^tests(\/|$)/.test(target.paths.source) && target.sources)
		.map(target => ({
			name: target.name,
			library: target.type === 'STATIC_LIBRARY' ? target.artifacts[0].path : undefined,
			sources: target.sources.map(source => within(join(root, source.path))).filter(path => inside(path) && path.endsWith('.c')),
			seen: [...new Set((target.compileGroups ?? []).flatMap(group => group.includes ?? [])
				.map(({ path }) => within(path)).filter(inside))],
		}));
}

// [[from, to]] of the names of targets that name each other.
const readLinks = build => [...readFileSync(join(build, 'links.dot'), 'utf8')
	.matchAll(/^ *"node\d+" -> "node\d+".*\/\/ (\S+) -> (\S+)$/gm)].map(match => match.slice(1));

// ---- Files ----

// Where each function's body begins, and its lines. They end at the first column; so they begin there, or
// behind what the function takes.
function functionsOf(lines) {
	const found = [];
	let from;
	lines.forEach((line, at) => {
		if (line === '{' || /^[a-z][^=]*\) *\{$/.test(line))
			from = at;
		else if (line.startsWith('}') && from !== undefined) {
			found.push({ line: from + 1, length: at - from + 1 });
			from = undefined;
		}
	});
	return found;
}

function readFile(root, path) {
	const text = readFileSync(join(root, path), 'utf8');
	const lines = text.replace(/\n$/, '').split('\n');
	const code = text.replace(/\/\*[\s\S]*?\*\//g, '');
	return {
		path, lines: lines.length,
		about: lines[0].replace(/^\/\* \S+ - /, '').replace(/ \*\/$/, ''),
		functions: functionsOf(lines),
		named: [...code.matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]/gm)]
			.map(([, kind, name]) => ({ name, quoted: kind === '"' })),
	};
}

// ---- Rooms ----

// server/core is called core; server itself, where mcp_main() is, server.
const nameOf = folder => folder.replace(/^server\//, '');

function makeRooms(root, targets) {
	const folders = new Set(targets.flatMap(target => [...target.sources.map(dirname), ...target.seen]));
	return new Map([...folders].sort().map(folder => {
		const files = globSync('*.[ch]', { cwd: join(root, folder) }).sort().map(name => readFile(root, join(folder, name)));
		return [folder, { folder, name: nameOf(folder), files, path: new Set([folder]), sees: new Set(), libraries: [] }];
	}));
}

// What CMake says: `sees` are the rooms a room names, `path` is where its files find headers.
function joinTargets(rooms, targets, links) {
	const homes = new Map(targets.map(({ name, sources }) => [name, new Set(sources.map(dirname))]));
	for (const { sources, seen, library } of targets)
		for (const folder of new Set(sources.map(dirname))) {
			seen.forEach(other => rooms.get(folder).path.add(other));
			rooms.get(folder).libraries.push(...library ? [library] : []);
		}
	for (const [from, to] of links)
		for (const folder of homes.get(from) ?? [])
			for (const other of homes.get(to) ?? [])
				if (other !== folder)
					rooms.get(folder).sees.add(rooms.get(other));
	// Nobody compiles a room of headers alone: whoever has it in its path sees it.
	const compiled = new Set(targets.flatMap(({ sources }) => sources.map(dirname)));
	for (const room of rooms.values())
		for (const folder of room.path)
			if (folder !== room.folder && !compiled.has(folder))
				room.sees.add(rooms.get(folder));
}

// What a file's words find, as a compiler looks for it: beside the file, then along the path. What is not
// found there but is a room's header is that room's all the same; others are the system's.
function resolve(root, rooms, room, file, { name, quoted }) {
	const places = [...quoted ? [dirname(file.path)] : [], ...room.path].map(folder => join(folder, name));
	const path = places.find(place => existsSync(join(root, place)))
		?? (quoted ? [...rooms.values()].flatMap(other => other.files).map(other => other.path).find(other => basename(other) === name) : undefined);
	const home = path && rooms.get(dirname(path));
	return home && { path, home, allowed: home === room || room.path.has(home.folder) };
}

// { rooms, strays }: the rooms, lowest first, each with its `files` (and what each `includes`), the rooms that
// it `sees` by CMake and those it `uses` by includes, its `doors`: headers that another includes; and the C
// files under server/ that are in no room.
export function scan(root) {
	const build = askCmake(root);
	const targets = readTargets(root, build);
	const rooms = makeRooms(root, targets);
	joinTargets(rooms, targets, readLinks(build));
	const doors = new Set();
	for (const room of rooms.values())
		for (const file of room.files) {
			file.includes = file.named.map(one => resolve(root, rooms, room, file, one)).filter(Boolean);
			for (const { path, home } of file.includes)
				if (home !== room)
					doors.add(path);
		}
	for (const room of rooms.values()) {
		room.lines = room.files.reduce((sum, file) => sum + file.lines, 0);
		room.uses = new Set(room.files.flatMap(file => file.includes.map(({ home }) => home)).filter(home => home !== room));
		room.doors = room.files.filter(file => doors.has(file.path));
	}
	const strays = globSync('server/**/*.[ch]', { cwd: root }).filter(path => !rooms.has(dirname(path))).sort();
	return { rooms: inOrder([...rooms.values()]), strays };
}

// By how many rooms stand on each other below it; in a circle, up to where that closes.
function inOrder(rooms) {
	const heights = new Map();
	const height = room => {
		if (!heights.has(room)) {
			heights.set(room, 0);
			heights.set(room, Math.max(0, ...[...room.sees].map(other => 1 + height(other))));
		}
		return heights.get(room);
	};
	return rooms.sort((a, b) => height(a) - height(b) || a.name.localeCompare(b.name));
}

// Whatever can be reached from it, which with a circle may be itself.
export function reach(room, next) {
	const found = new Set();
	const walk = one => [...next(one)].forEach(other => found.has(other) || (found.add(other), walk(other)));
	walk(room);
	return found;
}
