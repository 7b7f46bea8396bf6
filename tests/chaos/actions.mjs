// actions.mjs - what the chaos test may do, each with its weight: a new method or tool is a line here.
//
// A row is [weight, name, what...]. `d` are the dice, `w` is what was learnt so far (knowledge.mjs).
import { orderOf } from '../e2e/support.mjs';

// ---- What there is ----

// Stock of these is only moved by what leaves a record, so that it can be added up; of the others it
// is changed by update_product too.
export const bookSkus = ['KIT-0001', 'KIT-0002', 'KIT-0003', 'GAR-0001', 'TOY-0001', 'BAG-0001'];
export const eventfulOrders = ['I10001', 'I10500', 'I11199'];  // with a long history
const looseSkus = ['TEX-0001', 'TEX-0002'];
const knownSkus = [...bookSkus, ...looseSkus];
const oddSkus = ['kit-0001', 'KIT-9999', '', 'KIT-0001\u0000', 'ß'.repeat(40), 'x'.repeat(300), 'KIT-0006'];
const statuses = ['paid', 'packed', 'shipped', 'delivered', 'pending', 'cancelled', 'nowhere'];
const words = ['tea', 'pot', 'a', 'blue', 'crème', 'wood', 'set of', 'x', 'é', '\u0000', 'steel '.repeat(30)];

const sku = d => d.chance(0.93) ? d.pick(knownSkus) : d.pick(oddSkus);
const items = d => Array.from({ length: d.between(1, 3) }, () =>
	({ sku: sku(d), quantity: d.chance(0.95) ? d.between(1, 3) : d.pick([0, -1, 1e6, 1.5, 1e300]) }));
const order = (d, w) => (d.chance(0.93) && d.recent(w.orders, 20)) ||
	d.pick([...eventfulOrders, 'ORD-0000000000', '', 'x'.repeat(64), 'x'.repeat(65)]);
// The next in order, where it is known how far it is.
function move(d, w) {
	const id = order(d, w), steps = ['pending', 'paid', 'packed', 'shipped', 'delivered'], known = w.statuses.get(id);
	const at = steps.findLastIndex(step => known?.has(step));
	return { id, status: d.chance(0.85) && steps[at + 1] || d.pick(statuses), note: d.pick(['', 'chaos']) };
}
const reservation = (d, w) => d.recent(w.reservations, 10) ?? 'never';
const cursor = (d, w) => d.chance(0.5) ? d.recent(w.cursors)
	: d.pick([undefined, undefined, 'x', '', 'x'.repeat(1001)]);
const uri = (program, d, w) => program === 'products'
	? d.pick([`product://${sku(d)}`, 'catalog://categories', 'ui://products/search', 'product://%00', 'skill://x'])
	: d.chance(0.9) ? `order://${order(d, w)}` : d.pick(['ui://orders/track', 'order://', 'nothing']);

// ---- Tools: arguments ----

export const TOOLS = {
	products: [
		[12, 'search_products', (d, w) => ({ words: d.pick(words), limit: d.between(1, 100), cursor: cursor(d, w),
			sort: d.pick(['relevance', 'price', 'name', undefined, 'colour']) })],
		[6, 'get_product', d => ({ sku: sku(d) })],
		[4, 'list_categories', () => ({})],
		[5, 'check_stock', d => ({ items: items(d) })],
		[9, 'reserve_stock', (d, w) => ({ reservation_id: w.newReservation(d), items: items(d), minutes: 1 })],
		[5, 'commit_reservation', (d, w) => ({ reservation_id: reservation(d, w) })],
		[5, 'release_reservation', (d, w) => ({ reservation_id: reservation(d, w) })],
		[2, 'check_reservation', (d, w) => ({ reservation_id: reservation(d, w) })],
		[4, 'restock', (d, w) => ({ restock_id: d.chance(0.8) ? w.unique('restock') : 'again',
			items: [{ sku: d.pick(bookSkus), quantity: d.between(1, 4) }], reason: 'delivery' })],
		[6, 'update_product', d => d.chance(0.5)
			? { sku: d.pick(looseSkus), stock_change: d.between(-2, 5) }
			: { sku: d.pick(knownSkus), description: d.pick(words).replaceAll('\u0000', '') + d.below(1000) }],
	],
	orders: [
		[18, 'create_order', (d, w) => {
			const key = d.chance(0.85) ? w.unique('key') : d.recent(w.keys) ?? w.unique('key');
			w.keep(w.keys, key);
			// A customer of its own for each key: the order says so, and can be found by it.
			return orderOf(d.chance(0.9) ? { [d.pick(bookSkus)]: d.between(1, 3) }
				: { [sku(d)]: 1, [sku(d)]: 2 }, key, `c-${key}`);
		}],
		[5, 'get_order', (d, w) => ({ id: order(d, w) })],
		[4, 'list_orders', (d, w) => ({ limit: d.between(1, 100), cursor: cursor(d, w),
			status: d.pick([undefined, 'pending', 'delivered', 'cancelled']) })],
		[14, 'cancel_order', (d, w) => ({ id: order(d, w), confirm: d.chance(0.1) })],
		[14, 'update_order_status', (d, w) => move(d, w)],
		[14, 'track_order', (d, w) => ({ id: d.chance(0.7) ? order(d, w) : d.pick(eventfulOrders),
			follow: d.chance(0.85), wait_seconds: d.between(1, 3) })],
		[4, 'request_return', (d, w) => ({ order_id: order(d, w), items: [{ sku: d.pick(bookSkus), quantity: 1 }],
			reason: 'chaos', idempotency_key: d.chance(0.5) ? w.unique('return') : undefined })],
		[3, 'receive_return', (d, w) => ({ return_id: d.recent(w.returns) ?? 'RET-0' })],
		[12, 'sales_report', d => ({ from: '2011-01-01',
			to: d.pick(['2011-02-01', '2011-02-01', '2011-01-10', '2010-01-01']),
			by: d.pick(['day', 'month', 'country', 'product']) })],
	],
};

const tool = (d, w, program) => {
	const [, name, make] = d.weighted(TOOLS[program]);
	return { name: d.chance(0.99) ? name : 'no_such_tool', arguments: make(d, w), _meta: token(d) };
};

// Progress is asked for often: it is what streams are made of.
const token = d => d.chance(0.75) ? { progressToken: oddToken(d) } : {};
const oddToken = d => d.chance(0.9) ? d.below(1e6) : d.weighted(ODD_TOKENS)[2];
const ODD_TOKENS = [[1, 'huge token', 'p'.repeat(40000)], [1, 'long token', 'ü'.repeat(600)],
	...['t', '', -1, 1.5, null, {}].map(token => [1, 'odd token', token])];

// ---- Methods: the era they are of (s: sessions, n: 2026-07-28) and their params ----

const skill = d => d.pick(['skill://write-commits/SKILL.md', 'skill://order-desk', 'skill://', 'x']);

export const METHODS = [
	[60, 'tools/call', 'sn', (d, w, program) => tool(d, w, program)],
	[4, 'ping', 's', () => ({})],
	[4, 'tools/list', 'sn', (d, w) => ({ cursor: cursor(d, w) })],
	[2, 'resources/list', 'sn', (d, w) => ({ cursor: cursor(d, w) })],
	[1, 'resources/templates/list', 'sn', () => ({})],
	[5, 'resources/read', 'sn', (d, w, program) => ({ uri: uri(program, d, w) })],
	[8, 'resources/subscribe', 's', (d, w, program) => ({ uri: d.chance(0.98) ? uri(program, d, w)
		: `product://${'x'.repeat(100000)}` })],
	[3, 'resources/unsubscribe', 's', (d, w, program) => ({ uri: uri(program, d, w) })],
	[1, 'prompts/list', 'sn', () => ({})],
	[2, 'prompts/get', 'sn', (d, w) => d.pick([
		{ name: 'compare_products', arguments: { skus: 'KIT-0001, KIT-0003' } },
		{ name: 'recommend_product', arguments: { occasion: 'tea', budget: '20' } },
		{ name: 'explain_order', arguments: { id: order(d, w) } }, { name: 'none' }])],
	[2, 'completion/complete', 'sn', d => ({ ref: d.pick([{ type: 'ref/prompt', name: 'compare_products' },
		{ type: 'ref/resource', uri: 'product://{sku}' }, { type: 'ref/resource', uri: 'order://{id}' }, {}]),
		argument: { name: d.pick(['skus', 'sku', 'id', 'x']), value: d.pick(['KIT', '', 'ORD-', 'é']) } })],
	[2, 'logging/setLevel', 's', d => ({ level: d.pick(['debug', 'info', 'error', 'loud']) })],
	[1, 'skills/list', 'sn', () => ({})],
	[1, 'skills/get', 'sn', d => ({ uri: skill(d) })],
	[1, 'resources/directory/read', 'sn', d => ({ uri: skill(d) })],
	[2, 'server/discover', 'n', () => ({})],
	[9, 'subscriptions/listen', 'n', (d, w, program) => ({ notifications: {
		toolsListChanged: d.chance(0.3), taskIds: d.chance(0.4) ? [d.recent(w.tasks)].filter(Boolean) : undefined,
		resourceSubscriptions: Array.from({ length: d.chance(0.93) ? d.between(0, 6) : d.pick([900, 1500]) },
			() => uri(program, d, w)) } })],
	[4, 'tasks/get', 'n', (d, w) => ({ taskId: d.recent(w.tasks) ?? 'none' })],
	[2, 'tasks/update', 'n', (d, w) => ({ taskId: d.recent(w.tasks) ?? 'none',
		inputResponses: { consent: answer(d), nobody: answer(d) } })],
	[4, 'tasks/cancel', 'n', (d, w) => ({ taskId: d.recent(w.tasks) ?? 'none' })],
	[1, 'no/such', 'sn', () => ({ x: 1 })],
	[1, 'initialize', 'sn', () => ({ protocolVersion: '2025-06-18', capabilities: {} })],
];

// What a person answers to a question, as its result.
export const answer = d => d.pick([
	{ action: 'accept', content: { sure: true } }, { action: 'accept', content: { sure: true } },
	{ action: 'accept', content: { sure: false } }, { action: 'decline' }, { action: 'cancel' },
	{ action: 'accept', content: { sure: 'perhaps' } }, { action: 'accept' }, {},
]);

// ---- Ids, as JSON ----

// Some are so long that one answer with such an id is more than a stream may hold.
const ODD_IDS = [
	[1.5, 'huge id', () => `"${'i'.repeat(300000)}"`], [1, 'long id', () => `"${'é'.repeat(5000)}"`],
	[1, 'long id', () => `"${'n'.repeat(9000)}"`], [1, 'odd id', () => '""'], [1, 'odd id', () => '0'],
	[1, 'odd id', () => '-7'], [1, 'odd id', () => '9007199254740993'],
	[1, 'odd id', () => '123456789012345678901234567890'], [1, 'odd id', () => '"\\u0000\\"\\\\"'],
	[1, 'odd id', () => '"\\ud83e\\udd14"'], [1, 'odd id', () => '"question-1"'],
	[3, 'wrong id', d => d.pick(['null', '1.5', '[1]', '{}', 'true', '1e400'])],
];

export const id = (d, w) => d.chance(0.93) ? w.unique('') % 3 ? String(w.last) : `"id-${w.last}"`
	: d.weighted(ODD_IDS)[2](d);

// ---- What is broken: a whole body, or an element of a batch ----

export const BROKEN = [
	[6, () => '5'], [2, () => 'null'], [2, () => '"x"'], [2, () => '{}'], [2, () => '[]'], [1, () => 'true'],
	[2, () => '{"jsonrpc":"1.0","id":1,"method":"ping"}'],
	[2, () => '{"jsonrpc":"2.0","id":null,"method":"ping"}'],
	[2, () => '{"jsonrpc":"2.0","id":1,"method":7}'],
	[2, () => '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}'],
	[2, () => '{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}'],
	[2, () => '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_product","name":"x"}}'],
	[2, () => '{"jsonrpc":"2.0","id":"question-1","result":{"action":"accept"}}'],
	[1, () => '{"jsonrpc":"2.0","result":{}}'],
	[1, () => '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}'],
	[1, () => `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":${'['.repeat(70)}${']'.repeat(70)}}}`],
	[1, () => `{"jsonrpc":"2.0","id":1,"method":"${'a'.repeat(63)}é"}`],
	[1, () => `[[${'0,'.repeat(20)}0]]`],
];

// Only as a whole body: what is not JSON, or not UTF-8.
export const NOT_JSON = [
	[2, () => ''], [2, () => '{'], [2, () => '[5,'], [1, () => '{"jsonrpc":"2.0","id":1,"method":"ping"'],
	[1, () => Buffer.from([0x22, 0xff, 0xfe, 0x22])], [1, () => '['.repeat(200000)], [1, () => '\u0000'],
	[1, () => `[${'0,'.repeat(60000)}0]`],
];

// ---- How a request is made of messages: compose.mjs has a function for each ----

export const SHAPES = [
	[24, 'stateless'], [24, 'session'], [20, 'batch'], [5, 'initialize'], [5, 'listen'], [5, 'resume'],
	[1, 'delete'], [6, 'answer'], [4, 'notice'], [4, 'broken'], [3, 'again'], [2, 'elsewhere'],
];

// What a batch is made of. The first elements matter: what they begin, the others meet.
export const ELEMENTS = [
	[60, 'call'], [10, 'notice'], [8, 'garbage'], [6, 'response'], [8, 'cancel'],
];

// ---- How it is sent: a function for each in manners.mjs ----

export const MANNERS = [
	[40, 'waits'], [12, 'pipelines'], [26, 'cancels'], [7, 'leaves'], [3, 'halfCloses'], [3, 'cuts'],
	[4, 'inPieces'], [2, 'neverReads'], [3, 'stalls'], [3, 'twice'],
];

// ---- What happens to the servers meanwhile: shop.mjs has a function for each ----

export const DISTURBANCES = [
	[4, 'hangUp'], [4, 'stall'], [4, 'lock'], [2, 'scrape'], [2, 'disconnect'],
];
