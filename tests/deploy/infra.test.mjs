// infra.test.mjs - terraform/check where its tools can't be had: it names what it left out, and in CI that has failed.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';

const here = join(import.meta.dirname, '../../terraform');
const tools = ['bash', 'cat', 'chmod', 'cmp', 'cp', 'cut', 'dirname', 'env', 'git', 'grep', 'head', 'jq', 'mkdir', 'mktemp', 'mv', 'openssl', 'rm', 'sed', 'sort', 'stat', 'tail',
	'timeout', 'touch', 'tr', 'wc'];
const path = name => execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
// A shim on the PATH would look for its Python there.
const realPython = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();

// What Terraform's scripts need, whose tests start some hundred processes: there where they are to pass.
const ofScripts = ['jq', 'openssl'];

// A copy beside nothing, and a PATH without Terraform on which no environment of Python's can be made.
function bare(t, missing = []) {
	const folder = mkdtempSync(join(tmpdir(), 'mcp-infra-'));
	t.after(() => rmSync(folder, { recursive: true }));
	cpSync(here, join(folder, 'terraform'), { recursive: true });
	for (const name of ['services', 'services.json'])
		cpSync(join(here, '..', name), join(folder, name));
	for (const [name, { table }] of Object.entries(JSON.parse(readFileSync(join(folder, 'services.json')))))
		if (table)
			cpSync(join(here, '..', name, table), join(folder, name, table));
	mkdirSync(join(folder, 'bin'));
	for (const tool of tools.filter(each => !missing.includes(each)))
		symlinkSync(path(tool), join(folder, 'bin', tool));
	const python = join(folder, 'bin/python3');
	writeFileSync(python, `#!/bin/sh\n[ "$1" != -m ] || { echo 'no venv here'; exit 1; }\nexec ${realPython} "$@"\n`);
	chmodSync(python, 0o755);
	return folder;
}

function check(folder, CI) {
	const { status, stdout } = spawnSync(join(folder, 'terraform/check'), {
		encoding: 'utf8', env: { PATH: join(folder, 'bin'), HOME: folder, ...CI && { CI } },
	});
	return { status, last: stdout.trim().split('\n').at(-1) };
}

test('the tests of the bootstrap are not given what its operator says', t => {
	const folder = bare(t, ofScripts), bootstrap = join(folder, 'terraform/bootstrap'), stub = join(folder, 'bin/terraform');
	for (const name of ['backend.tf', 'terraform.tfvars'])
		writeFileSync(join(bootstrap, name), '');
	writeFileSync(stub, `#!/bin/sh\ncase "$*" in version) echo 'Terraform v1.11.4' ;; *bootstrap\\ test*) ${path('ls')} "\${1#-chdir=}" >'${folder}/tested' ;; esac\n`);
	chmodSync(stub, 0o755);
	check(folder);
	const tested = readFileSync(join(folder, 'tested'), 'utf8').trim().split('\n');
	assert.ok(tested.includes('variables.tf'));
	assert.deepEqual(tested.filter(name => ['backend.tf', 'terraform.tfvars'].includes(name)), []);
	assert.ok(existsSync(join(bootstrap, 'terraform.tfvars')));
});

test('what could not be checked is named, and fails in CI', t => {
	const alone = check(bare(t));
	assert.match(alone.last, /^[1-9]\d* passed, 0 failed; left out: formatting, validation and tests, checkov$/);
	assert.equal(alone.status, 0);
	const ci = check(bare(t, ofScripts), 'true');
	assert.equal(ci.last, '0 passed, 4 failed; left out: formatting, validation and tests, the test of terraform/secrets, '
		+ 'the test of terraform/machine, checkov');
	assert.equal(ci.status, 1);
});
