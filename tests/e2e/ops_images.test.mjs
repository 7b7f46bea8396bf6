// ops_images.test.mjs - what a service runs: images against a double of AWS, in each case that AWS makes for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cases, startAws, startOps } from '../aws/ops.mjs';
import { ask, callTool } from './support.mjs';

const repository = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/orders';
const digest = n => `sha256:${String(n).repeat(64).slice(0, 64)}`;
const image = (n, pushed, ...imageTags) => ({ registryId: '123456789012', repositoryName: 'shop/orders', imageDigest: digest(n),
	...(imageTags.length ? { imageTags } : {}), imageSizeInBytes: 20000000 + n, imagePushedAt: 1.795e9 + pushed });
const task = n => ({ taskArn: `arn:task/${n}`, containers: [{ name: 'sidecar', imageDigest: digest(9) }, { name: 'orders', imageDigest: digest(n) }] });
const scanned = { imageScanFindings: { findingSeverityCounts: { CRITICAL: 2, HIGH: 3, MEDIUM: 4 }, enhancedFindings: [
	{ severity: 'CRITICAL', fixAvailable: 'YES', packageVulnerabilityDetails: { vulnerabilityId: 'CVE-2026-1', sourceUrl: 'https://e.example/1',
		vulnerablePackages: [{ name: 'openssl', version: '3.0.1', fixedInVersion: '3.0.2' }] } },
	{ severity: 'CRITICAL', fixAvailable: 'NO', packageVulnerabilityDetails: { vulnerabilityId: 'CVE-2026-2' } },
	{ severity: 'HIGH', fixAvailable: 'YES', packageVulnerabilityDetails: { vulnerabilityId: 'CVE-2026-3' } }] } };
const UNSCANNED = { status: 400, body: { __type: 'ScanNotFoundException', message: 'Image scan does not exist' } };
const script = {
	'ecs DescribeServices': { services: [{ serviceName: 'orders', taskDefinition: 'arn:aws:ecs:eu-central-1:1:task-definition/shop-dev-orders:12' }] },
	'ecs ListTasks': { taskArns: ['arn:task/1', 'arn:task/2'] },
	'ecs DescribeTasks': { tasks: [task(1), task(1), task(2)] },
	'ecs DescribeTaskDefinition': { taskDefinition: { containerDefinitions: [{ name: 'sidecar', image: 'x' },
		{ name: 'orders', image: `${repository}@${digest(1)}`, environment: [{ name: 'SECRET', value: 'hunter2' }] }] } },
	'ecr DescribeImages': { imageDetails: [image(1, 10, 'v1'), image(3, 30, 'v3', 'latest'), image(2, 20, 'v2'), image(4, 40)] },
	'ecr DescribeImageScanFindings': scanned,
};

cases('images', { service: 'orders' }, {
	script,
	empty: { 'ecs DescribeServices': { services: [], failures: [] }, 'ecs ListTasks': { taskArns: [] } },
	fine: ({ structuredContent: found, content }) => {
		assert.equal(found.repository, 'shop/orders');
		assert.equal(found.image, `${repository}@${digest(1)}`);
		assert.deepEqual(found.running.map(({ digest, tags, tasks, size }) => [digest, tags, tasks, size]),
			[[digest(1), ['v1'], 2, 20000001], [digest(2), ['v2'], 1, 20000002]]);
		assert.deepEqual([found.newest.digest, found.newest.tags], [digest(3), ['v3', 'latest']]);
		assert.equal(found.up_to_date, false);
		assert.deepEqual(found.latest.map(({ tags }) => tags[0]), ['v3', 'v2', 'v1']);
		assert.deepEqual(found.scans.map(({ digest, status, critical, high }) => [digest, status, critical, high]),
			[1, 2, 3].map(n => [digest(n), 'scanned', 2, 3]));
		assert.deepEqual(found.scans[0].findings, [{ id: 'CVE-2026-1', severity: 'CRITICAL', package: 'openssl', installed: '3.0.1',
			fixed_in: '3.0.2', url: 'https://e.example/1' }]);
		assert.deepEqual(found.gaps, []);
		assert.doesNotMatch(JSON.stringify(content), /hunter2/);
	},
	nothing: ({ structuredContent: { running, latest, scans, newest, gaps } }) =>
		assert.deepEqual([running, latest, scans, newest, gaps], [[], [], [], undefined, []]),
	missing: ({ structuredContent: { running, image, gaps } }, why) => {
		assert.deepEqual([running, image], [[], undefined]);
		assert.deepEqual(gaps.map(({ what }) => what), ['the services', 'the tasks that run']);
		for (const gap of gaps)
			assert.match(gap.why, why);
	},
});

test('what was not scanned is no gap', async t => {
	const aws = await startAws(t, { ...script, 'ecr DescribeImageScanFindings': UNSCANNED }), server = await startOps(t, aws.url);
	const { scans, gaps } = await ask(server, 'images', { service: 'orders' });
	assert.deepEqual(scans.map(({ status, critical }) => [status, critical]), Array(3).fill(['not scanned', undefined]));
	assert.deepEqual(gaps, []);
});

test('findings are of basic scans, too, and are not asked for where nobody wants them', async t => {
	const basic = { imageScanFindings: { findingSeverityCounts: { CRITICAL: 1 }, findings: [{ name: 'CVE-2026-4', severity: 'CRITICAL',
		uri: 'https://e.example/4', attributes: [{ key: 'package_name', value: 'zlib' }, { key: 'package_version', value: '1.2' }] },
		{ name: 'CVE-2026-5', severity: 'LOW' }] } };
	const aws = await startAws(t, { ...script, 'ecr DescribeImageScanFindings': basic }), server = await startOps(t, aws.url);
	assert.deepEqual((await ask(server, 'images', { service: 'orders', findings: false })).scans, []);
	const { scans: [{ findings }] } = await ask(server, 'images', { service: 'orders' });
	assert.deepEqual(findings, [{ id: 'CVE-2026-4', severity: 'CRITICAL', package: 'zlib', installed: '1.2', url: 'https://e.example/4' }]);
});

test('all pages are looked at, and who runs the newest is told so', async t => {
	const pages = [{ imageDetails: [image(2, 20, 'v2')], nextToken: 'more' }, { imageDetails: [image(1, 50, 'v5')] }];
	const aws = await startAws(t, { ...script, 'ecr DescribeImages': pages, 'ecs DescribeTasks': { tasks: [task(1)] } }), server = await startOps(t, aws.url);
	const { up_to_date, newest } = await ask(server, 'images', { service: 'orders', findings: false });
	assert.deepEqual([up_to_date, newest.tags], [true, ['v5']]);
});

test('an image from elsewhere is a gap, a service that is none is told', async t => {
	const elsewhere = { taskDefinition: { containerDefinitions: [{ name: 'orders', image: 'ghcr.io/shop/orders:1' }] } };
	const aws = await startAws(t, { ...script, 'ecs DescribeTaskDefinition': elsewhere }), server = await startOps(t, aws.url);
	const { gaps, running } = await ask(server, 'images', { service: 'orders' });
	assert.match(gaps[0].why, /ghcr\.io.* in no repository of ECR/);
	assert.equal(running.length, 2);
	assert.ok((await callTool(server, 'images', { service: 'nobody' })).isError);
});

test('what AWS does not say of the tasks is a gap, and no task less', async t => {
	const silent = { ...task(1), containers: [{ name: 'orders' }] };
	const aws = await startAws(t, { ...script, 'ecs DescribeTasks': { tasks: [task(1), silent, silent] } });
	const { running, gaps } = await ask(await startOps(t, aws.url), 'images', { service: 'orders', findings: false });
	assert.deepEqual(running.map(({ tasks }) => tasks), [1]);
	assert.deepEqual(gaps, [{ what: 'what runs', why: 'of 2 of 3 tasks AWS does not say which image they run' }]);
});
