// guestbook.mjs - a checkout in which somebody did as docs/writing-a-server.md says: ./dev new, which writes the guest book of that page.
//
// By a name that nobody takes, since this checkout may have one of theirs.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './stage.mjs';

export const added = 'newcomer';

// What its entry has to be, beside those that are there.
export const listed = JSON.parse(readFileSync(join(root, 'services.json'), 'utf8'));
const most = field => Math.max(...Object.values(listed).map(each => each[field]));
export const entry = { about: `MCP server ${added}`, port: most('port') + 1, priority: most('priority') + 10 };

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
	execFileSync(join(folder, 'dev'), ['new', added], { encoding: 'utf8', stdio: 'pipe' });
	mkdirSync(join(folder, 'build'), { recursive: true });
	if (existsSync(join(root, 'build/npm')))
		symlinkSync(join(root, 'build/npm'), join(folder, 'build/npm'));
	return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
