// between.mjs - stands between support and DynamoDB, and does what a service of AWS's does on a bad day: it throttles, is in the way of itself, does what
// it was asked and never says so, is slow, away, or answers in pieces; and its indexes know of a change some time after the table does.
import { once } from 'node:events';
import http from 'node:http';
import { dynamodbUrl, Table } from '../e2e/dynamodb.mjs';
import { freePort } from '../e2e/ports.mjs';
import { pause } from '../e2e/support.mjs';

const { hostname, port: target } = new URL(dynamodbUrl ?? 'http://127.0.0.1:1');
const coral = (status, type, more = {}) => ({ status, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'as AWS would say', ...more } });
const conflict = [{ Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }];

// What it says instead of doing anything; nothing: it has no such words for this.
export const refusals = {
	throttled: () => coral(400, 'ThrottlingException'),
	exceeded: () => coral(400, 'ProvisionedThroughputExceededException'),
	limited: () => coral(400, 'RequestLimitExceeded'),
	internal: () => coral(500, 'InternalServerError'),
	unavailable: () => ({ status: 503, text: '<html>Service Unavailable</html>' }),
	// What is written to one item while a transaction is at it has an error of its own.
	conflict: ({ TransactItems, UpdateExpression }) => TransactItems
		? coral(400, 'TransactionCanceledException', { CancellationReasons: [...conflict, ...TransactItems.slice(1).map(() => ({ Code: 'None' }))] })
		: UpdateExpression && coral(400, 'TransactionConflictException'),
	// As if somebody had always been first.
	condition: ({ TransactItems }) => TransactItems && coral(400, 'TransactionCanceledException', { CancellationReasons: TransactItems.map(() => ({ Code: 'ConditionalCheckFailed' })) }),
	cancelledThrottled: ({ TransactItems }) => TransactItems && coral(400, 'TransactionCanceledException', { CancellationReasons: TransactItems.map(() => ({ Code: 'ThrottlingError' })) }),
	inProgress: ({ ClientRequestToken }) => ClientRequestToken && coral(400, 'TransactionInProgressException'),
};

// The keys that a request writes.
const keyOf = ({ pk, sk }) => ({ pk, sk });
function written(action, body) {
	if (action === 'UpdateItem' || action === 'DeleteItem')
		return [body.Key];
	if (action === 'PutItem')
		return [keyOf(body.Item)];
	if (action === 'TransactWriteItems')
		return body.TransactItems.map(each => Object.entries(each)[0]).filter(([name]) => name !== 'ConditionCheck').map(([, op]) => op.Key ?? keyOf(op.Item));
	return [];
}

export class Between {
	// `decide(action, body)`: what becomes of a request: the name of a refusal, lost, silent (done, and no answer), torn (done, half an answer), a number of
	// ms that it waits, or nothing. `page`: so many items are a page. `late`: ms after which an index knows. While `endless` is set no query comes to an end.
	static async start(t, { decide = () => {}, page, late } = {}) {
		const between = new Between();
		Object.assign(between, { decide, page, late, calls: [], copied: Promise.resolve(), shadows: new Map(), agent: new http.Agent({ keepAlive: true }), port: await freePort() });
		between.url = `http://127.0.0.1:${between.port}`;
		t.after(() => between.stop());
		await between.come();
		return between;
	}

	// A table that is reached through it, and looked into without.
	async table() {
		const table = await Table.make();
		Object.assign(table.settings, { AWS_ENDPOINT_URL_DYNAMODB: this.url });
		if (this.late)
			this.shadows.set(table.name, await Table.make(`${table.name}-late`));
		return table;
	}

	async come() {
		this.server = http.createServer((request, response) => this.#pass(request, response).catch(() => response.destroy()));
		this.server.listen(this.port, '127.0.0.1');
		await once(this.server, 'listening');
	}

	// Nobody listens there.
	async go() {
		const closed = once(this.server, 'close');
		this.server.close();
		this.server.closeAllConnections();
		await closed;
	}

	async stop() {
		if (this.server.listening)
			await this.go();
		await this.settle();
		this.agent.destroy();
	}

	// How often something was asked for.
	count(action) {
		return this.calls.filter(each => each === action).length;
	}

	// Until each index knows.
	async settle() {
		for (let copied; copied !== this.copied;)
			await (copied = this.copied);
	}

	async #pass(request, response) {
		const chunks = [];
		for await (const chunk of request)
			chunks.push(chunk);
		const action = request.headers['x-amz-target'].split('.')[1], body = JSON.parse(Buffer.concat(chunks));
		this.calls.push(action);
		const fate = await this.decide(action, body);
		if (fate === 'lost')
			return response.destroy();
		const refusal = refusals[fate]?.(body);
		if (refusal) {
			const { status, body: said, text = JSON.stringify(said) } = refusal;
			return response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0' }).end(text);
		}
		if (typeof fate === 'number')
			await pause(fate);
		if (this.endless)
			delete body.ExclusiveStartKey;
		this.#shorten(action, body);
		const answer = await this.#send(request.headers, body);
		if (answer.status === 200)
			this.#copy(action, body);
		if (this.endless && action === 'Query')
			Object.assign(answer, { text: JSON.stringify({ Items: [], LastEvaluatedKey: { pk: { S: 'c#' }, sk: { S: 'head' } } }), headers: { 'content-type': answer.headers['content-type'] } });
		if (fate === 'silent')
			return response.destroy();
		if (fate === 'torn') {
			response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.text) });
			return response.write(answer.text.slice(0, -1), () => response.destroy());
		}
		return response.writeHead(answer.status, answer.headers).end(answer.text);
	}

	// A page is smaller, and an index is asked for at what knows later.
	#shorten(action, body) {
		if ((action === 'Query' || action === 'Scan') && this.page)
			body.Limit = Math.min(body.Limit ?? Infinity, this.page);
		if (action === 'Query' && body.IndexName && this.shadows.has(body.TableName))
			body.TableName = this.shadows.get(body.TableName).name;
	}

	async #send(headers, body) {
		const text = JSON.stringify(body);
		const request = http.request({ hostname, port: target, agent: this.agent, method: 'POST', path: '/',
			headers: { ...headers, host: `${hostname}:${target}`, 'content-length': Buffer.byteLength(text), connection: 'keep-alive' } });
		request.end(text);
		const [answer] = await once(request, 'response'), chunks = [];
		for await (const chunk of answer)
			chunks.push(chunk);
		return { status: answer.statusCode, headers: { 'content-type': answer.headers['content-type'], 'x-amz-crc32': answer.headers['x-amz-crc32'] }, text: Buffer.concat(chunks).toString() };
	}

	// What the indexes are asked of knows it later: as it is then.
	#copy(action, body) {
		const name = body.TableName ?? body.TransactItems?.map(each => Object.values(each)[0].TableName)[0], shadow = this.shadows.get(name);
		for (const Key of shadow ? written(action, body) : [])
			this.copied = Promise.all([this.copied, pause(this.late)]).then(() => shadow.ask('GetItem', { TableName: name, Key, ConsistentRead: true })).then(({ Item }) =>
				shadow.ask(Item ? 'PutItem' : 'DeleteItem', { TableName: shadow.name, ...Item ? { Item } : { Key } }));
	}
}
