// schemas.test.mjs - the schemas of every tool of every program, as those read them who stand between us
// and a model: OpenAI's API, Ajv with formats, LangChain. They refuse a tool, or a call, before we see it.
//
// That our own reader takes the examples too is checked by each program when it starts (shape_check).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { callTool, exchange, npm, start, stateless } from './support.mjs';

const Ajv = npm('ajv/dist/2020').default;
const ajv = npm('ajv-formats').default(new Ajv({ strict: true, strictRequired: false, allErrors: true,
	allowUnionTypes: true, keywords: ['x-mcp-header'] }));
const programs = ['products', 'orders', 'conformance', 'probe', 'documented'];
const servers = {}, tools = {}, prompts = {};

const list = async (name, what) => {
	const { json } = await exchange(servers[name], stateless(`${what}/list`));
	return json.result?.[what] ?? [];        // not every program has prompts
};

before(async () => {
	for (const name of programs) {
		servers[name] = await start(name);
		tools[name] = await list(name, 'tools');
		prompts[name] = await list(name, 'prompts');
	}
});
after(() => Promise.all(Object.values(servers).map(server => server.stop())));

// Every schema within one, with the path to it.
function* within(schema, path) {
	yield [schema, path];
	for (const [name, member] of Object.entries(schema.properties ?? {}))
		yield* within(member, `${path}.${name}`);
	for (const [name, member] of Object.entries(schema.$defs ?? {}))
		yield* within(member, `${path}#${name}`);
	if (schema.items)
		yield* within(schema.items, `${path}[]`);
}

function* inputs() {
	for (const name of programs)
		for (const tool of tools[name])
			yield* within(tool.inputSchema, `${name} ${tool.name}`);
}

test('every object has properties, if only none', async () => {
	const lacking = [];
	let seen = 0;
	const look = (schema, path) => {
		for (const [each, place] of within(schema, path)) {
			seen++;
			if (each.type === 'object' && typeof each.properties !== 'object')
				lacking.push(place);
		}
	};
	for (const name of programs)
		for (const tool of tools[name]) {
			look(tool.inputSchema, `${name} ${tool.name} in`);
			if (tool.outputSchema)
				look(tool.outputSchema, `${name} ${tool.name} out`);
		}
	// The forms that people fill in are schemas too.
	const asking = tools.conformance.filter(({ name }) => /elicitation|_inputs$|_round$|_state$/.test(name));
	let forms = 0;
	for (const { name, inputSchema } of asking) {
		const args = inputSchema.properties.message ? { message: 'x' } : {};
		const { inputRequests = {} } = await callTool(servers.conformance, name, args,
			{ capabilities: { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} } });
		for (const { params } of Object.values(inputRequests).filter(each => each.params.requestedSchema)) {
			look(params.requestedSchema, `${name} form`);
			forms++;
		}
	}
	assert.ok(seen > 200 && forms > 4, `${seen} schemas, ${forms} forms`);
	assert.deepEqual(lacking, []);
});

test('Ajv compiles each, formats included', () => {
	for (const name of programs)
		for (const { name: tool, inputSchema, outputSchema } of tools[name])
			for (const schema of [inputSchema, outputSchema])
				if (schema && tool !== 'json_schema_2020_12_tool')      // whose $anchor and $defs are for strict clients
					assert.ok(ajv.compile(schema), `${name} ${tool}`);
});

// What a description recommends stands at its end: …, such as "2011-01-31" or "2011-01-31T09:30:00Z".
const text = '"(?:[^"\\\\]|\\\\.)*"';
const recommended = new RegExp(`, such as (${text}(?: or ${text})*)$`);
const examplesIn = (description = '') => {
	const found = recommended.exec(description);
	return found ? found[1].match(new RegExp(text, 'g')).map(each => JSON.parse(each)) : [];
};

// What reads like one and is told in another place: dates, our own codes, a colon and choices behind it.
const besides = ({ description = '' }) => description.replace(recommended, '');
const elsewhere = /\d{4}-\d\d|such as "|KIT-\d|ORD-|RET-|: [A-Z]{2,3}\b/;

test('every example is of its schema, and no other is told', () => {
	let count = 0;
	for (const [schema, path] of inputs()) {
		for (const example of examplesIn(schema.description)) {
			count++;
			assert.ok(ajv.validate(schema, example), `${path}: ${example}: ${ajv.errorsText()}`);
		}
		assert.doesNotMatch(besides(schema), elsewhere, path);
		assert.ok(!('examples' in schema), `${path}: OpenAI's strict mode takes no "examples"`);
	}
	assert.ok(count > 10, `there are ${count} examples`);
	const asked = programs.flatMap(name => prompts[name]).flatMap(prompt => prompt.arguments);
	for (const argument of asked)
		assert.doesNotMatch(besides(argument), elsewhere, argument.name);
	const told = asked.flatMap(({ description }) => examplesIn(description));
	assert.ok(told.includes('KIT-0001, KIT-0002'), told.join());
});

// What these tools are known to take, however it is written.
const taken = {
	products: {
		get_product: [{ sku: 'KIT-0001' }, { sku: 'kit-0001' }],
		list_categories: [{}],
		search_products: [{}, { words: '', limit: 1 }, { sort: 'price_asc', limit: 2, in_stock: true, currency: 'GBP' }],
		update_product: [{ sku: 'KIT-0006', price: { amount: 250, currency: 'GBP' }, image_url: '', stock_change: -1 }],
		check_stock: [{ items: [{ sku: 'KIT-0001' }, { sku: 'none', quantity: 3 }] }],
	},
	orders: {
		list_orders: [{}, { from: '2011-01-01' }, { from: '2011-01-01T00:00:00Z', to: '2011-02-01' },
			{ from: '2011-01-01 09:30:00.5+01:00' }, { to: '2011-01-01t09:30:60z', status: 'paid' }],
		sales_report: [{ from: '2011-01-01', to: '2011-02-01', by: 'month' },
			{ from: '2010-12-31T23:00:00-01:00', to: '2011-02-01T00:00:00.000000000Z', by: 'day', currency: 'GBP' }],
	},
};

test('what a tool takes, its schema takes', async () => {
	for (const [name, calls] of Object.entries(taken))
		for (const [tool, lists] of Object.entries(calls)) {
			const { inputSchema } = tools[name].find(each => each.name === tool);
			for (const args of lists) {
				const result = await callTool(servers[name], tool, args);
				const told = JSON.stringify([tool, args]);
				assert.ok(!result.isError, `${told} ${result.content[0].text}`);
				assert.ok(ajv.validate(inputSchema, args), `${told} ${ajv.errorsText()}`);
			}
		}
});

test('every text and list that a tool takes has a bound', () => {
	const unbounded = [];
	let count = 0;
	for (const [schema, path] of inputs()) {
		if (!/^(products|orders) /.test(path))
			continue;
		count++;
		if (schema.type === 'string' && !schema.enum && !schema.pattern && schema.maxLength === undefined)
			unbounded.push(path);
		if (schema.type === 'array' && schema.maxItems === undefined)
			unbounded.push(path);
	}
	assert.ok(count > 60, `there are ${count}`);
	assert.deepEqual(unbounded, []);
});
