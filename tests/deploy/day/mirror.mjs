// mirror.mjs - where Terraform finds provider.mjs, in place of its registry.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from '../stage.mjs';

// A terraform with the stand-in for AWS's provider, or undefined where it can't be had.
export function standIn() {
	try {
		return execFileSync(join(root, 'terraform/tests/stand-in'), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
	} catch {
		return undefined;
	}
}

// Why a test that needs it is left out; or false.
export const without = () => {
	try {
		execFileSync('terraform', ['version'], { stdio: 'ignore' });
	} catch {
		return 'Terraform can\'t be had here: left out';
	}
	return !standIn() && 'the schema of AWS\'s provider can\'t be had here: left out';
};

// In the folder `to`, for the configuration in `from`: only what that names is in the schema, which is megabytes otherwise.
// Returns what has to be in Terraform's environment.
export function mirror(to, from) {
	const settings = execFileSync(join(dirname(standIn()), 'setup'), { encoding: 'utf8' }).trim(), folder = dirname(settings);
	const packages = join(folder, 'package.json'), { Provider, ProviderSchema } = createRequire(packages)('./protocol.js');
	const whole = Provider.GetSchema.responseDeserialize(readFileSync(join(folder, 'schema.bin')));
	const text = readdirSync(from, { recursive: true }).filter(name => name.endsWith('.tf'))
		.map(name => readFileSync(join(from, name), 'utf8')).join('\n');
	const words = new Set(text.match(/\w+/g));
	const prune = block => {
		block.block_types = block.block_types.filter(each => words.has(each.type_name));
		block.block_types.forEach(each => prune(each.block));
	};
	for (const kind of ['resource_schemas', 'data_source_schemas']) {
		whole[kind] = Object.fromEntries(Object.entries(whole[kind]).filter(([type]) => words.has(type)));
		Object.values(whole[kind]).forEach(each => prune(each.block));
	}
	prune(whole.provider.block);

	const [at] = readdirSync(join(folder, 'mirror'), { recursive: true }).filter(name => /terraform-provider-aws_v/.test(name));
	const schema = join(to, 'schema.bin'), program = join(to, 'mirror', at), rc = join(to, 'terraformrc');
	mkdirSync(dirname(program), { recursive: true });
	writeFileSync(schema, ProviderSchema.serialize(whole));
	writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, 'provider.mjs')}' '${packages}' '${schema}'\n`);
	chmodSync(program, 0o755);
	writeFileSync(rc, `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = "${join(to, 'mirror')}"\n  }\n}\n`);
	return { TF_CLI_CONFIG_FILE: rc, TF_DISABLE_PLUGIN_TLS: '1', CHECKPOINT_DISABLE: '1' };
}
