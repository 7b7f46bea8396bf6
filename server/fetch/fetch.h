/* fetch.h - outbound HTTP over libcurl: many requests at once, on one thread that is their own.
 *
 * Whoever asks starts a request and is told of its answer by events, which come on that thread: they are short,
 * wait for nothing, and hand on to whoever goes on (a message to a loop, a signal to a thread). A thread that may
 * wait calls fetch() instead. The thread begins with the first request, and ends with fetch_stop(). */
#ifndef FETCH_H
#define FETCH_H

#include <stdatomic.h>

#include "charged.h"

/* All of it is copied, but for the budget, which is held. */
struct fetch_request {
	const char *method;             /* "GET", "POST" */
	const char *url;                /* fetch_check_url() has nothing against it */
	const char *const *headers;     /* "Name: value" or "Name:" (empty), ends with NULL */
	str body;
	int64_t pause_ms;               /* before it goes out, which counts in no limit; 0: at once */
	int64_t connect_ms, total_ms;   /* limits; the whole time includes what it waits for its turn */
	int64_t silence_ms;             /* between two bytes of the answer, and before the first; 0: only total_ms */
	int64_t head_ms;                /* from when it goes out until the answer's head is whole, however it comes; 0: only the others */
	size_t answer_max;              /* bytes of the body; a longer answer fails. 0, where it comes in pieces: any */
	/* Never on a kept connection: where one breaks before an answer libcurl sends again by
	 * itself, and nobody knows whether the server acted on the first. */
	bool once;
	uint64_t party;                 /* whose it is: those of each wait in a line of their own; 0: nobody's */
	struct budget *budget;          /* what is kept of it counts there too; NULL: only in the whole */
	const atomic_bool *give_up;     /* of fetch(): see fetch_give_up(). NULL is fine */
};

struct fetch_answer {
	int status;                     /* HTTP; 0: there was no answer, see why */
	str type;                       /* Content-Type */
	str head;                       /* its headers as they came, for fetch_header() */
	str body;                       /* empty where it came in pieces */
	int64_t retry_after_ms;         /* of a Retry-After; 0: none */
	const char *elsewhere;          /* where it redirects to, which is not followed; NULL: nowhere */
	bool sent;                      /* the request may have reached the server */
	const char *why;                /* for people, where status is 0 */
	bool failed_here;               /* for want of memory or of a turn, or at a stop: of the server it says nothing */
	bool withdrawn;                 /* by fetch_withdraw() */
};

/* The value of the first header of that name; .at NULL: there is none. */
str fetch_header(const struct fetch_answer *answer, const char *name);

/* ---- On the outbound thread ---- */

struct fetch;

/* What becomes of a piece. PAUSE: it was not taken, and comes again after fetch_resume(). END: no more of
 * this answer, which is then none. */
enum fetch_piece { FETCH_MORE, FETCH_PAUSE, FETCH_END };

/* One after the other, and none before fetch_start() was called; `fetch` is what that returns, perhaps later. */
struct fetch_events {
	/* The status and the headers are there, the body is not. NULL: nobody wants to know. */
	void (*head)(void *owner, struct fetch *fetch, const struct fetch_answer *answer);
	/* Some of the body. NULL: it is collected. */
	enum fetch_piece (*piece)(void *owner, struct fetch *fetch, str bytes);
	/* The last one, exactly once. The answer is there until fetch_drop(), for any thread. */
	void (*done)(void *owner, struct fetch *fetch, const struct fetch_answer *answer);
};

/* Any thread. What it returns is the owner's until it drops it: always, and once. */
MUST_USE struct fetch *fetch_start(const struct fetch_request *request, const struct fetch_events *events,
                                   void *owner);
/* Any thread, also within an event. After it returned no event comes (but the one that it is called in), and what
 * was not over is given up. Waits for an event of this one that is running: hold no lock that an event takes. NULL
 * is fine. */
void fetch_drop(struct fetch *fetch);
/* Whoever done() told of its end, and did nothing more of the owner's after that: the same, and waits for nothing. */
void fetch_drop_told(struct fetch *fetch);
/* The event that runs, of whichever request, is through when it returns. */
void fetch_settle(void);
/* Any thread. Where it has not gone out yet it never does, and is over with that; else nothing changes. */
void fetch_withdraw(struct fetch *fetch);
/* After FETCH_PAUSE; any thread. */
void fetch_resume(struct fetch *fetch);

/* Ends the thread and all connections; what is not over is answered with that. The next request begins anew. */
void fetch_stop(void);

/* ---- On a thread that may wait ---- */

/* The answer is in the arena. */
void fetch(struct arena *arena, const struct fetch_request *request, struct fetch_answer *answer);
/* Sets it: whoever waits in fetch() with it comes back at once, without an answer. */
void fetch_give_up(atomic_bool *give_up);

/* ---- What there is ---- */

struct fetch_counters {
	atomic_llong in_flight, waiting;        /* now: sent or being sent; for a turn, or a pause to end */
	atomic_llong requests, connections;     /* so far */
};
extern struct fetch_counters fetch_counters;
/* What is kept of requests and their answers, and may be. */
extern struct budget fetch_budget;

/* How many files the connections may take, where so many may be open. */
int64_t fetch_files(int64_t files);

/* NULL, or why this is no http or https URL that can be called (one with a password is none). */
const char *fetch_check_url(const char *url);

/* Its host is this machine, by name or address. */
bool fetch_is_loopback(const char *url);

#endif
