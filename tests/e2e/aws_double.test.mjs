// aws_double.test.mjs - the double of AWS takes the signatures that are right, no other, and plays what it is told.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { signatureOf, startDouble } from '../aws/double.mjs';

const cases = name => JSON.parse(readFileSync(join(import.meta.dirname, '../aws', name), 'utf8'));

for (const name of ['published.json', 'signatures.json'])
	test(`it gives the signatures of ${name}`, () => {
		for (const [method, path, query, given, body, , secret, token, region, service, names, signature] of cases(name)) {
			const headers = token ? [...given, ['X-Amz-Security-Token', token]] : given;
			assert.equal(signatureOf({ method, path, query, headers, names, body, secret, region, service }), signature, path);
		}
	});

const keys = { AKIA: { secret: 's' }, OLD: { secret: 's', token: 't', expired: true } };
const timeOf = ms => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');

// A signed call; `spoil` changes its headers before it is sent, and after it was signed.
function call(url, { id = 'AKIA', at = Date.now(), body = '{}', service = 'ecs', action = 'ListTasks', spoil = () => {} } = {}) {
	const { host } = new URL(url), names = `content-type;host;x-amz-date${keys[id]?.token ? ';x-amz-security-token' : ''};x-amz-target`;
	const headers = { 'content-type': 'application/x-amz-json-1.1', host, 'x-amz-date': timeOf(at), 'x-amz-target': `X.${action}`,
		...keys[id]?.token && { 'x-amz-security-token': keys[id].token } };
	const signature = signatureOf({ method: 'POST', path: '/', query: '', headers: Object.entries(headers), names, body,
		secret: keys[id]?.secret ?? 'x', region: 'eu-central-1', service });
	headers.authorization = `AWS4-HMAC-SHA256 Credential=${id}/${headers['x-amz-date'].slice(0, 8)}/eu-central-1/${service}/aws4_request, `
		+ `SignedHeaders=${names}, Signature=${signature}`;
	spoil(headers);
	return new Promise((resolve, reject) => request(url, { method: 'POST', headers }, async answer => {
		const text = Buffer.concat(await answer.toArray().catch(error => { reject(error); return []; })).toString();
		resolve({ status: answer.statusCode, date: answer.headers.date, text });
	}).on('error', reject).end(body));
}

async function withDouble(options, run) {
	const aws = await startDouble({ keys, ...options });
	try {
		await run(aws);
	} finally {
		await aws.stop();
	}
}

test('it takes what is signed, and says of the rest what AWS says', () => withDouble({}, async aws => {
	aws.script('ecs', 'ListTasks', { body: { taskArns: [] } });
	assert.deepEqual(JSON.parse((await call(aws.url)).text), { taskArns: [] });
	for (const [code, options] of [
		['MissingAuthenticationTokenException', { spoil: headers => delete headers.authorization }],
		['UnrecognizedClientException', { id: 'NOBODY' }],
		['UnrecognizedClientException', { spoil: headers => { headers['x-amz-security-token'] = 't'; } }],
		['ExpiredTokenException', { id: 'OLD' }],
		['InvalidSignatureException', { at: Date.now() - 6 * 60 * 1000 }],
		['InvalidSignatureException', { spoil: headers => { headers['x-amz-target'] = 'X.DeleteCluster'; } }],
		['InvalidSignatureException', { spoil: headers => { headers.authorization = headers.authorization.replace(';x-amz-target', ''); } }],
		['InvalidSignatureException', { spoil: headers => { headers.authorization = headers.authorization.replace(/.$/, last => last === '0' ? '1' : '0'); } }],
	]) {
		const { status, text } = await call(aws.url, options);
		assert.equal(status, 403);
		assert.equal(JSON.parse(text).__type, code);
	}
	assert.deepEqual(aws.calls.map(({ action }) => action), ['ListTasks']);
}));

test('it plays its scripts in turn, and the last for ever', () => withDouble({}, async aws => {
	aws.script('ecs', 'ListTasks', { status: 400, body: { __type: 'ThrottlingException' } }, { body: '<html>', status: 502 }, { body: { n: 1 }, bytewise: true });
	assert.deepEqual([(await call(aws.url)).status, (await call(aws.url)).text, (await call(aws.url)).text, (await call(aws.url)).text],
		[400, '<html>', '{"n":1}', '{"n":1}']);
	aws.script('ecs', 'ListClusters', { body: { n: 1 }, cut: 3 });
	await assert.rejects(call(aws.url, { action: 'ListClusters' }));
	assert.match((await call(aws.url, { action: 'StopTask' })).text, /UnknownOperationException/);
}));

test('its clock may be another', () => withDouble({ skewMs: 3600000 }, async aws => {
	const { status, date } = await call(aws.url);
	assert.equal(status, 403);
	assert.ok(Date.parse(date) - Date.now() > 3590000);
	assert.equal((await call(aws.url, { at: Date.now() + 3600000 })).status, 400);
}));
