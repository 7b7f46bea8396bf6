// stand_in.mjs - what stands in for AWS, by other people: started on a port of its own, and a shop made in it (fill.py).
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { startMoto } from '../deploy/moto.mjs';
import { freePort } from '../e2e/raw.mjs';
import { eventually, root, temporary } from '../e2e/support.mjs';

const here = join(root, 'tests/stand_ins');
const moto = join(root, 'build/aws/bin'), ministack = join(root, 'build/ministack/bin');
export const shop = JSON.parse(readFileSync(join(here, 'shop.json'), 'utf8'));
const without = (path, name) => !existsSync(path) && `${name} can't be had here: left out`;
// What fills them is among what moto brings.
export const withoutMoto = without(join(moto, 'moto_server'), 'moto');
export const withoutMinistack = withoutMoto || without(join(ministack, 'ministack'), 'MiniStack');

// Runs Python of moto's with AWS's own library: what it prints.
export const python = (...args) => execFileSync(join(moto, 'python'), args, { encoding: 'utf8', env: { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true' } });

async function end(child) {
	const ended = child.exitCode === null && child.signalCode === null && once(child, 'exit');
	child.kill('SIGKILL');
	await ended;
}

// What the ledger of Cost Explorer has: it answers with the next of a list.
async function fillCosts(url) {
	const month = new Date().toISOString().slice(0, 8);
	const day = { TimePeriod: { Start: `${month}01`, End: `${month}02` }, Total: {}, Estimated: true, Groups: Object.entries(shop.costs).map(([service, Amount]) => (
		{ Keys: [service, 'Usage'], Metrics: { UnblendedCost: { Amount, Unit: 'USD' } } })) };
	const answer = { ResultsByTime: [day], DimensionValueAttributes: [] };
	await fetch(`${url}/moto-api/static/ce/cost-and-usage-results`, { method: 'POST', body: JSON.stringify({ results: Array(8).fill(answer) }) });
}

// { url, account, lacking, stop() }: the calls that `lacking` names it does not have.
export async function startFilledMoto() {
	const env = { PATH: `${moto}${delimiter}${process.env.PATH}`, HOME: temporary() };
	const child = await startMoto(env), url = env.AWS_ENDPOINT_URL;
	process.on('exit', () => child.kill('SIGKILL'));
	await fillCosts(url);
	return { url, ...JSON.parse(python(join(here, 'fill.py'), url, join(here, 'shop.json'))), stop: () => end(child) };
}

// With nothing in it: { url, folder, stop() }.
export async function startMinistack(settings = {}) {
	const folder = temporary(), port = await freePort(), url = `http://127.0.0.1:${port}`;
	const child = spawn(join(ministack, 'ministack'), { cwd: folder, stdio: 'ignore', env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder,
		GATEWAY_PORT: port, BIND_HOST: '127.0.0.1', MINISTACK_HOST: '127.0.0.1', S3_DATA_DIR: folder, STATE_DIR: folder, DOCKER_HOST: 'unix:///nonexistent',
		SFTP_ENABLED: '0', IOT_MTLS_ENABLED: '0', LOG_LEVEL: 'WARNING', ...settings } });
	process.on('exit', () => child.kill('SIGKILL'));
	await eventually(() => fetch(url).then(() => true, () => false), 'MiniStack answers', 60000);
	return { url, folder, stop: () => end(child) };
}

export async function startFilledMinistack() {
	const started = await startMinistack({ CLOUDTRAIL_RECORDING: '1' });
	return { ...started, ...JSON.parse(python(join(here, 'fill.py'), started.url, join(here, 'shop.json'))) };
}

// One more line in a service's log. Neither looks at the signature.
export async function say({ url }, service, message) {
	const logEvents = [{ timestamp: Date.now(), message: JSON.stringify({ time: new Date().toISOString(), level: 'info', message }) }];
	await fetch(url, { method: 'POST', body: JSON.stringify({ logGroupName: `/${shop.cluster}/services/${service}`, logStreamName: `service/${service}/1`, logEvents }),
		headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'Logs_20140328.PutLogEvents',
			Authorization: `AWS4-HMAC-SHA256 Credential=AKIAFILL/20260101/${shop.region}/logs/aws4_request, SignedHeaders=host, Signature=tests` } });
}
