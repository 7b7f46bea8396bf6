// tour.mjs - the tour of a program that knows only stdio, through mcp-remote.
import { Desktop } from '../../../e2e/desktop.mjs';
import { changing, say, take } from '../steps.mjs';

class Visitor {
	constructor(url, key) {
		this.asked = [];
		this.desktop = new Desktop(url, {
			...key && { args: ['--header', 'Authorization:${AUTH_HEADER}'], env: { AUTH_HEADER: `Bearer ${key}` } },
			elicit: question => {
				this.asked.push(question.message);
				return { action: 'accept', content: { sure: true } };
			},
		});
	}

	known() {
		return { server: this.hello.serverInfo.name, revision: this.hello.protocolVersion };
	}

	async pages(method, items, name) {
		const found = [];
		for (let cursor; ;) {
			const page = await this.desktop.result(method, cursor ? { cursor } : {});
			found.push(...page[items].map(each => each[name]));
			if (!(cursor = page.nextCursor))
				return found;
		}
	}

	tools() {
		return this.pages('tools/list', 'tools', 'name');
	}

	async lists() {
		return {
			tools: await this.tools(),
			resources: await this.pages('resources/list', 'resources', 'uri'),
			templates: await this.pages('resources/templates/list', 'resourceTemplates', 'uriTemplate'),
			prompts: await this.pages('prompts/list', 'prompts', 'name'),
		};
	}

	async call(name, args, { signal, onprogress }) {
		const call = this.desktop.call(name, args, onprogress && (step => onprogress(step.progress)));
		const requestId = this.desktop.last;
		const aborted = signal && new Promise((_, reject) => {
			signal.addEventListener('abort', () => {
				this.desktop.send({ method: 'notifications/cancelled', params: { requestId, reason: 'enough' } });
				reject(new Error('aborted'));
			});
		});
		const result = await Promise.race([call, ...aborted ? [aborted] : []]);
		if (result.isError)
			throw new Error(result.content[0].text);
		return result.structuredContent;
	}

	async fail() {
		const result = await this.desktop.call('get_product', { sku: 'NO-SUCH' });
		return { error: result.isError, words: result.content[0].text };
	}

	async read() {
		const { contents } = await this.desktop.result('resources/read', { uri: 'product://KIT-0003' });
		return { text: contents[0].text };
	}

	async prompt() {
		const { messages } = await this.desktop.result('prompts/get',
			{ name: 'compare_products', arguments: { skus: 'KIT-0001,KIT-0002' } });
		return { text: messages[0].content.text };
	}

	async complete() {
		const { completion } = await this.desktop.result('completion/complete', {
			ref: { type: 'ref/resource', uri: 'product://{sku}' }, argument: { name: 'sku', value: 'KIT-000' },
		});
		return { values: completion.values };
	}

	async changes() {
		await this.desktop.result('resources/subscribe', { uri: changing });
		say({ subscribed: true });
		for (;;) {
			const told = this.desktop.told.find(each => each.method === 'notifications/resources/updated');
			if (told)
				return { uri: told.params.uri };
			await new Promise(resolve => { setTimeout(resolve, 20); });
		}
	}

	close() {
		return this.desktop.end();
	}
}

await take(async (url, key) => {
	const visitor = new Visitor(url, key);
	visitor.hello = await visitor.desktop.begin();
	return visitor;
});
