// own.test.mjs - a caller with orders:own and its customer: whatever this server offers, nothing of another
// customer is seen, changed or told. What it offers is read from its lists: a tool, prompt or template that
// is new has to be given a row here.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import {
	Client, as, assertSame, assertTellsNothing, customers, idForms, isStateless, orderFor, orderSome, ordersOf,
	other, revisions, secretsOf, startShop, uriForms,
} from './own.mjs';
import { ask, callTool, eventually, exchange, opened } from './support.mjs';

const people = Object.keys(customers);
const both = Object.entries(other);
const ids = {};                         // of each: open, home, back (a return), old
const never = { open: 'ORD-0000000000', home: 'ORD-0000000001', old: 'Ic9999', back: 'RET-0000000000',
	customer: 'C-Nil.44902' };
let shop, orders, all, secrets;

before(async () => {
	shop = await startShop();
	orders = shop.orders;
	for (const [name, units] of [['ann', 30], ['bob', 70]]) {
		ids[name] = await orderSome(orders, name, units);
		ids[name].customer = customers[name];
		ids[name].old = name === 'ann' ? 'Ia8015' : 'Ic8015';
	}
});
after(() => shop.stop());

const look = async () => Object.fromEntries(await Promise.all(people.map(async name => [name, await ordersOf(orders, name)])));

// Nothing of anybody's changes here but what a test does with somebody's own.
beforeEach(async () => {
	all = await look();
	secrets = Object.fromEntries(people.map(name => [name, secretsOf(all, name)]));
	for (const name of people)
		assert.ok(all[name].length >= 32 && secrets[name].length > 60, 'there is something to tell');
});
let changed = [];
afterEach(async () => {
	const now = await look();
	for (const name of people.filter(each => !changed.includes(each)))
		assert.deepEqual(now[name], all[name], `something of ${name} changed`);
	changed = [];
});

const item = [{ sku: 'KIT-0001', quantity: 1 }];

// ---- The rows ----

// Arguments of each tool that name something: by which of `ids`.
const tools = {
	get_order: { open: id => ({ id }), old: id => ({ id }) },
	track_order: { open: id => ({ id, follow: true, wait_seconds: 1 }), home: id => ({ id }) },
	cancel_order: { open: id => ({ id, confirm: true }), home: id => ({ id }), old: id => ({ id, confirm: true }) },
	request_return: { home: id => ({ order_id: id, items: item, reason: 'broken' }),
		open: id => ({ order_id: id, items: item, reason: 'broken', idempotency_key: 'the same return, again' }),
		back: id => ({ order_id: id, items: item, reason: 'broken' }) },
	list_orders: { customer: customer => ({ customer }), home: cursor => ({ cursor }) },
	create_order: { customer: customer => orderFor('ann', 'a key of its own', 3, customer) },
};
const forStaff = {
	update_order_status: ids => ({ id: ids.open, status: 'paid' }),
	receive_return: ids => ({ return_id: ids.back }),
	sales_report: () => ({ from: '2011-01-01', to: '2011-02-01', by: 'product' }),
};
const templates = {
	'order://{id}': { open: id => `order://${id}`, home: id => `order://${id}`, old: id => `order://${id}` },
	'customer://{customer}': { customer: customer => `customer://${customer}` },
};
const prompts = {
	explain_order: { open: id => ({ id }), home: id => ({ id, question: 'Where?' }), old: id => ({ id }) },
};
const promptsForStaff = { review_sales: () => ({ month: '2011-01' }) };

test('there is a row for each tool, template and prompt', async () => {
	for (const revision of revisions) {
		const staff = await Client.begin(orders, 'staff', revision);
		const mine = await Client.begin(orders, 'ann', revision);
		for (const [method, key, rows, closed, field] of [
			['tools/list', 'tools', tools, forStaff, 'name'], ['prompts/list', 'prompts', prompts, promptsForStaff, 'name'],
			['resources/templates/list', 'resourceTemplates', templates, {}, 'uriTemplate'],
		]) {
			assert.deepEqual((await staff.list(method, key)).map(each => each[field]).sort(),
				[...Object.keys(rows), ...Object.keys(closed)].sort(), `${revision} ${method}`);
			assert.deepEqual((await mine.list(method, key)).map(each => each[field]).sort(), Object.keys(rows).sort(),
				`${revision} ${method}`);
		}
	}
});

// Each row with each id of the other, in each form: `send(client, what, arguments)`.
async function walk(client, rows, forms, send) {
	const from = ids[other[client.name]];
	for (const [what, ways] of Object.entries(rows))
		for (const [kind, way] of Object.entries(ways))
			for (const form of forms)
				await assertSame(text => send(client, what, way(text)), form(from[kind]), form(never[kind]),
					secrets[other[client.name]], `${client.revision}: ${what} for ${client.name}`);
}

for (const revision of revisions)
	for (const [name, them] of both) {
		const begin = capabilities => Client.begin(orders, name, revision, capabilities);

		test(`${revision}: no tool sees or changes what is ${them}'s, for ${name}`, async () => {
			const client = await begin();
			await walk(client, tools, idForms, (on, tool, args) => on.send('tools/call', { name: tool, arguments: args }));
			for (const [tool, args] of Object.entries(forStaff)) {
				const answer = await client.send('tools/call', { name: tool, arguments: args(ids[them]) });
				assert.equal(answer.status, 403, answer.text);
				assertTellsNothing(answer.text, secrets[them], tool);
			}
		});

		test(`${revision}: no resource of ${them} is read by ${name}`, async () => {
			const client = await begin();
			await walk(client, templates, uriForms, (on, _, uri) => on.send('resources/read', { uri }));
			for (const { uri } of await client.list('resources/list', 'resources'))
				assertTellsNothing((await client.send('resources/read', { uri })).text, secrets[them], uri);
		});

		test(`${revision}: no prompt shows what is ${them}'s to ${name}`, async () => {
			const client = await begin();
			await walk(client, prompts, idForms, (on, prompt, args) => on.send('prompts/get', { name: prompt, arguments: args }));
			for (const [prompt, args] of Object.entries(promptsForStaff))
				assert.equal((await client.send('prompts/get', { name: prompt, arguments: args() })).status, 403);
		});

		test(`${revision}: what is completed for ${name} is its own`, async () => {
			const client = await begin();
			const refs = [...(await client.list('prompts/list', 'prompts')).map(prompt => [
				{ type: 'ref/prompt', name: prompt.name }, prompt.arguments.map(each => each.name)]),
			...(await client.list('resources/templates/list', 'resourceTemplates')).map(({ uriTemplate: uri }) => [
				{ type: 'ref/resource', uri }, [...uri.matchAll(/\{(\w+)\}/g)].map(([, argument]) => argument)])];
			assert.equal(refs.flatMap(([, names]) => names).length, 5);
			const typed = ['', 'ORD', 'iB', 'ib8', 'C', 'c-', ...Object.values(ids[them]), ...Object.values(ids[name])]
				.flatMap(text => [text, text.slice(0, -1), text.toLowerCase()]);
			let suggested = 0;
			for (const [ref, names] of refs)
				for (const argument of names)
					for (const value of new Set(typed))
						for (const customer of [undefined, customers[them], customers[name], '']) {
							const answer = await client.send('completion/complete', { ref, argument: { name: argument, value },
								context: { arguments: { customer } } });
							assert.ok(answer.result, answer.text);
							suggested += answer.result.completion.values.length;
							assertTellsNothing(answer.text, secrets[them], `${argument} of ${JSON.stringify(ref)}`);
							if (customer === customers[them] && argument === 'id')
								assert.deepEqual(answer.result.completion.values, [], answer.text);
						}
			assert.ok(suggested > 100);
		});

		test(`${revision}: no list and no cursor leads ${name} to what is ${them}'s`, async () => {
			const client = await begin(), theirs = await Client.begin(orders, them, revision);
			const staff = await Client.begin(orders, 'staff', revision);
			const list = async (on, args) => {
				const answer = await on.send('tools/call', { name: 'list_orders', arguments: args });
				const { content: [{ text }], isError } = answer.result;
				return { answer, page: isError ? null : JSON.parse(text) };
			};
			for (const args of [{}, { limit: 100 }, { status: 'delivered' }, { from: '2011-01-01', to: '2011-01-20' },
				{ customer: customers[name] }]) {
				const { page, answer } = await list(client, args);
				assert.ok(page.orders.length > 0 && page.orders.every(order => order.customer === customers[name]));
				assertTellsNothing(answer.text, secrets[them], JSON.stringify(args));
			}
			for (const customer of [customers[them], customers[them].toLowerCase(), `${customers[them]} `, '%', 'C', 'nobody'])
				assert.deepEqual((await list(client, { customer })).page, { orders: [], count: 0 }, customer);
			const seen = [];
			for (let cursor; ;) {
				const { page, answer } = await list(client, { limit: 7, cursor });
				assertTellsNothing(answer.text, secrets[them], cursor);
				seen.push(...page.orders.map(order => order.id));
				if (!(cursor = page.next_cursor))
					break;
			}
			assert.deepEqual(seen.sort(), all[name].map(order => order.id).sort());
			const { next_cursor: cursor } = (await list(theirs, { limit: 7 })).page;
			const { next_cursor: ofStaff } = (await list(staff, { limit: 7, customer: customers[them] })).page;
			const { next_cursor: mine } = (await list(client, { limit: 7 })).page;
			for (const [on, one] of [[client, cursor], [client, ofStaff], [theirs, mine], [staff, mine]]) {
				const { answer, page } = await list(on, { limit: 7, cursor: one });
				assert.equal(page, null);
				assert.match(answer.text, /That cursor is not one/);
			}
		});

		test(`${revision}: ${name} is told of no change of what is ${them}'s`, async () => {
			changed = people;
			const client = await begin(), mine = await orderSome(orders, name, 5), theirs = await orderSome(orders, them, 6);
			const uris = [`order://${theirs.open}`, ...uriForms.map(form => `order://${form(theirs.home)}`),
				`customer://${customers[them]}`, `order://${never.open}`, `customer://${never.customer}`];
			const own = [`order://${mine.open}`, `customer://${customers[name]}`];
			const told = isStateless(revision) ? await listenTo(client, [...uris, ...own])
				: await subscribeTo(client, uris, own);
			for (const order of [theirs, mine])             // the second is the fence
				await ask(orders, 'update_order_status', { id: order.open, status: 'paid' }, as('staff'));
			await ask(orders, 'receive_return', { return_id: theirs.back }, as('staff'));
			await ask(orders, 'update_order_status', { id: mine.open, status: 'packed' }, as('staff'));
			const text = await told(own[0]);
			for (const secret of [theirs.open, theirs.home, customers[them]])
				assert.ok(!text.includes(secret), text);
		});

		test(`${revision}: track_order follows for ${name} what is its own`, async () => {
			changed = [name];
			const mine = await orderSome(orders, name, 9);
			const client = await begin();
			const following = await opened(orders, client.request('tools/call', { name: 'track_order',
				arguments: { id: mine.open, follow: true, wait_seconds: 20 } }));
			await ask(orders, 'cancel_order', { id: mine.open.toLowerCase(), confirm: true }, as(name));
			const { text } = await following.answer;
			assert.match(text, /is cancelled since/);
			assertTellsNothing(text, secrets[them], 'progress');
		});

		test(`${revision}: ${name} sees its own, everywhere`, async () => {
			const client = await begin(), mine = ids[name];
			for (const [tool, args, has] of [['get_order', { id: mine.open }, mine.open], ['get_order', { id: mine.old.toUpperCase() }, mine.old],
				['track_order', { id: mine.home }, 'delivered'], ['list_orders', { limit: 100 }, mine.open]]) {
				const { result, text } = await client.send('tools/call', { name: tool, arguments: args });
				assert.ok(!result.isError && text.includes(has), text);
			}
			for (const uri of [`order://${mine.open}`, `customer://${customers[name]}`]) {
				const { result, text } = await client.send('resources/read', { uri });
				assert.ok(result?.contents[0].text.includes(mine.open), text);
			}
			const { result } = await client.send('prompts/get', { name: 'explain_order', arguments: { id: mine.home } });
			assert.ok(result.messages[0].content.text.includes(mine.home));
		});

		test(`${revision}: a key without a customer is told so, and nothing of ${name}`, async () => {
			const nobody = await Client.begin(orders, 'nobody', revision);
			for (const [tool, ways] of Object.entries(tools))
				for (const [kind, way] of Object.entries(ways)) {
					const { result, text } = await nobody.send('tools/call', { name: tool, arguments: way(ids[name][kind]) });
					assert.ok(result.isError && /does not know which customer you are/.test(text), text);
				}
			for (const [rows, method, params] of [[templates, 'resources/read', (_, uri) => ({ uri })],
				[prompts, 'prompts/get', (prompt, args) => ({ name: prompt, arguments: args })]])
				for (const [what, ways] of Object.entries(rows))
					for (const [kind, way] of Object.entries(ways)) {
						const { error, text } = await nobody.send(method, params(what, way(ids[name][kind])));
						assert.ok(error && /does not know which customer you are/.test(text), text);
					}
			const { result } = await nobody.send('completion/complete', { ref: { type: 'ref/resource', uri: 'customer://{customer}' },
				argument: { name: 'customer', value: '' } });
			assert.deepEqual(result.completion.values, []);
			if (!isStateless(revision))
				assert.ok((await nobody.send('resources/subscribe', { uri: `order://${ids[name].open}` })).error);
		});
	}

// ---- Subscriptions ----

const uriOf = event => event.data && JSON.parse(event.data).params?.uri;

// 2026-07-28: listens to all of them. What it gives waits for the last change, and gives all that was told.
async function listenTo(client, uris) {
	let heard = 0;
	const { answer } = await opened(client.server, { ...client.request('subscriptions/listen', { notifications: {
		resourceSubscriptions: uris } }), until: events => events.filter(event => uriOf(event) === uris.at(-2)).length >= 3 });
	return async own => {
		const { text, events } = await answer;
		const [{ params }] = events.filter(event => event.data).map(event => JSON.parse(event.data));
		assert.deepEqual(params.notifications.resourceSubscriptions, uris.slice(-2));
		assert.equal(uris.at(-2), own);
		return text;
	};
}

// Before: each of the other's is refused in the words of what never was.
async function subscribeTo(client, uris, own) {
	const words = new Set();
	for (const uri of uris) {
		const { error, status, text } = await client.send('resources/subscribe', { uri });
		assert.equal(error?.code, -32002, text);
		words.add(`${status} ${error.message.replace(uri, '…')}`);
	}
	assert.equal(words.size, 1, [...words].join('\n'));
	for (const uri of own)
		assert.ok((await client.send('resources/subscribe', { uri })).result);
	const { answer } = await opened(client.server, { method: 'GET', headers: { ...client.headers, Accept: 'text/event-stream' },
		until: events => events.filter(event => uriOf(event) === own[0]).length >= 2 });
	return async () => (await answer).text;
}

test('numbers that differ in their case alone are each found by whoever has one of them', async () => {
	for (const name of people)
		for (const id of ['IB8003', 'ib8003', 'Ib8003', 'iB8003'])
			assert.equal((await ask(orders, 'get_order', { id }, as(name))).customer, customers[name]);
	assert.ok((await callTool(orders, 'get_order', { id: 'IB8003' }, as('staff'))).isError);
});

test('1,000 URIs of others are not followed, and a subscription of them begins', async () => {
	const client = await Client.begin(orders, 'ann', '2026-07-28');
	const uris = Array.from({ length: 999 }, (_, i) => `order://${i % 2 ? ids.bob.open : `ORD-${i}`}`);
	const answer = await exchange(orders, { ...client.request('subscriptions/listen', { notifications: {
		resourceSubscriptions: [...uris, `order://${ids.ann.open}`] } }), until: events => events.length >= 2 });
	assert.deepEqual(JSON.parse(answer.events.find(event => event.data).data).params.notifications.resourceSubscriptions,
		[`order://${ids.ann.open}`]);
});

test('where the order book fails nobody is let in, and comes again', async () => {
	const uri = `order://${ids.ann.open}`;
	const [old, now] = [await Client.begin(orders, 'ann', '2025-11-25'), await Client.begin(orders, 'ann', '2026-07-28')];
	const follow = () => old.send('resources/subscribe', { uri });
	const listen = () => exchange(orders, { ...now.request('subscriptions/listen',
		{ notifications: { resourceSubscriptions: [uri] } }), until: events => events.length >= 2 });
	await shop.sql('alter table orders rename to elsewhere');
	try {
		for (const answer of [await follow(), await listen()])
			assert.ok(answer.status === 503 && /busy/.test(answer.text), answer.text);
	} finally {
		await shop.sql('alter table elsewhere rename to orders');
	}
	assert.ok((await follow()).result);
	assert.ok((await listen()).text.includes(uri));
});

// ---- What goes on later ----

const accepted = { action: 'accept', content: { sure: true } };

for (const [them, name] of both) {
	test(`2026-07-28: the state of a question to ${them} is no way to what is ${them}'s`, async () => {
		changed = [them];
		const { open: id } = await orderSome(orders, them, 12);
		const cancel = { name: 'cancel_order', arguments: { id } };
		const [theirs, mine] = await Promise.all([them, name].map(each =>
			Client.begin(orders, each, '2026-07-28', { elicitation: {} })));
		const asked = (await theirs.send('tools/call', cancel)).result;
		assert.ok(asked.inputRequests.consent, JSON.stringify(asked));
		const answer = { ...cancel, inputResponses: { consent: accepted }, requestState: asked.requestState };
		const stolen = await mine.send('tools/call', answer);
		assert.ok(stolen.error || /There is no order/.test(stolen.text), stolen.text);
		assert.equal((await ask(orders, 'get_order', { id }, as(them))).status, 'pending');
		assert.equal((await theirs.send('tools/call', answer)).result.structuredContent.status, 'cancelled');
	});

	test(`2025-11-25: a question to ${them} is answered by nobody else`, async () => {
		changed = [them];
		const { open: id } = await orderSome(orders, them, 13);
		const [theirs, mine] = await Promise.all([them, name].map(each =>
			Client.begin(orders, each, '2025-11-25', { elicitation: {} })));
		let question;
		const waiting = exchange(orders, { ...theirs.request('tools/call', { name: 'cancel_order', arguments: { id } }),
			until: events => {
				const messages = events.filter(event => event.data).map(event => JSON.parse(event.data));
				question ??= messages.find(message => message.method === 'elicitation/create');
				return messages.some(message => message.result);
			} });
		await eventually(() => question, 'no question');
		const reply = headers => exchange(orders, { headers,
			body: JSON.stringify({ jsonrpc: '2.0', id: question.id, result: accepted }) });
		await reply(mine.headers);
		assert.ok((await reply({ ...theirs.headers, ...as(name).headers })).status >= 400);
		assert.equal((await ask(orders, 'get_order', { id }, as(them))).status, 'pending');
		await reply(theirs.headers);
		assert.match((await waiting).text, /"to_status\W+cancelled/);
	});
}

test("a task is its caller's, whoever names it", async () => {
	const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
	const [bob, ann, staff] = await Promise.all(['bob-reports', 'ann-reports', 'staff'].map(name =>
		Client.begin(orders, name, '2026-07-28', capabilities)));
	const { taskId } = (await bob.send('tools/call', { name: 'sales_report', arguments: forStaff.sales_report() })).result;
	assert.ok(taskId);
	const ghost = `${taskId.slice(0, -4)}AAAA`;
	for (const client of [ann, staff])
		for (const [method, more] of [['tasks/get'], ['tasks/cancel'], ['tasks/update', { inputResponses: {} }]])
			await assertSame(id => client.send(method, { taskId: id, ...more }), taskId, ghost, secrets.bob, method);
	const listening = await exchange(orders, { ...ann.request('subscriptions/listen', { notifications: {
		taskIds: [taskId, ghost], resourceSubscriptions: [`order://${ids.ann.open}`] } }), until: events => events.length >= 2 });
	assert.ok(!listening.text.includes(taskId), listening.text);
	assert.ok((await bob.send('tasks/get', { taskId })).result);
});

test('2025-03-26: a batch sees no more than one does', async () => {
	const client = await Client.begin(orders, 'ann', '2025-03-26');
	const batch = async of => {
		const { open, home, old, customer } = of;
		const answer = await client.batch([
			...[open, home, old].flatMap(id => [['tools/call', { name: 'get_order', arguments: { id } }],
				['tools/call', { name: 'cancel_order', arguments: { id, confirm: true } }],
				['resources/read', { uri: `order://${id}` }], ['resources/subscribe', { uri: `order://${id}` }],
				['prompts/get', { name: 'explain_order', arguments: { id } }]]),
			['resources/read', { uri: `customer://${customer}` }],
			['tools/call', { name: 'list_orders', arguments: { customer } }],
		].map(([method, params], i) => ({ ...client.message(method, params), id: i })));
		let text = JSON.stringify(answer.messages.flat().sort((a, b) => a.id - b.id));
		for (const id of Object.values(of))
			text = text.replaceAll(id, '…');
		return `${answer.status} ${text}`;
	};
	const told = await batch(ids.bob);
	assert.equal(told, await batch(never));
	assert.equal(told.match(/There is no/g).length, 16, told);
	assertTellsNothing(told, secrets.bob, 'a batch');
});

// ---- Placing ----

test('an order is of whoever places it; staff says whose it is', async () => {
	changed = ['ann'];
	const place = (name, key, customer) => callTool(orders, 'create_order', orderFor('ann', key, 2, customer), as(name));
	assert.equal((await place('ann', 'p1')).structuredContent.customer, customers.ann);
	assert.equal((await place('ann', 'p2', customers.ann)).structuredContent.customer, customers.ann);
	for (const customer of [customers.bob, customers.ann.toLowerCase(), 'nobody'])
		assert.match((await place('ann', 'p3', customer)).content[0].text, /for yourself only/);
	assert.match((await place('staff', 'p4')).content[0].text, /customer is required/);
	assert.equal((await place('staff', 'p5', customers.ann)).structuredContent.customer, customers.ann);
	assert.equal((await place('ann-writes', 'p6', customers.ann)).structuredContent.customer, customers.ann);
});

test('a wider scope counts for what it is for', async () => {
	changed = ['bob'];
	const { open: id } = await orderSome(orders, 'bob', 14);
	const call = (name, tool, args) => callTool(orders, tool, args, as(name));
	assert.equal((await call('ann-reads', 'get_order', { id })).structuredContent.id, id);
	assert.match((await call('ann-reads', 'cancel_order', { id, confirm: true })).content[0].text, /There is no order/);
	assert.ok((await call('ann-writes', 'get_order', { id })).isError);
	assert.ok((await call('ann-writes', 'track_order', { id })).isError);
	assert.equal((await call('ann-writes', 'cancel_order', { id, confirm: true })).structuredContent.status, 'cancelled');
	const client = await Client.begin(orders, 'ann-reads', '2025-11-25');
	assert.ok((await client.send('resources/subscribe', { uri: `order://${id}` })).result);
	assert.ok((await client.send('resources/subscribe', { uri: 'order://ORD-0' })).result, 'nobody was asked');
});

// ---- A name that becomes another customer's ----

test('a key that is given to another customer leaves all behind', async () => {
	const mine = await orderSome(orders, 'moved', 15);
	const client = await Client.begin(orders, 'moved', '2025-11-25');
	assert.ok((await client.send('resources/subscribe', { uri: `order://${mine.open}` })).result);
	await shop.move('moved', `orders:own,customer=${customers.ann}`);
	await eventually(async () => (await client.send('ping')).status === 404, 'the session goes on');
	const args = orderFor('moved', mine.key, 15);
	const back = order_id => ({ order_id, items: item, reason: 'r', idempotency_key: mine.key });
	for (const [tool, way] of [['create_order', args], ['create_order', { ...args, items: item }],
		['request_return', back(mine.home)], ['request_return', back(ids.ann.home)], ['get_order', { id: mine.open }]]) {
		const { isError, content: [{ text }] } = await callTool(orders, tool, way, as('moved'));
		assert.ok(isError && (tool === 'get_order' ? /There is no order/ : /used before\. Use a new key/).test(text), text);
		assert.ok(tool === 'get_order' || !/ORD-|RET-|Cay/.test(text), text);
	}
	assert.ok(!(await callTool(orders, 'get_order', { id: ids.ann.open }, as('moved'))).isError);
});

test('whose token says another customer leaves all behind', async () => {
	const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
	const [before, task] = await Promise.all([Client.begin(orders, 'ann-reports', '2025-11-25'),
		Client.begin(orders, 'ann-reports', '2026-07-28', capabilities)]);
	assert.ok((await before.send('resources/subscribe', { uri: `order://${ids.ann.open}` })).result);
	const { taskId } = (await task.send('tools/call', { name: 'sales_report', arguments: forStaff.sales_report() })).result;
	const headers = { ...before.headers, ...as('ann-corrected').headers };
	for (const [method, more] of [['POST', before.request('ping')], ['GET', {}], ['DELETE', {}]])
		assert.equal((await exchange(orders, { ...more, method, headers })).status, 404, `its session, by ${method}`);
	const after = await Client.begin(orders, 'ann-corrected', '2026-07-28', capabilities);
	for (const method of ['tasks/get', 'tasks/cancel'])
		await assertSame(id => after.send(method, { taskId: id }), taskId, `${taskId.slice(0, -4)}AAAA`, secrets.ann, method);
	assert.ok((await callTool(orders, 'get_order', { id: ids.ann.open }, as('ann-corrected'))).isError);
	assert.ok((await before.send('ping')).result, 'whose token is not over yet goes on');
	assert.ok((await task.send('tasks/get', { taskId })).result);
});
