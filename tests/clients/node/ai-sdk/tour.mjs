// tour.mjs - the tour of the AI SDK's client.
import { createRequire } from 'node:module';
import { Cannot, take } from '../steps.mjs';

const { createMCPClient, ElicitationRequestSchema } = createRequire(`${process.env.MODULES}/`)('@ai-sdk/mcp');

class Visitor {
	asked = [];

	async connect(url, key) {
		this.client = await createMCPClient({
			transport: { type: 'http', url, ...key && { headers: { Authorization: `Bearer ${key}` } } },
			capabilities: { elicitation: {} },
		});
		this.client.onElicitationRequest(ElicitationRequestSchema, ({ params }) => {
			this.asked.push(params.message);
			return { action: 'accept', content: { sure: true } };
		});
		return this;
	}

	known() {
		return { server: this.client.serverInfo.name, revision: this.client.initializeResult.protocolVersion };
	}

	async pages(method, items, name) {
		const found = [];
		for (let cursor; ;) {
			const page = await this.client[method](cursor ? { params: { cursor } } : {});
			found.push(...page[items].map(each => each[name]));
			if (!(cursor = page.nextCursor))
				return found;
		}
	}

	tools() {
		return this.pages('listTools', 'tools', 'name');
	}

	async lists() {
		return {
			tools: await this.tools(),
			resources: await this.pages('listResources', 'resources', 'uri'),
			templates: await this.pages('listResourceTemplates', 'resourceTemplates', 'uriTemplate'),
			prompts: await this.pages('listPrompts', 'prompts', 'name'),
		};
	}

	async call(name, args, { onprogress }) {
		if (onprogress)
			throw new Cannot('a call has no progress');
		const result = await this.client.callTool({ name, arguments: args });
		if (result.isError)
			throw new Error(result.content[0].text);
		return result.structuredContent;
	}

	async fail() {
		const result = await this.client.callTool({ name: 'get_product', arguments: { sku: 'NO-SUCH' } });
		return { error: result.isError, words: result.content[0].text };
	}

	async read() {
		return { text: (await this.client.readResource({ uri: 'product://KIT-0003' })).contents[0].text };
	}

	async prompt() {
		const { messages } = await this.client.getPrompt(
			{ name: 'compare_products', arguments: { skus: 'KIT-0001,KIT-0002' } });
		return { text: messages[0].content.text };
	}

	complete() {
		throw new Cannot('it completes nothing');
	}

	changes() {
		throw new Cannot('it follows no resources');
	}

	close() {
		return this.client.close();
	}
}

await take((url, key) => new Visitor().connect(url, key));
