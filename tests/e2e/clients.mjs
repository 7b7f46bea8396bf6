// clients.mjs - the official TypeScript clients, both with the same few functions around them.
import assert from 'node:assert/strict';
import { npm } from './support.mjs';

const old = {
	...npm('@modelcontextprotocol/sdk/client/index.js'),
	...npm('@modelcontextprotocol/sdk/client/streamableHttp.js'),
	...npm('@modelcontextprotocol/sdk/types.js'),
};
const latest = npm('@modelcontextprotocol/client');

const info = { name: 'interop', version: '1.0.0' };

// What a test may do with a client, whichever it is. `options` are the SDK's: onprogress, signal ...
class Wrapped {
	constructor(client, transport, call) {
		Object.assign(this, { client, transport, call });
		this.errors = [];
		this.told = [];                 // URIs of resources that changed
		client.onerror = error => this.errors.push(error);
	}

	// The structured content of a call that must succeed.
	async ask(name, args, options) {
		const result = await this.call(name, args, options);
		assert.ok(!result.isError, `${name} failed: ${result.content?.[0]?.text}`);
		return result.structuredContent;
	}

	// The words of a call that must fail.
	async fails(name, args, options) {
		const result = await this.call(name, args, options);
		assert.equal(result.isError, true, JSON.stringify(result).slice(0, 500));
		return result.content[0].text;
	}

	// Asks to be told of a resource's changes; gives what ends it.
	async follow(uri) {
		if (this.transport.sessionId) {
			await this.client.subscribeResource({ uri });
			return () => this.client.unsubscribeResource({ uri });
		}
		const subscription = await this.client.listen({ resourceSubscriptions: [uri] });
		assert.deepEqual(subscription.honoredFilter.resourceSubscriptions, [uri]);
		return () => subscription.close();
	}

	async close() {
		await this.transport.terminateSession?.();
		await this.client.close();
	}
}

function transportOptions({ key }) {
	return {
		requestInit: key ? { headers: { Authorization: `Bearer ${key}` } } : undefined,
		reconnectionOptions: { initialReconnectionDelay: 100, maxReconnectionDelay: 500,
			reconnectionDelayGrowFactor: 1.5, maxRetries: 5 },
	};
}

// `elicit` answers questions; without it the client can't be asked.
async function connectOld(url, { elicit, ...options } = {}) {
	const client = new old.Client(info, { capabilities: elicit ? { elicitation: {} } : {} });
	if (elicit)
		client.setRequestHandler(old.ElicitRequestSchema, request => elicit(request.params));
	const transport = new old.StreamableHTTPClientTransport(new URL(url), transportOptions(options));
	await client.connect(transport);
	const wrapped = new Wrapped(client, transport, (name, args, more) =>
		client.callTool({ name, arguments: args }, undefined, { timeout: 60000, ...more }));
	client.setNotificationHandler(old.ResourceUpdatedNotificationSchema, ({ params }) => {
		wrapped.told.push(params.uri);
	});
	return wrapped;
}

const connectLatest = mode => async (url, { elicit, ...options } = {}) => {
	const client = new latest.Client(info, {
		capabilities: elicit ? { elicitation: {} } : {}, versionNegotiation: { mode },
	});
	if (elicit)
		client.setRequestHandler('elicitation/create', request => elicit(request.params));
	const transport = new latest.StreamableHTTPClientTransport(new URL(url), transportOptions(options));
	await client.connect(transport);
	const wrapped = new Wrapped(client, transport, (name, args, more) =>
		client.callTool({ name, arguments: args }, { timeout: 60000, ...more }));
	client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
		wrapped.told.push(params.uri);
	});
	return wrapped;
};

export const clients = {
	'SDK 1, sessions': { connect: connectOld, sessions: true, revision: '2025-11-25' },
	'SDK 2, sessions': { connect: connectLatest('legacy'), sessions: true, revision: '2025-11-25' },
	'SDK 2, 2026-07-28': { connect: connectLatest({ pin: '2026-07-28' }), revision: '2026-07-28' },
	'SDK 2, finding out': { connect: connectLatest('auto'), revision: '2026-07-28' },
};
