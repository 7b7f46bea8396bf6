// double.mjs - an AWS of the tests: checks each signature by its own means, plays what it is told by service and action, and counts.
//
//     const aws = await startDouble({ keys: { AKIA: { secret: 's' } } });
//     aws.script('ecs', 'ListTasks', { body: { taskArns: [] } }, { status: 400, body: { __type: 'ThrottlingException' } });
//     … AWS_ENDPOINT_URL=aws.url …
//     aws.calls                        // [{ service, action, region, input, round }], as they came
//     await aws.stop();
//
// An answer: { status, body (an object: JSON; a function of the request's: what it gives), headers, delayMs, cut (bytes, then it hangs up),
// bytewise, hold }. The last of a script is for all that follow. `round` is one more than the most of those that had been answered when it
// came: with a delay, how many were waited for one after the other. What has none is answered as AWS does what it does not know. None of this is from the code
// that it tests.
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const hex = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const unreserved = /[A-Za-z0-9\-_.~/]/;
const encodeOnceMore = path => [...Buffer.from(path)].map(byte => {
	const letter = String.fromCharCode(byte);
	return byte < 128 && unreserved.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}).join('');
const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const sortedQuery = query => query.split('&').filter(Boolean).map(pair => pair.includes('=') ? pair : `${pair}=`)
	.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])
	.sort(([a, x], [b, y]) => byBytes(a, b) || byBytes(x, y)).map(pair => pair.join('=')).join('&');

// The signature that a request should have. `headers`: [[name, value]] as they came; `names`: SignedHeaders.
export function signatureOf({ method, path, query, headers, names, body, secret, region, service }) {
	const value = name => headers.filter(([each]) => each.toLowerCase() === name)
		.map(([, each]) => each.trim().replace(/[ \t]+/g, ' ')).join(',');
	const time = value('x-amz-date'), day = time.slice(0, 8), scope = `${day}/${region}/${service}/aws4_request`;
	const canonical = [method, encodeOnceMore(path), sortedQuery(query), ...names.split(';').map(name => `${name}:${value(name)}`), '',
		names, hex(Buffer.from(body))].join('\n');
	const key = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secret}`, day));
	return hmac(key, ['AWS4-HMAC-SHA256', time, scope, hex(Buffer.from(canonical))].join('\n')).toString('hex');
}

// What is wrong with a request's signature, as AWS's code for it; undefined: nothing.
export function refusal(request, headers, body, keys, now) {
	const said = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/
		.exec(request.headers.authorization ?? '');
	if (!said)
		return { code: 'MissingAuthenticationTokenException' };
	const [, id, day, region, service, names, signature] = said, key = keys[id], time = request.headers['x-amz-date'] ?? '';
	const at = Date.parse(time.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
	const must = ['host', 'x-amz-date', 'content-type', ...['x-amz-target', 'x-amz-security-token'].filter(name => name in request.headers)];
	const [path, query = ''] = request.url.split('?');
	if (!key || (key.token ?? '') !== (request.headers['x-amz-security-token'] ?? ''))
		return { code: 'UnrecognizedClientException' };
	if (key.expired)
		return { code: 'ExpiredTokenException' };
	if (!(Math.abs(at - now) < 5 * 60 * 1000) || !time.startsWith(day))
		return { code: 'InvalidSignatureException' };
	const fits = must.every(name => names.split(';').includes(name)) && signature === signatureOf({ method: request.method, path,
		query, headers, names, body, secret: key.secret, region, service });
	return fits ? { region, service } : { code: 'InvalidSignatureException' };
}

const actionOf = (request, body) => request.headers['x-amz-target']?.split('.').at(-1) ?? new URLSearchParams(body).get('Action') ?? '';
export const pairs = raw => raw.flatMap((name, at) => at % 2 ? [] : [[name, raw[at + 1]]]);

// What a request says: JSON, or a form.
const saidBy = input => input.startsWith('{') ? JSON.parse(input) : Object.fromEntries(new URLSearchParams(input));

async function play(response, { status = 200, body: made = {}, headers = {}, delayMs = 0, cut, bytewise, hold }, date, input = '') {
	const body = typeof made === 'function' ? made(saidBy(input)) : made;
	const bytes = Buffer.from(typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body);
	if (hold)
		return;
	await sleep(delayMs);
	response.writeHead(status, { date, 'content-length': bytes.length, 'x-amzn-requestid': 'a-request', ...headers });
	for (const byte of bytewise ? bytes.subarray(0, cut) : [])
		await new Promise(sent => response.write(Buffer.of(byte), sent));
	if (cut !== undefined) {
		await new Promise(sent => response.write(bytewise ? '' : bytes.subarray(0, cut), sent));
		response.destroy();
	} else {
		response.end(bytewise ? undefined : bytes);
	}
}

export async function startDouble({ keys, skewMs = 0 }) {
	const scripts = new Map(), calls = [];
	let answered = 0;
	const next = (service, action) => {
		const left = scripts.get(`${service} ${action}`) ?? [{ status: 400, body: { __type: 'UnknownOperationException' } }];
		return left.length > 1 ? left.shift() : left[0];
	};
	const server = createServer(async (request, response) => {
		const parts = await request.toArray().catch(() => []), body = Buffer.concat(parts).toString(), now = Date.now() + skewMs;
		const date = new Date(now).toUTCString(), checked = refusal(request, pairs(request.rawHeaders), body, keys, now);
		if (checked.code)
			return play(response, { status: 403, body: { __type: checked.code, message: 'as AWS would say' } }, date);
		const action = actionOf(request, body);
		const round = answered + 1;
		calls.push({ ...checked, action, input: body, round });
		response.once('close', () => answered = Math.max(answered, round));
		play(response, next(checked.service, action), date, body).catch(() => {});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${server.address().port}`, calls,
		script: (service, action, ...answers) => scripts.set(`${service} ${action}`, answers),
		stop: async () => { server.closeAllConnections(); server.close(); await once(server, 'close'); },
	};
}
