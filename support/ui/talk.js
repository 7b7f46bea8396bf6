// ---- talk.js: a conversation as both pages of support show it. Whatever anybody wrote is text ----

const SOON_MS = 1000, LATER_MS = 10000, FAILED_MS = 15000, MESSAGE_MAX = 4000;
const at = id => document.getElementById(id);

function trouble(text) {
	at('trouble').textContent = text ?? '';
	at('trouble').hidden = !text;
}

// Side by side. What somebody wrote may be in a language that goes the other way, or say that what follows does: each goes its own.
const together = parts => parts.filter(Boolean).flatMap((part, i) => [i ? ' · ' : '', element('bdi', {}, part)]);

// What is said twice by accident is said once: with the same key until it is known to be written down.
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');

async function busy(button, work) {
	if (button.getAttribute('aria-busy') === 'true')
		return;
	button.setAttribute('aria-busy', 'true');
	try {
		await work();
		trouble();
	} catch (error) {
		trouble(error.message);
	} finally {
		button.removeAttribute('aria-busy');
	}
}

// A page can't subscribe by way of its host: it looks again, as often as `pause()` says and as long as somebody sees it.
function follow(look, pause) {
	let timer = 0;
	const soon = ms => {
		clearTimeout(timer);
		timer = setTimeout(again, ms);
	};
	const again = async () => {
		if (document.hidden || !app.can.serverTools)
			return;
		try {
			await look();
			soon(pause());
		} catch {
			soon(FAILED_MS);
		}
	};
	document.addEventListener('visibilitychange', again);
	return { soon };
}

// "Today 14:05", "12 March 14:05", and of another year with that: as calendar and clock say it where whoever reads is.
const when = text => format(language => {
	const { timeZone } = app.context, time = new Date(text), now = new Date();
	const date = style => new Intl.DateTimeFormat(language, { timeZone, ...style }), same = style => date(style).format(time) === date(style).format(now);
	const day = same({ dateStyle: 'short' }) ? 'Today' : date({ day: 'numeric', month: 'long', ...same({ year: 'numeric' }) ? {} : { year: 'numeric' } }).format(time);
	return `${day} ${date({ timeStyle: 'short' }).format(time)}`;
});

// ---- What the model's tools found, as cards: nothing in them is sure to be there ----

const textOf = (thing, name) => ['string', 'number'].includes(typeof thing?.[name]) ? String(thing[name]) : '';
const listOf = (thing, name) => Array.isArray(thing?.[name]) ? thing[name].filter(item => item && typeof item === 'object') : [];
const timeOf = (words, time) => Number.isNaN(Date.parse(time)) ? null : element('span', {}, words, element('time', { datetime: time }, when(time)));
const line = (left, right) => element('li', {}, element('span', {}, left), element('span', {}, right));
const units = item => line(`${textOf(item, 'quantity') || 1} × ${textOf(item, 'name') || textOf(item, 'sku')}`, textOf(item, 'unit_price'));
const stockOf = item => item.known === false ? 'not known' : item.available > 0 ? `${textOf(item, 'available')} in stock` : 'sold out';

function card(title, badge, items, facts = []) {
	const some = facts.filter(Boolean);
	return element('section', { class: 'card', 'aria-label': title },
		element('p', { class: 'title' }, element('span', {}, title), badge ? element('span', { class: 'badge' }, badge) : null),
		items.length ? element('ul', { role: 'list' }, ...items) : null, some.length ? element('p', { class: 'facts' }, ...some) : null);
}

const cards = {
	__proto__: null,
	order: order => card(`Order ${textOf(order, 'id')}`, textOf(order, 'status'),
		[...listOf(order, 'items').map(units), ...listOf(order, 'returns').map(back => line(`Return ${textOf(back, 'id')}`, textOf(back, 'state')))],
		[timeOf('Placed ', textOf(order, 'placed_at')), timeOf('Delivered ', textOf(order, 'delivered_at')),
			textOf(order, 'total') ? element('span', {}, `Total ${textOf(order, 'total')}`) : null]),
	orders: all => card('Orders', '', listOf(all, 'orders').map(order => line(`${textOf(order, 'id')} · ${textOf(order, 'status')}`, textOf(order, 'total')))),
	products: all => card('Products', '', listOf(all, 'products').map(product => line(`${textOf(product, 'name')} · ${stockOf(product)}`, textOf(product, 'price')))),
	stock: all => card('In stock?', '', listOf(all, 'items').map(item => line(textOf(item, 'name') || textOf(item, 'sku'), stockOf(item)))),
	return: back => card(`Return ${textOf(back, 'id')}`, textOf(back, 'state'), listOf(back, 'items').map(units),
		[textOf(back, 'order_id') ? element('span', {}, `Of order ${textOf(back, 'order_id')}`) : null]),
};

// ---- Messages ----

const SHOP = { model: 'Assistant' };

function bubble(kind, who, text, ...rest) {
	return element('article', { class: `message ${kind}` }, element('p', { class: 'quiet' }, ...together(who)), element('p', { class: 'words' }, text), ...rest);
}

function message({ role, author, text, at: time, cards: found, cut }, staff) {
	const told = element('time', { datetime: time }, when(time));
	if (role === 'note')
		return element('p', { class: 'note' }, ...together([text, told]));
	const mine = role === (staff ? 'person' : 'customer');
	const who = SHOP[role] ?? (role === 'person' ? `${author}, of the shop` : staff ? `Customer ${author}` : 'You');
	return bubble(`${role}${mine ? ' mine' : ''}`, [who, told], text,
		...(Array.isArray(found) ? found : []).map(each => cards[each?.kind]?.(each)), cut ? element('p', { class: 'quiet' }, 'The answer ends here before its time.') : null);
}

const called = ({ role, name }) => role === 'customer' ? 'The customer' : name ?? 'Somebody of the shop';

// One conversation, in the elements #log, #writing, #writers and #earlier: each message is put there once, so that a screen reader reads it once.
const talk = { id: null, head: null, first: 0, last: 0, staff: false };
let reading = Promise.resolve();

talk.begin = (id, staff) => {
	Object.assign(talk, { id, head: null, first: 0, last: 0, staff });
	at('log').replaceChildren();
	at('earlier').hidden = true;
	talk.write('');
	showParticipants([], []);
};

talk.write = text => {
	const box = at('writing').querySelector('.words');
	at('writing').hidden = !text;
	if (box.textContent !== text)
		box.textContent = text;
};

talk.toEnd = () => { at('scroll').scrollTop = at('scroll').scrollHeight; };

// Those who are not at this end; of whoever writes not that they are here.
function showParticipants(writers, present) {
	const own = talk.staff ? 'person' : 'customer', writing = writers.filter(({ role, you }) => role !== own || !you);
	const silent = present.filter(each => !each.you && !writing.some(({ role, name }) => role === each.role && name === each.name));
	const texts = [...writing.map(each => `${called(each)} is writing`), ...silent.map(each => `${called(each)} is here`)];
	if (at('writers').textContent !== texts.join(' · '))
		at('writers').replaceChildren(...together(texts));
}

function put({ history, earlier, writing, writers, present, ...head }) {
	const { scrollHeight, scrollTop, clientHeight } = at('scroll'), atEnd = scrollHeight - scrollTop - clientHeight < 80;
	const fresh = history.filter(({ seq }) => seq > talk.last);
	if (!talk.last) {
		talk.first = history[0]?.seq ?? 0;
		at('earlier').hidden = !earlier;
	}
	at('log').append(...fresh.map(each => message(each, talk.staff)));
	talk.last = fresh.at(-1)?.seq ?? talk.last;
	talk.head = head;
	talk.write(writing ?? '');
	showParticipants(writers ?? [], present ?? []);
	if (atEnd)
		talk.toEnd();
	return fresh;
}

async function readAll() {
	const { id, last } = talk, asked = last ? { after: last } : {};
	const told = await app.call('get_conversation_history', { conversation_id: id, ...asked });
	if (id !== talk.id)
		return [];
	const fresh = put(told);
	return last && told.later ? [...fresh, ...await readAll()] : fresh;
}

// What is new of it, one reading behind the other; the messages that are.
talk.read = () => {
	const next = reading.then(readAll);
	reading = next.catch(() => {});
	return next;
};

talk.readEarlier = async () => {
	const { id, first } = talk, told = await app.call('get_conversation_history', { conversation_id: id, before: first });
	if (id !== talk.id || first !== talk.first)
		return;
	at('log').prepend(...told.history.map(each => message(each, talk.staff)));
	talk.first = told.history[0]?.seq ?? first;
	at('earlier').hidden = !told.earlier;
};

at('earlier').addEventListener('click', () => busy(at('earlier'), talk.readEarlier));
