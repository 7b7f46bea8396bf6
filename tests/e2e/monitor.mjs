// monitor.mjs - the programs of Prometheus: those that ./dev took out of Debian's package, or the machine's.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './support.mjs';

const find = name => [process.env[name.toUpperCase()], join(root, 'build/bin', name), name]
	.find(path => path && spawnSync(path, ['--version']).status === 0);

export const prometheus = find('prometheus'), promtool = find('promtool');
export const withoutPrometheus = !prometheus && 'there is no Prometheus (Debian: prometheus; PROMETHEUS names another)';
export const withoutPromtool = !promtool && 'there is no promtool (Debian: prometheus; PROMTOOL names another)';
