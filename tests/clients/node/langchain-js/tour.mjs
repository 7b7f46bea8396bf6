// tour.mjs - the tour of LangChain's adapters for JavaScript.
import { createRequire } from 'node:module';
import { Cannot, take } from '../steps.mjs';

const { MultiServerMCPClient } = createRequire(`${process.env.MODULES}/`)('@langchain/mcp-adapters');

class Visitor {
	asked = [];

	async connect(url, key) {
		this.client = new MultiServerMCPClient({
			mcpServers: { it: { url, transport: 'http', automaticSSEFallback: false,
				...key && { headers: { Authorization: `Bearer ${key}` } } } },
			outputHandling: { text: 'content', resource: 'artifact' },
			onProgress: progress => this.onprogress?.(progress.progress),
		});
		this.byName = new Map((await this.client.getTools()).map(each => [each.name, each]));
		return this;
	}

	async known() {
		const client = await this.client.getClient('it');
		return { server: client.getServerVersion().name, revision: client.transport.protocolVersion };
	}

	tools() {
		return [...this.byName.keys()];
	}

	lists() {
		throw new Cannot('they list tools and resources, not prompts');
	}

	run(name, args, options) {
		return this.byName.get(name).invoke({ type: 'tool_call', id: '1', name, args }, options);
	}

	async call(name, args, { signal, onprogress }) {
		this.onprogress = onprogress;
		const message = await this.run(name, args, { signal });
		return message.artifact?.find(each => each.type === 'mcp_structured_content')?.data
			?? JSON.parse(typeof message.content === 'string' ? message.content : message.content[0].text);
	}

	async fail() {
		const { error, message } = await this.run('get_product', { sku: 'NO-SUCH' }).catch(error => ({
			error, message: error.message }));
		return { error: Boolean(error), words: message };
	}

	async read() {
		return { text: (await this.client.readResource('it', 'product://KIT-0003'))[0].text };
	}

	prompt() {
		throw new Cannot('they know no prompts');
	}

	complete() {
		throw new Cannot('they complete nothing');
	}

	changes() {
		throw new Cannot('they follow no resources');
	}

	close() {
		return this.client.close();
	}
}

await take((url, key) => new Visitor().connect(url, key));
