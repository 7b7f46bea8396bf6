// compose.mjs - a whole request from the tables of actions: a function for each shape.
import { keys, meta, types } from '../e2e/support.mjs';
import { BROKEN, ELEMENTS, METHODS, NOT_JSON, SHAPES, answer, id } from './actions.mjs';

const REVISIONS = ['2025-03-26', '2025-03-26', '2025-06-18', '2025-11-25', '2025-11-25'];
const ACCEPTS = [
	[80, types.Accept], [8, 'application/json'], [8, 'text/event-stream'], [1, '*/*'], [1, 'text/html'],
];
const CALLERS = [[80, keys.staff], [14, keys.other], [4, keys.reader], [1, 'mcp_nobody'], [1, '']];
const CAPABILITIES = [
	[8, { elicitation: {}, extensions: { 'io.modelcontextprotocol/tasks': {} } }],
	[2, { elicitation: {} }], [2, {}],
];

const caller = d => d.weighted(CALLERS)[1];
const signed = key => key ? { Authorization: `Bearer ${key}` } : {};
const accept = d => ({ Accept: d.weighted(ACCEPTS)[1] });

// ---- Messages ----

const kindOf = ({ method, params }) => method === 'tools/call' ? params.name : method;

const inEra = { s: METHODS.filter(row => row[2].includes('s')), n: METHODS.filter(row => row[2].includes('n')) };

function makeCall(d, w, program, era) {
	const [, method, , make] = d.weighted(inEra[era]);
	return { id: id(d, w), method, params: make(d, w, program) };
}

const write = ({ id, method, params }) => `{"jsonrpc":"2.0",${id === undefined ? '' : `"id":${id},`}"method":${
	JSON.stringify(method)}${params === undefined ? '' : `,"params":${JSON.stringify(params)}`}}`;

// The id goes in as it was written, whatever it is.
const writeCancel = id =>
	`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id},"reason":"chaos"}}`;

const notice = (d, session) => d.chance(0.7) ? writeCancel(d.recent(session?.running ?? [], 6) ?? '1')
	: write({ method: d.pick(['notifications/initialized', 'notifications/roots/list_changed', 'nothing']) });

const response = (d, session) => `{"jsonrpc":"2.0","id":${JSON.stringify(d.recent(session?.questions ?? [], 4) ??
	'question-1')},"result":${JSON.stringify(answer(d))}}`;

// ---- Requests ----

const inSession = (d, session) => ({
	'Content-Type': 'application/json', ...accept(d), ...signed(session.key), 'Mcp-Session-Id': session.id,
	...(session.revision === '2025-03-26' ? {} : { 'MCP-Protocol-Version': session.revision }),
});

function begins(session, calls) {
	for (const call of calls)
		session?.running.push(call.id);
	session?.running.splice(0, session.running.length - 24);
	return calls.map(call => call.id);
}

export const shapes = {
	stateless(d, w, program, call = makeCall(d, w, program, 'n')) {
		const capabilities = d.weighted(CAPABILITIES)[1];
		const name = call.params?.name ?? call.params?.uri ?? call.params?.taskId;
		const params = { ...call.params, _meta: { ...meta(capabilities), ...call.params?._meta,
			...(d.chance(0.3) ? { 'io.modelcontextprotocol/logLevel': 'debug' } : {}) } };
		const agree = d.chance(0.97);
		return { kind: kindOf(call), call,
			headers: { 'Content-Type': 'application/json', ...accept(d), ...signed(caller(d)),
				'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': agree ? call.method : 'ping',
				...(typeof name === 'string' && /^[\x20-\x7e]*$/.test(name) ? { 'Mcp-Name': name.trim() } : {}) },
			body: write({ ...call, params }) };
	},

	session(d, w, program) {
		const session = w.sessionOf(d, program);
		if (!session)
			return shapes.initialize(d, w, program);
		const call = makeCall(d, w, program, 's');
		return { kind: kindOf(call), session, ids: begins(session, [call]), headers: inSession(d, session),
			body: write(call) };
	},

	// Without a session it is served too, as one of 2025-03-26.
	batch(d, w, program) {
		const known = w.sessions.filter(each => each.program === program && each.revision === '2025-03-26');
		const session = d.chance(0.8) ? d.recent(known, 8) : undefined;
		const calls = [], elements = [];
		for (let n = d.pick([1, 1, 1, 2, 3, 4, 5, d.chance(0.2) ? 30 : 2]); n > 0; n--) {
			const kind = elements.length ? d.weighted(ELEMENTS)[1] : 'call';
			if (kind === 'call')
				calls.push(makeCall(d, w, program, 's'));
			elements.push({
				call: () => write(calls.at(-1)), notice: () => notice(d, session),
				garbage: () => d.weighted(BROKEN)[1](), response: () => response(d, session),
				cancel: () => writeCancel(d.pick(calls).id),
			}[kind]());
			w.tally.add('batches', kind);
		}
		return { kind: 'batch', session, ids: begins(session, calls), body: `[${elements.join(',')}]`,
			headers: session ? inSession(d, session) : { ...types, ...accept(d), ...signed(caller(d)) } };
	},

	initialize(d, w, program) {
		const revision = d.pick(REVISIONS), key = d.chance(0.9) ? keys.staff : keys.other;
		return { kind: 'initialize', begins: { program, revision, key }, headers: { ...types, ...signed(key) },
			body: write({ id: 0, method: 'initialize', params: {
				protocolVersion: revision, capabilities: d.chance(0.9) ? { elicitation: {} } : {},
				clientInfo: { name: 'chaos', version: '1' } } }) };
	},

	listen(d, w, program) {
		const session = w.sessionOf(d, program);
		return session ? { kind: 'listen', verb: 'GET', session,
			headers: { ...inSession(d, session), Accept: 'text/event-stream' } } : shapes.initialize(d, w, program);
	},

	resume(d, w, program) {
		const session = w.sessionOf(d, program);
		if (!session)
			return shapes.initialize(d, w, program);
		const last = d.chance(0.9) ? d.recent(session.events, 8)
			: d.pick(['1-0', '1-1', 'x', '999-1', '-1', '1-99999999999999999999']);
		return { kind: last ? 'resume' : 'listen', verb: 'GET', session, headers: { ...inSession(d, session),
			Accept: 'text/event-stream', ...(last ? { 'Last-Event-ID': last } : {}) } };
	},

	delete(d, w, program) {
		const session = w.sessionOf(d, program);
		return session ? { kind: 'delete', verb: 'DELETE', session, headers: inSession(d, session) }
			: shapes.initialize(d, w, program);
	},

	// To a question of a session, or, in 2026-07-28, the call again with answers and state.
	answer(d, w, program) {
		const session = d.recent(w.sessions.filter(each => each.program === program && each.questions.length));
		const asked = d.recent(w.asked.filter(each => each.program === program), 8);
		if (session && (!asked || d.chance(0.6)))
			return { kind: 'answer', session, headers: inSession(d, session), body: response(d, session) };
		if (!asked)
			return shapes.session(d, w, program);
		const inputResponses = Object.fromEntries(asked.keys.map(key => [key, answer(d)]));
		const requestState = d.chance(0.95) ? asked.state : `${asked.state.slice(0, -3)}abc`;
		const again = { ...asked, id: id(d, w), params: { ...asked.params, inputResponses, requestState } };
		return { ...shapes.stateless(d, w, program, again), kind: 'answer' };
	},

	notice(d, w, program) {
		const session = w.sessionOf(d, program);
		return session ? { kind: 'notice', session, headers: inSession(d, session), body: notice(d, session) }
			: shapes.initialize(d, w, program);
	},

	broken(d, w, program) {
		const session = d.chance(0.5) ? w.sessionOf(d, program) : undefined;
		return { kind: 'broken', session,
			headers: session ? inSession(d, session) : { ...types, ...signed(keys.staff) },
			body: d.weighted(d.chance(0.6) ? BROKEN : NOT_JSON)[1]() };
	},

	// A call with the id of one that runs.
	again(d, w, program) {
		const session = w.sessionOf(d, program), call = makeCall(d, w, program, 's');
		if (!session)
			return shapes.initialize(d, w, program);
		call.id = d.recent(session.running, 6) ?? call.id;
		return { kind: 'same id again', session, ids: begins(session, [call]), headers: inSession(d, session),
			body: write(call) };
	},

	elsewhere(d) {
		const headers = { ...signed(caller(d)),
			Origin: d.pick(['http://localhost', 'https://evil.example', 'null']) };
		return { kind: 'elsewhere', headers, ...d.pick([
			{ verb: 'OPTIONS' }, { verb: 'GET', path: '/healthz' }, { verb: 'GET', path: '/readyz' },
			{ verb: 'PUT', body: '{}' }, { verb: 'GET', path: `/${'x'.repeat(5000)}` },
			{ verb: 'POST', path: '/', body: '{}' }, { verb: 'HEAD' },
			{ verb: 'POST', body: '{}', headers: { ...headers, 'X-Long': 'y'.repeat(20000) } },
			{ verb: 'POST', body: 'x'.repeat(300000), headers: { ...types, ...headers } },
		]) };
	},
};

// The request's bytes go to any process of the program.
export function compose(d, w, program, shape = d.weighted(SHAPES)[1]) {
	const request = shapes[shape](d, w, program);
	request.program = program;
	if (request.call)
		request.call.program = program;
	w.tally.add('requests', shape);
	w.tally.add('kinds', request.kind);
	return request;
}

export const cancelOf = (d, request, id) => ({ kind: 'cancel', program: request.program, session: request.session,
	headers: inSession(d, request.session), body: writeCancel(id) });
