// thread.ts - one conversation as it is known here: read once, then what is new of it whenever it has changed.
import { pause, pauseBefore, TRIES } from './again';
import { Refused, SignedOut, type Server } from './server';
import type { Conversation, History, Message, Participant } from './types';

export class Thread {
	head: Conversation | undefined;
	messages: Message[] = [];
	writing = '';
	writers: Participant[] = [];            // who write just now
	present: Participant[] = [];            // who have it open
	earlier = false;
	missing = false;
	#end: () => void;
	#open = true;
	#dirty = false;
	#reading = false;

	constructor(private readonly server: Server, readonly id: string, private readonly changed: () => void) {
		this.#end = server.follow(`support://conversation/${encodeURIComponent(id)}`, () => void this.read());
		void this.read();
	}

	close() {
		this.#open = false;
		this.#end();
	}

	get last() { return this.messages.at(-1)?.seq ?? 0; }
	get answeredTo() { return Math.max(0, ...this.messages.map(message => message.answers ?? 0)); }

	// Calls that come while it reads are one more reading.
	async read() {
		this.#dirty = true;
		if (this.#reading)
			return;
		this.#reading = true;
		for (let attempt = 0, refused = 0; this.#dirty && this.#open;) {
			this.#dirty = false;
			try {
				await this.#readOnce();
				attempt = 0;
			} catch (error) {
				if (error instanceof SignedOut)
					break;
				if (error instanceof Refused && ++refused === TRIES) {
					this.missing = !this.head;
					this.changed();
					break;
				}
				this.#dirty = true;
				await pause(pauseBefore(attempt++));
			}
		}
		this.#reading = false;
	}

	async #readOnce() {
		const known = this.head !== undefined;
		const { history, earlier, later, writing, writers, present, ...head } = await this.server.call<History>('get_conversation_history',
			{ conversation_id: this.id, ...known ? { after: this.last, limit: 200 } : {} });
		this.head = head;
		this.writing = writing ?? '';
		this.writers = writers ?? [];
		this.present = present ?? [];
		this.messages.push(...history.filter(message => message.seq > this.last));
		if (!known)
			this.earlier = earlier;
		this.#dirty ||= known && later;
		if (this.#open)
			this.changed();
	}

	async readEarlier() {
		const { history, earlier } = await this.server.call<History>('get_conversation_history',
			{ conversation_id: this.id, before: this.messages[0]?.seq ?? 1 });
		this.messages.unshift(...history.filter(message => message.seq < (this.messages[0]?.seq ?? Infinity)));
		this.earlier = earlier;
		this.changed();
	}
}
