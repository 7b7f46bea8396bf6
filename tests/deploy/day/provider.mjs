#!/usr/bin/env node
// provider.mjs - stands in for the provider of AWS: plans and applies by its schema, and makes up what AWS would decide.
//
//     provider.mjs PACKAGES SCHEMA       as mirror.mjs has it started
//
// For tests that want Terraform's real plans and state. It keeps nothing and asks nobody: what is in the state is what there is.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , packages, schema] = process.argv, shared = createRequire(packages);
const grpc = shared('@grpc/grpc-js'), loader = shared('@grpc/proto-loader');
const { encode, decode, ExtensionCodec } = shared('@msgpack/msgpack');
const { Provider: Offline, Controller } = shared('./protocol.js');

// ---- Values, as Terraform writes them ----

class Unknown {}
const unknown = new Unknown();
const codec = new ExtensionCodec();
codec.register({ type: 0, encode: value => value instanceof Unknown ? new Uint8Array([0]) : null, decode: () => unknown });
codec.register({ type: 12, encode: () => null, decode: () => unknown });
const read = value => decode(value.msgpack, { extensionCodec: codec });
const written = value => ({ msgpack: Buffer.from(encode(value, { extensionCodec: codec })) });

// ---- What AWS would decide ----

const ACCOUNT = '123456789012', REGION = 'us-east-1';
const random = () => Math.random().toString(16).slice(2, 10);
const zone = letter => `${REGION}${letter}`;

// Where a name does not say it all. Those of resources are known when they are planned, as with the real one.
const particular = {
	aws_caller_identity: () => ({ account_id: ACCOUNT }),
	aws_availability_zones: () => ({ names: ['a', 'b', 'c', 'd'].map(zone), zone_ids: ['use1-az1', 'use1-az2', 'use1-az4', 'use1-az6'] }),
	aws_acm_certificate: made => ({ domain_validation_options: [made.domain_name, ...made.subject_alternative_names ?? []]
		.filter((each, i, all) => all.indexOf(each) === i).map(name => ({ domain_name: name,
			resource_record_name: `_proof.${name}.`, resource_record_type: 'CNAME', resource_record_value: '_proof.acm-validations.aws.' })) }),
	aws_s3_bucket: made => ({ id: made.bucket, arn: `arn:aws:s3:::${made.bucket}` }),
	aws_ecr_repository: made => ({ repository_url: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${made.name}` }),
	aws_db_instance: () => ({ master_user_secret: [{ kms_key_id: 'key', secret_status: 'active',
		secret_arn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:rds!db-1` }] }),
};

function madeUp(type, name, shape, values) {
	const own = typeof values.name === 'string' ? values.name : `${type.slice(4)}-${random()}`;
	if (shape === 'string')
		return /(^|_)arn$/.test(name) ? `arn:aws:${type.slice(4)}:${REGION}:${ACCOUNT}:${own}` : name === 'id' ? own : `${name}-${random()}`;
	if (shape === 'number' || shape === 'bool')
		return shape === 'number' ? 1 : false;
	return shape[0] === 'map' ? {} : shape[0] === 'object' ? null : [];
}

// Every attribute that the configuration leaves to AWS, by what `decide` says of it.
function complete(type, schema, values, decide) {
	const known = particular[type]?.(values) ?? {};
	for (const { name, computed, write_only, type: shape } of schema.block.attributes)
		if (write_only)
			values[name] = null;
		else if (computed && (values[name] === null || values[name] === unknown))
			values[name] = name in known ? known[name] : decide(name, JSON.parse(shape));
	return values;
}

// ---- Answers ----

const bytes = readFileSync(schema);
let schemas;
const schemaOf = (kind, type) => (schemas ??= Offline.GetSchema.responseDeserialize(bytes))[kind][type];
const complain = (call, error) => ({ code: grpc.status.INTERNAL, details: `${call}: ${error.stack}` });

const answers = {
	GetSchema: () => bytes,
	PrepareProviderConfig: ({ config }) => ({ prepared_config: config }),
	ValidateResourceTypeConfig: () => ({}),
	ValidateDataSourceConfig: () => ({}),
	UpgradeResourceState: ({ raw_state }) => ({ upgraded_state: { json: raw_state.json } }),
	Configure: () => ({}),
	ReadResource: ({ current_state }) => ({ new_state: current_state }),
	PlanResourceChange: ({ type_name, prior_state, proposed_new_state }) => {
		const values = read(proposed_new_state), makes = read(prior_state) === null;
		return { legacy_type_system: true, planned_state: values === null || !makes ? proposed_new_state :
			written(complete(type_name, schemaOf('resource_schemas', type_name), values, () => unknown)) };
	},
	ApplyResourceChange: ({ type_name, planned_state }) => {
		const values = read(planned_state);
		return { legacy_type_system: true, new_state: values === null ? planned_state : written(complete(type_name,
			schemaOf('resource_schemas', type_name), values, (name, shape) => madeUp(type_name, name, shape, values))) };
	},
	ReadDataSource: ({ type_name, config }) => {
		const values = read(config);
		return { state: written(complete(type_name, schemaOf('data_source_schemas', type_name), values,
			(name, shape) => madeUp(type_name, name, shape, values))) };
	},
	Stop: () => ({}),
};

// ---- Being a plugin, as Terraform wants it ----

const { Provider } = Object.fromEntries(Object.entries(loader.loadSync(join(import.meta.dirname, 'plugin.proto'),
	{ keepCase: true, longs: Number, defaults: true })).map(([name, value]) => [name.split('.').at(-1), value]));
Provider.GetSchema = { ...Provider.GetSchema, responseSerialize: value => value };

const server = new grpc.Server();
server.addService(Provider, Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, (call, reply) => {
	try {
		reply(null, answer(call.request));
	} catch (error) {
		reply(complain(name, error));
	}
}])));
server.addService(Controller, { Shutdown: (call, reply) => { reply(null, Buffer.alloc(0)); setImmediate(() => process.exit(0)); } });
process.on('SIGINT', () => {});
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(1), 1000).unref();
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
	if (error)
		throw error;
	process.stdout.write(`1|5|tcp|127.0.0.1:${port}|grpc\n`);
});
