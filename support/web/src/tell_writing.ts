// tell_writing.ts - tells the others in a conversation that somebody writes here, as often as they need to know.
const PAUSE_MS = 3000;                          // for the others it is over after six seconds

export class TellWriting {
	#toldAt = 0;                            // 0: they know of nothing
	#under = 0;                             // calls under way
	#before: Promise<unknown> = Promise.resolve();

	constructor(private readonly tell: (writing: boolean) => Promise<unknown>) {}

	// The text is another. One call behind the other, so that its end is told last; where one fails, it is over by itself.
	changed(text: string) {
		const writing = text !== '', now = Date.now();
		if (writing ? now - this.#toldAt < PAUSE_MS : !this.#toldAt)
			return;
		this.#toldAt = writing ? now : 0;
		this.#under++;
		this.#before = this.#before.then(() => this.tell(writing)).catch(() => {}).finally(() => this.#under--);
	}

	// It was sent: the server knows that it is over, but for a call that might come later than what was sent.
	sent() {
		if (this.#under)
			return this.changed('');
		this.#toldAt = 0;
	}
}
