// books.mjs - whether all adds up after a run: what was answered is so, stock was lowered exactly for the
// orders that are there, nothing is held for ever, nothing doubled.
import { pause } from '../e2e/support.mjs';

const PLACED = "status not in ('recording', 'committing') and caller is not null";
const by = (rows, key, value) => {
	const made = new Map();
	for (const row of rows)
		made.set(row[key], [...(made.get(row[key]) ?? []), value(row)].sort());
	return made;
};
const item = row => `${row.sku} x ${row.quantity}`;

// What was left behind waits for its leases to end: they are ended, and the orders' own job, which
// begins with the process, has to settle all of it.
export async function settle(shop, within = 60000) {
	await shop.change('orders', 'update orders set lease_until = 0 where lease_until is not null');
	await shop.change('orders', 'update errand set lease_until = 0');
	await shop.begin({ SHUTDOWN_TIMEOUT: '10s', METRICS_PORT: '0' });
	const open = `select (select count(*) from orders where status in ('recording', 'committing')) as orders,
		(select count(*) from errand) as errands`;
	for (const until = Date.now() + within; ; await pause(50)) {
		const [{ orders, errands }] = await shop.select('orders', open);
		if (Number(orders) === 0 && Number(errands) === 0)
			return [];
		if (Date.now() > until)
			return [`${orders} orders and ${errands} errands were not settled within ${within} ms`];
	}
}

export async function compare(shop) {
	const { knowledge } = shop, wrong = [];
	const orders = await shop.select('orders', `select id, customer, status,
		caller || ' ' || idempotency_key as key from orders where ${PLACED}`);
	const lines = by(await shop.select('orders', `select order_id, sku, sum(quantity) as quantity from order_line
		join orders on orders.id = order_id where ${PLACED} group by order_id, sku`), 'order_id', item);
	const events = by(await shop.select('orders', `select order_id, to_status from order_event
		join orders on orders.id = order_id where caller is not null
		and (from_status is null or from_status <> to_status)`), 'order_id', row => row.to_status);
	const backs = by(await shop.select('orders', `select return_id, sku, quantity from return_line
		join return_request on return_request.id = return_id where state = 'received'`), 'return_id', item);
	const reservations = await shop.select('products', 'select id, state, created_at, expires_at from reservation');
	const taken = by(await shop.select('products', `select reservation_id, sku, quantity from reservation_item
		join product on product.id = product_id`), 'reservation_id', item);
	const restocked = by(await shop.select('products', `select restock_id, sku, quantity from restock_item
		join product on product.id = product_id`), 'restock_id', item);
	const states = new Map(reservations.map(row => [row.id, row.state]));
	const same = (a, b) => JSON.stringify(a ?? []) === JSON.stringify(b ?? []);
	const check = (fine, words) => fine || wrong.push(words);

	// Orders and what products did for them.
	const placed = new Map(orders.map(row => [row.id, row]));
	for (const { id, status } of orders) {
		check(states.get(id) === 'committed' && same(taken.get(id), lines.get(id)), `order ${id} (${status}) of ${
			lines.get(id)} has a reservation that is ${states.get(id)}, of ${taken.get(id)}`);
		check(same(restocked.get(`cancel-${id}`), status === 'cancelled' ? lines.get(id) : []),
			`order ${id} is ${status}, and ${restocked.get(`cancel-${id}`)} was put back for it`);
		check(new Set(events.get(id)).size === events.get(id)?.length,
			`order ${id} went to a status twice: ${events.get(id)}`);
	}
	for (const [id, items] of backs)
		check(same(restocked.get(`return-${id}`), items),
			`return ${id} of ${items}: put back was ${restocked.get(`return-${id}`)}`);
	for (const { id, state } of reservations)
		if (id.startsWith('ORD-'))
			check(state === 'released' || (state === 'committed' && placed.has(id)),
				`reservation ${id} is ${state}, its order ${placed.has(id) ? 'there' : 'not there'}`);
		else
			check(state !== 'held' || knowledge.isOwn(id), `reservation ${id} is held and nobody's`);

	// The shelf.
	const left = await shop.stockNow(), moved = await shop.select('products', `select sku,
		(select coalesce(sum(quantity), 0) from reservation_item join reservation on reservation.id = reservation_id
			where product_id = product.id and state = 'committed') as taken,
		(select coalesce(sum(quantity), 0) from restock_item where product_id = product.id) as back from product`);
	for (const { sku, taken: out, back } of moved)
		if (sku in left)
			check(left[sku] === shop.stock[sku] - Number(out) + Number(back),
				`${sku}: ${shop.stock[sku]} - ${out} + ${back} is not ${left[sku]}`);

	// What was answered.
	for (const [key, ids] of by(orders, 'key', row => row.id))
		check(ids.length === 1, `the key ${key} has ${ids.length} orders: ${ids}`);
	for (const [id, customer] of knowledge.placed)
		check(placed.get(id)?.customer === customer, `order ${id} of ${customer} was answered and is lost`);
	for (const [id, answered] of knowledge.statuses)
		for (const status of answered)
			check(events.get(id)?.includes(status),
				`order ${id} was answered as ${status} and never was: ${events.get(id)}`);
	for (const [id, state] of knowledge.states)
		check(states.get(id) === state, `reservation ${id} was answered as ${state} and is ${states.get(id)}`);
	for (const id of knowledge.restocks)
		check(restocked.has(id), `restock ${id} was answered and is lost`);
	return { wrong, orders: orders.length, answered: knowledge.placed.size,
		reservations: reservations.length, restocks: restocked.size };
}
