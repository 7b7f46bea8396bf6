// outbox.ts - what was written and is not answered yet. Each message has a key, and is kept in the tab until the server has answered it:
// whatever breaks meanwhile, it is sent again with that key, so it is said once.
import { pause, pauseBefore } from './again';
import { Refused, SignedOut, type Server } from './server';
import type { Chatted, Conversation, Message } from './types';

export type LetterState =
	| 'kept'                // not sent, or nobody knows whether it arrived
	| 'sending'
	| 'written'             // the server has it: it is among the conversation's messages, or its answer has begun
	| 'later'               // it has it, and has no answer just now
	| 'failed';             // it was refused: the person has to say what becomes of it

export interface Letter {
	key: string;
	by: 'customer' | 'staff';
	conversation: string | undefined;       // undefined: a new one, of which there is one at a time
	text: string;
	at: string;
	after: number;                          // so many messages the conversation had: it stands behind them
	more: { close?: boolean; give_back?: boolean };
	state: LetterState;
}

const NAME = 'support.outbox';
const DRAFTS = 'support.drafts';
const TRIES = 6;                                // where the server answers, but not with what was asked for

export class Outbox {
	letters: Letter[];
	// What the model writes for a letter, as it is told to whoever sent it.
	writing = new Map<string, string>();
	#under = new Set<string>();
	#open = true;                           // until its person is signed out: what is kept is the next one's to send

	// `begun`: a new conversation has its number; `answered`: a letter is.
	constructor(private readonly server: Server, private readonly changed: () => void, private readonly begun: (id: string) => void,
		private readonly answered: (letter: Letter, id: string) => void) {
		this.letters = (JSON.parse(sessionStorage.getItem(NAME) ?? '[]') as Letter[])
			.map(letter => letter.state === 'failed' ? letter : { ...letter, state: 'kept' });
		server.watch(() => this.changed());
	}

	close() { this.#open = false; }
	static forget() {
		sessionStorage.removeItem(NAME);
		sessionStorage.removeItem(DRAFTS);
	}

	// What is written and not sent, by conversation.
	get #drafts() { return JSON.parse(sessionStorage.getItem(DRAFTS) ?? '{}') as Record<string, string>; }
	draft(conversation = '') { return this.#drafts[conversation] ?? ''; }
	keepDraft(text: string, conversation = '') {
		const { [conversation]: _, ...others } = this.#drafts;
		sessionStorage.setItem(DRAFTS, JSON.stringify(text ? { ...others, [conversation]: text } : others));
	}

	of(conversation: string | undefined) {
		return this.letters.filter(letter => letter.conversation === conversation);
	}

	// Not sent yet, for want of no connection but of the number that a new conversation has as soon as its first letter is there.
	waits(letter: Letter) {
		const [first] = this.of(undefined);
		return letter.state === 'kept' && letter.conversation === undefined && letter !== first && first?.state !== 'kept';
	}

	add(letter: Omit<Letter, 'key' | 'at' | 'state'>) {
		this.letters.push({ ...letter, key: crypto.randomUUID(), at: new Date().toISOString(), state: 'kept' });
		this.#keep();
		this.send();
	}

	discard(letter: Letter) {
		this.letters = this.letters.filter(each => each !== letter);
		this.writing.delete(letter.key);
		this.#keep();
	}

	again(letter: Letter) {
		this.#becomes(letter, 'kept');
		this.send();
	}

	#keep() {
		if (!this.#open)
			return;
		sessionStorage.setItem(NAME, JSON.stringify(this.letters));
		this.changed();
	}

	#becomes(letter: Letter, state: LetterState) {
		if (letter.state === state)
			return;
		letter.state = state;
		this.#keep();
	}

	// In their order: one that may not have arrived is not overtaken. Of a new conversation the first brings its number.
	send() {
		if (!this.#open)
			return;
		const held = new Set<string | undefined>();
		for (const letter of this.letters) {
			if (letter.state === 'failed' || held.has(letter.conversation))
				continue;
			if (!this.#under.has(letter.key))
				void this.#deliver(letter);
			if (letter.state !== 'written' || letter.conversation === undefined)
				held.add(letter.conversation);
		}
	}

	async #deliver(letter: Letter) {
		this.#under.add(letter.key);
		for (let attempt = 0, refused = 0; this.#open && this.letters.includes(letter); attempt++) {
			if (letter.state === 'kept' && navigator.onLine)
				this.#becomes(letter, 'sending');
			try {
				const id = await this.#call(letter);
				this.#arrived(letter, id);
				break;
			} catch (error) {
				if (error instanceof SignedOut) {
					this.close();
					break;
				}
				if (error instanceof Refused && ++refused === TRIES) {
					this.#becomes(letter, 'failed');
					break;
				}
				this.#becomes(letter, error instanceof Refused ? 'later' : 'kept');
			}
			this.writing.delete(letter.key);
			await pause(pauseBefore(attempt));
		}
		this.#under.delete(letter.key);
		this.send();
	}

	async #call(letter: Letter): Promise<string> {
		const args = { message: letter.text, idempotency_key: letter.key, ...letter.conversation && { conversation_id: letter.conversation } };
		if (letter.by === 'staff')
			return (await this.server.call<Conversation>('reply_as_person', { ...args, ...letter.more })).conversation_id;
		// Told first, before a word of the answer: where it is, as support://conversation/ID.
		return (await this.server.call<Chatted>('chat_with_ai', args, { told: (text, progress) => {
			if (progress > 0)
				this.writing.set(letter.key, text);
			else
				this.#begins(letter, text.slice(text.lastIndexOf('/') + 1));
			this.#becomes(letter, 'written');
			this.changed();
			this.send();
		} })).conversation_id;
	}

	// All that was written of it goes with it.
	#begins(letter: Letter, id: string) {
		if (letter.conversation !== undefined)
			return;
		this.keepDraft(this.draft(), id);
		this.keepDraft('');
		for (const each of this.of(undefined))
			each.conversation = id;
		this.begun(id);
	}

	#arrived(letter: Letter, id: string) {
		this.#begins(letter, id);
		this.discard(letter);
		this.answered(letter, id);
	}

	// The conversation's messages as they are known now: which of ours are among them? The same words twice are two messages.
	// Gives those that are not there yet.
	seen(conversation: string, messages: readonly Message[]): Letter[] {
		const taken = new Set<number>(), missing: Letter[] = [];
		for (const letter of this.of(conversation)) {
			const role = letter.by === 'customer' ? 'customer' : 'person';
			const found = letter.state !== 'failed' && messages.find(message =>
				message.role === role && message.seq > letter.after && !taken.has(message.seq) && message.text === letter.text);
			if (!found)
				missing.push(letter);
			else {
				taken.add(found.seq);
				if (letter.state === 'kept' || letter.state === 'sending')
					letter.state = 'written';
			}
		}
		return missing;
	}
}
