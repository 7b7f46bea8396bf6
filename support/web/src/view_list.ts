// view_list.ts - the conversations to choose from: a customer's own, or the desk's queue and all others.
import { button, fill, h, Rows } from './dom';
import { pause, pauseBefore, TRIES } from './again';
import { Refused, SignedOut, type Server } from './server';
import type { Conversation, Listed, Queue, Role } from './types';
import { say, when, words } from './words';

class Part {
	readonly list = h('ul', { class: 'conversations' });
	readonly empty: HTMLElement;
	readonly element: HTMLElement;
	#rows: Rows<Conversation>;

	constructor(title: string, empty: string, role: Role, private readonly id: string) {
		this.empty = h('p', { class: 'hint' }, words.loading);
		this.empty.dataset.empty = empty;
		this.element = h('section', { 'aria-labelledby': id }, h('h2', { id }, title), this.empty, this.list);
		this.#rows = new Rows(this.list, each => each.conversation_id, each => this.#row(each, role));
	}

	#row(each: Conversation, role: Role) {
		const state = each.status === 'with_person' && each.person ? say(words.withPerson, { person: each.person }) : words[each.status];
		const since = each.waiting_since ? ` ${say(words.waitsSince, { time: when(each.waiting_since) })}` : '';
		return h('li', {}, h('a', { href: `#/${each.conversation_id}`, 'data-id': each.conversation_id },
			h('span', { class: 'row' }, h('strong', {}, role === 'staff' && each.customer ? each.customer : each.first_words ?? each.conversation_id),
				h('time', { datetime: each.updated_at }, when(each.updated_at))),
			h('span', { class: 'latest' }, each.latest_words ?? ''), h('span', { class: `mark ${each.status}` }, state + since)));
	}

	fails() { fill(this.empty, words.notDone); }

	show(conversations: readonly Conversation[], chosen: string | undefined) {
		this.#rows.show(conversations);
		fill(this.empty, conversations.length ? '' : this.empty.dataset.empty ?? '');
		this.empty.hidden = conversations.length > 0;
		for (const link of this.list.querySelectorAll('a'))
			if (link.dataset.id === chosen)
				link.setAttribute('aria-current', 'page');
			else
				link.removeAttribute('aria-current');
		this.element.dataset.part = this.id;
	}
}

export class ListView {
	readonly element: HTMLElement;
	#waiting = new Part(words.queue, words.nobodyWaits, 'staff', 'waiting');
	#taken = new Part(words.taken, words.nobodyTaken, 'staff', 'taken');
	#all: Part;
	#more = button(words.moreConversations, () => void this.#readMore(), { hidden: true });
	#conversations: Conversation[] = [];
	#queue: Queue | undefined;
	#cursor: string | undefined;
	#reading = false;
	#dirty = false;
	#end = () => {};
	#chosen: string | undefined;
	#seen = () => {
		if (document.visibilityState === 'visible')
			void this.read();
	};

	readonly #own: { own?: true };          // whoever may see all is a customer here

	constructor(private readonly server: Server, private readonly role: Role) {
		this.#own = role === 'customer' ? { own: true } : {};
		this.#all = new Part(role === 'staff' ? words.all : words.conversations, words.none, role, 'all');
		this.element = h('nav', { class: 'list', 'aria-label': words.conversations },
			role === 'customer' && h('a', { href: '#/new', class: 'button main' }, words.begin),
			role === 'staff' && this.#waiting.element, role === 'staff' && this.#taken.element, this.#all.element, this.#more);
		if (role === 'staff')
			this.#end = server.follow('support://queue', () => void this.read());
		// Of a customer's list nothing tells that it has changed on another device.
		document.addEventListener('visibilitychange', this.#seen);
		void this.read();
	}

	close() {
		this.#end();
		document.removeEventListener('visibilitychange', this.#seen);
	}

	choose(id: string | undefined) {
		this.#chosen = id;
		this.#show();
	}

	async read() {
		this.#dirty = true;
		if (this.#reading)
			return;
		this.#reading = true;
		for (let attempt = 0, refused = 0; this.#dirty;) {
			this.#dirty = false;
			try {
				if (this.role === 'staff')
					this.#queue = await this.server.read<Queue>('support://queue');
				const { conversations, next_cursor } = await this.server.call<Listed>('list_conversations', this.#own);
				this.#conversations = conversations;
				this.#cursor = next_cursor;
				this.#show();
			} catch (error) {
				if (error instanceof SignedOut)
					break;
				if (error instanceof Refused && ++refused === TRIES) {
					this.#all.fails();
					break;
				}
				this.#dirty = true;
				await pause(pauseBefore(attempt++));
			}
		}
		this.#reading = false;
	}

	async #readMore() {
		const { conversations, next_cursor } = await this.server.call<Listed>('list_conversations', { ...this.#own, cursor: this.#cursor });
		const known = new Set(this.#conversations.map(each => each.conversation_id));
		this.#conversations.push(...conversations.filter(each => !known.has(each.conversation_id)));
		this.#cursor = next_cursor;
		this.#show();
	}

	#show() {
		if (this.#queue) {
			this.#waiting.show(this.#queue.waiting, this.#chosen);
			this.#taken.show(this.#queue.with_person, this.#chosen);
		}
		this.#all.show(this.#conversations, this.#chosen);
		this.#more.hidden = this.#cursor === undefined;
	}
}
