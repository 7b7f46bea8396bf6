// view_thread.ts - a conversation in the page: what was said, what is being written, and where one writes oneself.
import { button, fill, h, Rows } from './dom';
import type { Letter, Outbox } from './outbox';
import { Refused, type Server } from './server';
import { showLetter, showMessage } from './show_message';
import { TellWriting } from './tell_writing';
import { Thread } from './thread';
import type { Conversation, Message, Participant, Role } from './types';
import { say, words } from './words';

const NEAR = 80;                                // pixels from the end: who is there is kept there
const MOST = 4000;                              // characters of a message (MESSAGE_MAX)

export class ThreadView {
	readonly element: HTMLElement;
	#thread: Thread | undefined;
	#title = h('h2', { tabindex: -1 });
	#state = h('p', { class: 'state', role: 'status' });
	#number = h('small', { class: 'number' });
	#facts = h('div', { class: 'facts-of' });
	#actions = h('p', { class: 'actions' });
	#older = button(words.older, () => void this.#thread?.readEarlier().catch(() => {}), { class: 'older' });
	#hint = h('p', { class: 'hint', hidden: true }, words.newHint);
	#log = h('div', { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-label': words.title });
	#letters = h('div', { class: 'letters' });
	#writing = h('article', { class: 'message theirs model writing', hidden: true });
	#writingText = h('p', { class: 'words' });
	#writers = h('p', { class: 'writers', role: 'status' });
	#told = h('p', { class: 'visually-hidden', role: 'status' });
	#rating = h('fieldset', { class: 'rate', hidden: true });
	#problem = h('p', { class: 'problem', role: 'alert' });
	#box = h('textarea', { id: 'message', rows: 1, maxlength: MOST, 'aria-describedby': 'message-hint', enterkeyhint: 'send' });
	#scroll: HTMLElement;
	#form: HTMLFormElement;
	#rows: Rows<Message>;
	#letterRows: Rows<Letter>;
	#listed = '';                           // what the list has of it
	#tell: TellWriting | undefined;
	#me = '';                               // as the server names whoever answers here; "": nobody has told yet

	constructor(private readonly server: Server, private readonly outbox: Outbox, private readonly role: Role,
		public id: string | undefined, private readonly moved: () => void) {
		this.#rows = new Rows(this.#log, message => String(message.seq), message => showMessage(message, role));
		this.#letterRows = new Rows(this.#letters, letter => letter.key, letter => showLetter(letter, outbox));
		this.#writing.append(h('header', {}, h('strong', {}, words.assistant), ' ', h('span', { class: 'dots', 'aria-hidden': true }, '…')), this.#writingText);
		this.#scroll = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': words.title }, this.#older,
			this.#hint, this.#log, this.#letters, this.#writing, this.#rating);
		this.#form = this.#composer();
		this.element = h('section', { class: 'thread', 'aria-labelledby': 'thread-title' },
			h('header', { class: 'thread-head' }, h('a', { href: '#/', class: 'back' }, words.back), this.#title, this.#state, this.#number, this.#facts, this.#actions),
			this.#scroll, this.#writers, this.#told, this.#problem, this.#form);
		this.#title.id = 'thread-title';
		if (id !== undefined)
			this.begins(id);
		else
			this.show();
	}

	// It has its number: whoever is at the page goes on where they are.
	begins(id: string) {
		this.id = id;
		this.#thread = new Thread(this.server, id, () => this.show());
		this.#tell = new TellWriting(writing => this.server.call('say_writing', { conversation_id: id, writing, as_person: this.role === 'staff' }));
		this.show();
	}

	focus() { (this.role === 'customer' ? this.#box : this.#title).focus(); }
	close() {
		this.#tell?.changed('');
		this.#thread?.close();
	}
	read() { void this.#thread?.read(); }

	// ---- Writing ----

	#composer() {
		const send = (more: Letter['more'] = {}) => this.#send(more);
		this.#box.value = this.outbox.draft(this.id);
		this.#box.addEventListener('input', () => {
			this.outbox.keepDraft(this.#box.value, this.id);
			this.#tell?.changed(this.#box.value);
		});
		this.#box.addEventListener('keydown', event => {
			if (event.key !== 'Enter' || event.shiftKey || event.isComposing)
				return;
			event.preventDefault();
			send();
		});
		return h('form', { class: 'composer', submit: event => {
			event.preventDefault();
			send();
		} }, h('label', { for: 'message' }, this.role === 'customer' ? words.message : words.reply), this.#box,
		h('p', { class: 'actions' }, h('button', { type: 'submit', class: 'main' }, this.role === 'customer' ? words.send : words.replySend),
			this.role === 'staff' && button(words.replyBack, () => send({ give_back: true })),
			this.role === 'staff' && button(words.replyClose, () => send({ close: true })),
			h('small', { id: 'message-hint' }, words.sendHint)));
	}

	#send(more: Letter['more']) {
		const text = this.#box.value.trim();
		if (!text)
			return this.#box.focus();
		this.#box.value = '';
		this.outbox.keepDraft('', this.id);
		this.#tell?.sent();
		this.#box.focus();
		this.outbox.add({ by: this.role, conversation: this.id, text, more, after: this.#thread?.last ?? 0 });
		this.#scroll.scrollTop = this.#scroll.scrollHeight;
	}

	// ---- What else one can do ----

	async #do(tool: string, args: Record<string, unknown> = {}) {
		fill(this.#problem);
		try {
			const now = await this.server.call<Conversation>(tool, { conversation_id: this.id, ...args });
			if (tool === 'take_conversation')
				this.#me = now.person ?? '';
			this.read();
			this.moved();
		} catch (error) {
			// To say no to a question is no problem.
			if (!(error instanceof Refused && tool === 'escalate'))
				fill(this.#problem, words.notDone);
		}
	}

	#actionsOf(head: Conversation): HTMLElement[] {
		if (this.role === 'customer')
			return head.status === 'open' || head.status === 'closed'
				? [button(words.askPerson, () => void this.#do('escalate', { reason: words.askPersonWhy }))] : [];
		if (head.status === 'with_person' && head.person === this.#me)
			return [];
		return [button(head.status === 'with_person' && head.person ? say(words.takeOver, { person: head.person }) : words.take,
			() => void this.#do('take_conversation'), { class: 'main' })];
	}

	#stateOf(head: Conversation): string {
		if (head.status === 'waiting' && head.place)
			return say(words.waitingPlace, { place: head.place });
		return head.status === 'with_person' && head.person ? say(words.withPerson, { person: head.person }) : words[head.status];
	}

	#factsOf(head: Conversation): string[] {
		const feeling = head.sentiment === undefined ? undefined : words.feelings[Math.min(4, Math.floor((head.sentiment + 1) / 0.4))];
		return this.role === 'customer' ? [] : [
			head.reason && say(words.reason, { reason: head.reason }), head.contact && say(words.contact, { contact: head.contact }),
			feeling && say(words.feels, { feeling }), head.rating && say(words.ratedFor, { rating: head.rating }), head.comment && `“${head.comment}”`,
		].filter((fact): fact is string => Boolean(fact));
	}

	#showRating(head: Conversation, answered: boolean) {
		this.#rating.hidden = this.role !== 'customer' || !answered;
		const state = String(head.rating ?? '');
		if (this.#rating.hidden || this.#rating.dataset.rating === state)
			return;
		const focused = this.#rating.contains(document.activeElement);
		this.#rating.dataset.rating = state;
		this.#rating.replaceChildren(h('legend', {}, head.rating ? say(words.rated, { rating: head.rating }) : words.rate),
			...[1, 2, 3, 4, 5].map(rating => button(String(rating), () => void this.#do('rate_conversation', { rating }),
				{ 'aria-pressed': String(head.rating === rating), 'aria-label': say(words.star, { rating }) })));
		if (focused)
			this.#rating.querySelector<HTMLElement>('[aria-pressed=true]')?.focus();
	}

	// ---- Showing it ----

	show() {
		const { scrollHeight, scrollTop, clientHeight } = this.#scroll, atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
		const thread = this.#thread, head = thread?.head;
		const [first] = thread?.messages ?? [];
		fill(this.#title, this.id === undefined ? words.newTitle : this.role === 'staff' && head?.customer ? say(words.customer, { name: head.customer })
			: first?.seq === 1 ? first.text : this.id);
		this.#older.hidden = !thread?.earlier;
		this.#hint.hidden = this.id !== undefined;
		this.#form.hidden = thread?.missing ?? false;
		if (thread?.missing)
			fill(this.#state, words.missing);
		else if (head)
			this.#showHead(head, thread!);

		this.#rows.show(thread?.messages ?? []);
		const letters = this.id === undefined ? this.outbox.of(undefined) : this.outbox.seen(this.id, thread?.messages ?? []);
		this.#letterRows.show(letters, letter => JSON.stringify([letter, this.outbox.waits(letter)]));
		this.#showOwnState(thread);
		this.#showWriting(thread);
		this.#showParticipants(thread?.writers ?? [], thread?.present ?? []);
		if (atEnd)
			this.#scroll.scrollTop = this.#scroll.scrollHeight;
	}

	#showHead(head: Conversation, thread: Thread) {
		if (this.#state.textContent !== this.#stateOf(head))
			fill(this.#state, this.#stateOf(head));
		fill(this.#number, this.id ?? '');
		this.element.dataset.status = head.status;
		const facts = this.#factsOf(head), actions = this.#actionsOf(head);
		this.#facts.replaceChildren(...facts.map(fact => h('p', {}, fact)));
		if (this.#actions.textContent !== actions.map(action => action.textContent).join('')) {
			// Whoever pressed one that is there no more goes on writing.
			const focused = this.#actions.contains(document.activeElement);
			this.#actions.replaceChildren(...actions);
			if (focused)
				(actions[0] ?? this.#box).focus();
		}
		this.#showRating(head, thread.answeredTo > 0);
		const listed = JSON.stringify([head.status, head.messages]);
		// The desk's list is told so itself.
		if (this.role === 'customer' && this.#listed !== '' && this.#listed !== listed)
			this.moved();
		this.#listed = listed;
	}

	// Below the latest of one's own: is it received, is it answered?
	#showOwnState(thread: Thread | undefined) {
		this.#log.querySelector('.own-state')?.remove();
		if (this.role !== 'customer' || !thread)
			return;
		const last = thread.messages.findLast(message => message.role === 'customer');
		const row = last && this.#log.querySelector(`[data-seq="${last.seq}"]`);
		const waits = thread.head?.status === 'open' ? words.atIt : words.written;
		row?.append(h('p', { class: 'state own-state' }, thread.answeredTo >= last!.seq ? words.answered : waits));
	}

	// What its sender is told comes sooner; the longer of the two is the newer.
	#showWriting(thread: Thread | undefined) {
		const own = this.outbox.of(this.id).map(letter => this.outbox.writing.get(letter.key) ?? '').find(Boolean) ?? '';
		const shared = thread?.writing ?? '', text = own.length >= shared.length ? own : shared, begins = this.#writing.hidden && text !== '';
		// An answer that is there already is not being written.
		this.#writing.hidden = text === '' || thread?.messages.at(-1)?.text === text;
		this.#writingText.textContent = text;
		if (begins)
			fill(this.#told, words.writing);
		else if (this.#writing.hidden)
			fill(this.#told);
	}

	// Who is at this end is not told so, and of whoever writes not that they are here. A screen reader says each text once.
	#showParticipants(writers: readonly Participant[], present: readonly Participant[]) {
		const own = this.role === 'customer' ? 'customer' : 'person', writing = writers.filter(({ role, you }) => role !== own || !you);
		const silent = present.filter(each => !each.you && !writing.some(({ role, name }) => role === each.role && name === each.name));
		const text = [...writing.map(({ role, name }) => role === 'customer' ? words.customerWrites : name ? say(words.personWrites, { name }) : words.shopWrites),
			...silent.map(({ role, name = '' }) => role === 'customer' ? words.customerIsHere : say(words.personIsHere, { name }))].join(' · ');
		if (this.#writers.textContent !== text)
			fill(this.#writers, text || null);
	}
}
