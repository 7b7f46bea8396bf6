// cards.ts - what the model's tools found, as cards: orders, products, returns. Nothing in them is trusted to be there; text stays text.
import { h } from './dom';
import type { Card } from './types';
import { say, when, words } from './words';

type Thing = Record<string, unknown>;

const text = (thing: Thing, name: string) => {
	const value = thing[name];
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};
const list = (thing: Thing, name: string): Thing[] => {
	const value = thing[name];
	return Array.isArray(value) ? value.filter((item): item is Thing => typeof item === 'object' && item !== null) : [];
};
const time = (thing: Thing, name: string, words: string) =>
	Number.isNaN(Date.parse(text(thing, name))) ? undefined : h('span', {}, say(words, { time: when(text(thing, name)) }));

const card = (title: string, mark: string, ...rest: (HTMLElement | undefined)[]) =>
	h('section', { class: 'card', 'aria-label': title }, h('p', { class: 'card-title' }, h('strong', {}, title), mark ? h('span', { class: 'mark' }, mark) : undefined), ...rest);
const rows = (...items: HTMLElement[]) => items.length ? h('ul', {}, ...items) : undefined;
const facts = (...of: (HTMLElement | undefined)[]) => of.some(Boolean) ? h('p', { class: 'facts' }, ...of) : undefined;

const line = (item: Thing) => h('li', {}, say(words.units, { count: text(item, 'quantity') || 1 }), ' ', text(item, 'name') || text(item, 'sku'),
	text(item, 'unit_price') && h('span', { class: 'end' }, text(item, 'unit_price')));
const stockOf = (item: Thing) => item.known === false ? words.unknownProduct
	: item.available ? say(words.available, { count: text(item, 'available') }) : words.soldOut;

const kinds: Record<string, (thing: Thing) => HTMLElement> = {
	order: order => card(say(words.order, { id: text(order, 'id') }), text(order, 'status'),
		rows(...list(order, 'items').map(line)),
		facts(time(order, 'placed_at', words.placed), time(order, 'delivered_at', words.delivered),
			text(order, 'total') ? h('span', { class: 'end' }, say(words.total, { money: text(order, 'total') })) : undefined),
		...list(order, 'returns').map(kinds.return!)),
	orders: all => card(words.orders, '', rows(...list(all, 'orders').map(order => h('li', {}, text(order, 'id'), ' ',
		h('span', { class: 'mark' }, text(order, 'status')), ' ', time(order, 'placed_at', words.placed), h('span', { class: 'end' }, text(order, 'total')))))),
	products: all => card(words.products, '', rows(...list(all, 'products').map(product => h('li', {}, text(product, 'name'), ' ',
		h('small', {}, [text(product, 'sku'), stockOf(product)].join(' · ')), h('span', { class: 'end' }, text(product, 'price')))))),
	stock: all => card(words.stock, '', rows(...list(all, 'items').map(item => h('li', {}, text(item, 'name') || text(item, 'sku'),
		h('span', { class: 'end' }, stockOf(item)))))),
	return: back => card(say(words.return, { id: text(back, 'id') }), text(back, 'state'),
		text(back, 'order_id') ? facts(h('span', {}, say(words.ofOrder, { id: text(back, 'order_id') }))) : undefined,
		rows(...list(back, 'items').map(line))),
};

// What a newer server shows and this page does not know is left out.
export const showCards = (cards: readonly Card[] = []) => cards.filter(({ kind }) => kind in kinds).map(each => kinds[each.kind]!(each));
