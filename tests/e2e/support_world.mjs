// support_world.mjs - support beside real products and orders, and a double of models: what tests of conversations begin with.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { startModels } from '../models/double.mjs';
import { ask, beginSession, exchange, orderOf, start, stateless, temporary } from './support.mjs';

export const GPT = 'gpt-4o-mini';
const sha256 = text => createHash('sha256').update(text).digest('hex');
export const keyLines = of => Object.entries(of).map(([name, scope]) => `${name}:${sha256(`mcp_${name}`)}:${scope}`).join('\n');
export const as = name => ({ headers: { Authorization: `Bearer mcp_${name}` } });
export const customers = { ann: 'C-Ann.77131', bob: 'C-Bob.44902' };

export class World {
	// `shop`: with products and orders; else nobody is there. `models`: OpenAI's protocol, of the double.
	static async open(t, { shop = false, models = true, settings = {}, folder = temporary() } = {}) {
		const world = new World();
		world.folder = folder;
		world.models = models && await startModels();
		t.after(() => world.models && world.models.stop());
		if (shop) {
			world.products = await start('products');
			t.after(() => world.products.stop());
			world.orders = await start('orders', { PRODUCTS_URL: world.products.url, API_KEYS: keyLines({ staff: '*', support: 'orders:read,orders:write' }) });
			t.after(() => world.orders.stop());
		}
		world.settings = {
			API_KEYS: keyLines({ ann: `support:chat,customer=${customers.ann}`, bob: `support:chat,customer=${customers.bob}`, eve: 'support:chat',
				staff: 'support:staff', admin: '*' }),
			...world.models && { MODELS: `openai:${GPT}`, OPENAI_URL: world.models.openai },
			...shop && { PRODUCTS_URL: world.products.url, ORDERS_URL: world.orders.url, ORDERS_KEY: 'mcp_support' }, ...settings,
		};
		world.server = await world.begin();
		t.after(() => world.server.stop());
		return world;
	}

	begin(settings = {}) {
		return start('support', { ...this.settings, ...settings }, { folder: this.folder, data: false });
	}

	// An order of a customer's, so far on its way.
	async place(customer, key, items, upTo) {
		const { id } = await ask(this.orders, 'create_order', { ...orderOf(items, key), customer }, as('staff'));
		const steps = ['paid', 'packed', 'shipped', 'delivered'];
		for (const status of steps.slice(0, steps.indexOf(upTo) + 1))
			await ask(this.orders, 'update_order_status', { id, status }, as('staff'));
		return id;
	}

	chat(who, message, more = {}, server = this.server) {
		return ask(server, 'chat_with_ai', { message, ...more }, as(who));
	}

	// What comes of a call, failed or not, with its progress: { result, told: [[text, at]] }.
	async follow(who, args, { era = '2026-07-28', server = this.server, until } = {}) {
		const told = [], params = { name: 'chat_with_ai', arguments: args, _meta: { progressToken: 'p' } };
		let seen = 0;
		const look = events => {
			for (const { data } of events.slice(seen)) {
				const message = data && JSON.parse(data);
				if (message?.method === 'notifications/progress')
					told.push([message.params.message, performance.now()]);
			}
			seen = events.length;
			return until?.(told) ?? false;
		};
		const { headers } = as(who);
		const request = era === '2026-07-28' ? stateless('tools/call', params, { headers })
			: { headers: { ...headers, ...await beginSession(server, era, {}, headers) }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }) };
		const answer = await exchange(server, { ...request, until: look });
		if (until?.(told))
			return { told };
		const message = answer.events.length ? JSON.parse(answer.events.findLast(({ data }) => data).data) : answer.json;
		assert.ok(message.result, JSON.stringify(message));
		return { told, result: message.result };
	}
}
