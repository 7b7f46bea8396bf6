// support_world.mjs - support beside real products and orders, and a double of models: what tests of conversations begin with.
import { createHash } from 'node:crypto';
import { startModels } from '../models/double.mjs';
import { ask, orderOf, start, temporary } from './support.mjs';
import { call } from './told.mjs';

export const GPT = 'gpt-4o-mini', NOVA = 'us.amazon.nova-2-lite-v1:0';
const sha256 = text => createHash('sha256').update(text).digest('hex');
export const keyLines = of => Object.entries(of).map(([name, scope]) => `${name}:${sha256(`mcp_${name}`)}:${scope}`).join('\n');
export const as = name => ({ headers: { Authorization: `Bearer mcp_${name}` } });
export const customers = { ann: 'C-Ann.77131', bob: 'C-Bob.44902' };

export class World {
	// `shop`: with products and orders, or their settings; else nobody is there. `models`: the double, in OpenAI's protocol, or with `bedrock` in Amazon's.
	static async open(t, { shop = false, models = true, bedrock = false, settings = {}, folder = temporary() } = {}) {
		const world = new World();
		world.folder = folder;
		world.models = models && await startModels();
		t.after(() => world.models && world.models.stop());
		if (shop) {
			world.products = await start('products', { ...shop });
			t.after(() => world.products.stop());
			world.orders = await start('orders', { ...shop, PRODUCTS_URL: world.products.url, API_KEYS: keyLines({ staff: '*', support: 'orders:read,orders:write' }) });
			t.after(() => world.orders.stop());
		}
		world.settings = {
			API_KEYS: keyLines({ ann: `support:chat,customer=${customers.ann}`, bob: `support:chat,customer=${customers.bob}`, eve: 'support:chat',
				staff: 'support:staff', admin: '*' }),
			...world.models && { MODELS: bedrock ? `bedrock:${NOVA}` : `openai:${GPT}`, OPENAI_URL: world.models.openai },
			...bedrock && { HOME: folder, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: world.models.url, AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIA',
				AWS_SECRET_ACCESS_KEY: 's', AWS_EC2_METADATA_DISABLED: 'true' },
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

	// What comes of a message, failed or not, and what is told on the way.
	follow(who, args, { server = this.server, ...how } = {}) {
		return call(server, 'chat_with_ai', args, { ...as(who), ...how });
	}
}
