// guestbook.mjs - a checkout in which somebody did as docs/writing-a-server.md says: its server in a folder, one entry in services.json.
import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './stage.mjs';

export const entry = { about: 'MCP server of a guest book', port: 8083, priority: 30 };

// In build/, so that what is beside the checkout is still found. Times stay, so that a build goes on from what was compiled.
export function addGuestbook() {
	mkdirSync(join(root, 'build'), { recursive: true });
	const folder = mkdtempSync(join(root, 'build/guestbook-'));
	const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
		{ cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 }).split('\0').filter(Boolean);
	for (const path of files) {
		if (!lstatSync(join(root, path), { throwIfNoEntry: false }))
			continue;
		mkdirSync(dirname(join(folder, path)), { recursive: true });
		cpSync(join(root, path), join(folder, path), { verbatimSymlinks: true, preserveTimestamps: true });
	}
	const page = readFileSync(join(root, 'docs/writing-a-server.md'), 'utf8');
	const [, server] = /```c\n([\s\S]*?)```/.exec(page);
	const [, build] = /```cmake\n([\s\S]*?)```/.exec(page);
	mkdirSync(join(folder, 'guestbook'));
	writeFileSync(join(folder, 'guestbook/main.c'), server);
	writeFileSync(join(folder, 'guestbook/CMakeLists.txt'), build);
	const list = JSON.parse(readFileSync(join(root, 'services.json'), 'utf8'));
	writeFileSync(join(folder, 'services.json'), JSON.stringify({ ...list, guestbook: entry }, null, 2));
	return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
