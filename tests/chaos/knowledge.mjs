// knowledge.mjs - what the clients learnt from answers, all of them together: sessions, questions,
// events, tasks, cursors; and what was answered as done, which the books are compared with.

const KEPT = 200;

export class Session {
	constructor(id, program, revision, key) {
		Object.assign(this, { id, program, revision, key });
		this.running = [];              // ids of its calls, as JSON
		this.events = [];               // ids of events
		this.questions = [];            // ids of the server's requests
	}
}

export class Knowledge {
	constructor(tally) {
		this.tally = tally;
		this.last = 0;
		for (const list of ['sessions', 'orders', 'keys', 'reservations', 'returns', 'tasks', 'cursors',
			'asked'])
			this[list] = [];
		this.placed = new Map();        // order -> customer, where it was answered
		this.statuses = new Map();      // order -> statuses that were answered
		this.states = new Map();        // reservation -> state that was answered last: no way back
		this.restocks = new Set();
		this.wrong = [];                // in words
	}

	unique(name) {
		this.last++;
		return name ? `${name}-${this.last}` : this.last;
	}

	complain(words) {
		if (this.wrong.length < KEPT)
			this.wrong.push(words);
	}

	keep(list, item) {
		list.push(item);
		if (list.length > KEPT)
			list.splice(0, KEPT / 2);
	}

	forget(session) {
		this.sessions = this.sessions.filter(each => each !== session);
	}

	newReservation(d) {
		const id = d.chance(0.85) ? this.unique('own') : d.recent(this.reservations) ?? this.unique('own');
		this.keep(this.reservations, id);
		return id;
	}

	// Made by a client here, which need not end it: it expires.
	isOwn(reservation) {
		return /^own-\d+$/.test(reservation) || reservation === 'never';
	}

	sessionOf(d, program) {
		return d.recent(this.sessions.filter(session => session.program === program), 16);
	}

	// ---- Answers ----

	// A body of JSON, or the data of an event.
	hear(text, request) {
		let message;
		try {
			message = JSON.parse(text);
		} catch {
			this.complain(`an answer is not JSON: ${text.slice(0, 300)}`);
			return;
		}
		for (const each of Array.isArray(message) ? message : [message])
			this.#message(each, request);
	}

	#message(message, { session, call }) {
		if (message.method && message.id !== undefined) {
			this.tally.add('answers', `question ${message.method}`);
			if (session)
				this.keep(session.questions, message.id);
		} else if (message.method) {
			this.tally.add('answers', message.method);
		} else if (message.error) {
			this.tally.add('answers', `error ${message.error.code}`);
		} else {
			this.#result(message.result ?? {}, call);
		}
	}

	#result(result, call) {
		this.tally.add('answers', result.isError ? 'isError' : result.resultType ?? 'result');
		if (result.taskId)
			this.keep(this.tasks, result.taskId);
		if (result.nextCursor)
			this.keep(this.cursors, result.nextCursor);
		if (result.requestState && call)
			this.keep(this.asked, { ...call, state: result.requestState,
				keys: Object.keys(result.inputRequests ?? {}) });
		if (!result.isError)
			this.#content(result.structuredContent ?? textOf(result) ?? {});
	}

	// What a tool answered, told apart by what it is.
	#content({ id, customer, status, reservation_id: reservation, state, restock_id: restock,
		next_cursor: next }) {
		if (/^ORD-/.test(id) && status) {
			this.keep(this.orders, id);
			if (!this.statuses.has(id))
				this.statuses.set(id, new Set());
			this.statuses.get(id).add(status);
			if (/^c-key/.test(customer))
				this.placed.set(id, customer);
		}
		if (reservation && ['committed', 'released'].includes(state))
			this.states.set(reservation, state);
		if (restock)
			this.restocks.add(restock);
		if (/^RET-/.test(id))
			this.keep(this.returns, id);
		if (next)
			this.keep(this.cursors, next);
	}

}

// The revisions before structured content, and resources, have it as text.
function textOf(result) {
	const text = result.content?.[0]?.text;
	if (!text?.startsWith('{'))
		return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
