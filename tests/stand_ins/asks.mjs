// asks.mjs - what a stand-in is asked by ops's tools: of each what the filled shop has to be in the answer, and what of it which stand-in
// does not have. A gap that is not named here fails the test, and one that is no more.
import assert from 'node:assert/strict';
import { shop } from './stand_in.mjs';

const [service] = shop.services, [, failing, , warning] = shop.lines, ringing = `${shop.cluster}-${service}-failures`;
const names = list => list.map(({ name }) => name).sort();
const words = failing.message.replace(shop.password, '***');

// Its lines as they are told: equal ones as one, none with what must not be seen.
const errors = lines => assert.deepEqual(lines.filter(({ level }) => level === 'error').map(({ message, count }) => ({ message, count })), [{ message: words, count: 2 }]);

function mean(values) {
	const middle = shop.cpu.reduce((sum, value) => sum + value) / shop.cpu.length;
	assert.ok(Math.abs(values.mean - middle) < 2, `a mean of ${values.mean}, not about ${middle}`);
	assert.deepEqual([values.min, values.max], [Math.min(...shop.cpu), Math.max(...shop.cpu)]);
}

// `look`: the whole of what was filled in is there. A stand-in's own, below, takes its place.
export const asks = {
	overview: { tool: 'overview', args: {}, look(told) {
		assert.deepEqual(told.services.map(each => [each.service, each.desired, each.image_tag, each.targets_all]), shop.services.map(name => [name, shop.desired, shop.runs, 1]));
		assert.deepEqual(told.alarms.map(({ alarm, reason }) => [alarm, reason]), [[ringing, shop.alarm.reason]]);
		assert.equal(told.database.status, 'available');
		assert.ok(told.findings.some(({ what }) => what.includes(ringing)));
	} },
	diagnose: { tool: 'diagnose', args: { service }, look(told) {
		errors(told.errors);
		assert.equal(told.causes[0].cause, 'database');
		assert.deepEqual(told.stopped.map(({ cause, reason }) => [cause, reason]), [['as_told', shop.stopped]]);
	} },
	changes: { tool: 'changes', args: {}, look(told) {
		assert.ok(told.changes.some(({ what }) => what === 'ecs:CreateService'), 'who made the service');
		assert.ok(told.changes.some(({ kind, on }) => kind === 'alarm' && on === ringing), 'what the alarm did');
	} },
	alarms: { tool: 'alarms', args: {}, look(told) {
		assert.equal(told.alarms[0].alarm, ringing);
		assert.equal(told.alarms[0].runbook, 'skill://incident/references/on-call.md#failures');
		assert.match(told.alarms[0].condition, new RegExp(`> ${shop.alarm.threshold} for`));
		assert.equal(told.alarms.filter(({ state }) => state === 'OK').length, 2 * shop.services.length - 1);
	} },
	'alarms, history': { tool: 'alarms', args: { history: true }, look(told) {
		assert.ok(told.history.some(({ on }) => on === ringing));
	} },
	search_logs: { tool: 'search_logs', args: { service }, look(told) {
		errors(told.lines);
		assert.equal(told.events, shop.lines.length);
	} },
	'search_logs, text': { tool: 'search_logs', args: { service, text: 'ready' }, look(told) {
		assert.deepEqual(told.lines.map(({ message }) => message), [warning.message]);
	} },
	'search_logs, level': { tool: 'search_logs', args: { service, level: 'error' }, look(told) {
		errors(told.lines);
	} },
	'search_logs, request_id': { tool: 'search_logs', args: { service, request_id: failing.id }, look(told) {
		assert.deepEqual(told.lines.map(line => [line.message, line.count]), [[words, 1]]);
	} },
	query_logs: { tool: 'query_logs', args: { query: 'fields @timestamp, @message | sort @timestamp desc | limit 1', services: [service], confirm: true }, look(told) {
		assert.deepEqual([told.status, told.columns, told.rows.length], ['Complete', ['@timestamp', '@message'], 1]);
		assert.equal(JSON.parse(told.rows[0].values[1]).message, warning.message);
	} },
	metrics: { tool: 'metrics', args: { service, what: 'cpu' }, look(told) {
		mean(told.series[0]);
		assert.deepEqual(told.alarms.map(({ name, threshold }) => [name, threshold]), [[`${shop.cluster}-${service}-cpu`, 80]]);
	} },
	images: { tool: 'images', args: { service }, look(told) {
		assert.deepEqual(told.latest.flatMap(({ tags }) => tags).sort(), shop.images);
		assert.match(told.image, new RegExp(`/${shop.project}/${service}:${shop.runs}$`));
	} },
	'inventory, data': { tool: 'inventory', args: { kind: 'data' }, look(told) {
		assert.deepEqual(told.stores.map(({ kind, status }) => [kind, status]).sort(), [['cache', 'available'], ['database', 'available']]);
	} },
	'inventory, secrets': { tool: 'inventory', args: { kind: 'secrets' }, look(told) {
		assert.deepEqual(names(told.secrets), shop.services.map(name => `${shop.cluster}/${name}/keys`).sort());
	} },
	'inventory, balancers': { tool: 'inventory', args: { kind: 'balancers' }, look(told) {
		assert.deepEqual(names(told.target_groups), shop.services.map(name => `${shop.cluster}-${name}`).sort());
		assert.equal(told.balancers[0].listeners.length, shop.services.length);
	} },
	costs: { tool: 'costs', args: {}, look(told) {
		assert.deepEqual(Object.fromEntries(told.groups.map(({ name, gross }) => [name, Number(gross)])),
			Object.fromEntries(Object.entries(shop.costs).map(([name, amount]) => [name, Number(amount)])));
	} },
};

// ---- What they don't have ----

const unknown = ['AWS answers 500, and does not say why'];
const gaps = (why, ...whats) => whats.map(what => ({ what, why }));
// Both read patterns as words, and ours for a level is one of JSON: nothing is found, which is no gap.
const noPatterns = { lacks: 'patterns over JSON', look: told => assert.deepEqual([told.lines, told.gaps], [[], []]) };

export const lacking = {
	moto: {
		diagnose: { gaps: gaps(unknown, `the deployments of ${service}`, 'who changed what'), lacks: 'tasks of services',
			look(told) {
				errors(told.errors);
				assert.deepEqual(told.stopped, []);
			} },
		changes: { gaps: gaps(unknown, 'who changed what', 'what alarms did', ...shop.services.map(name => `the deployments of ${name}`)),
			look: told => assert.deepEqual(told.changes, []) },
		'alarms, history': { gaps: gaps(unknown, 'what alarms did'), look: told => assert.deepEqual(told.history, []) },
		'search_logs, level': noPatterns,
		'inventory, data': { gaps: gaps(unknown, 'the serverless caches', 'pending maintenance') },
		costs: { gaps: gaps(unknown, 'the forecast', 'the anomalies') },
	},
	MiniStack: {
		'search_logs, level': noPatterns,
		images: { gaps: [...gaps(['of 1 of 1 tasks AWS does not say which image they run'], 'what runs'),
			...gaps(['AWS answers InvalidAction: Unknown action: DescribeImageScanFindings'], 'the findings')] },
		// It takes the request for one of its own, and does not answer it.
		costs: { gaps: gaps(["AWS can't be reached", 'AWS answers 4'], 'the costs', 'the forecast', 'the anomalies'), look: told => assert.deepEqual(told.groups, []) },
	},
};
