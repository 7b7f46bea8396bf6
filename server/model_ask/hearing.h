/* hearing.h - a model is heard: the outbound thread reads what it says, a clock of the call's loop sees that it goes on, and
 * runs of the tool take what has come.
 *
 * A run is told of at once where the one before is a while ago, else when it is; and at once of the end. */
#ifndef HEARING_H
#define HEARING_H

#include <pthread.h>

#include "awaited.h"
#include "fetch.h"
#include "model_ask.h"

/* Bytes of malloc() that grow. */
struct heap_text {
	char *at;
	size_t size, room;
};

struct hearing {
	struct awaited awaited;         /* the first member */
	struct budget *budget;
	bool at_once;                   /* of what it says nothing is told before the end */

	/* Under the lock: */
	pthread_mutex_t lock;
	struct model_reader *reader;
	struct heap_text fresh;         /* that no run has taken yet */
	bool told;                      /* a run is on its way: it hears of all that comes until it takes it */
	bool over;                      /* this try is; what comes is nobody's */
	bool waking, released;          /* the message is on its way; and is the last that knows of this */
	int64_t skew_ms;                /* of the clock by which it was signed */
	int64_t sent_ms, head_ms, first_ms, heard_ms, until_ms; /* by tick_ms(); 0: it did not come yet */
	int64_t told_ms, clock_ms;      /* the latest run; when the clock looks next, INT64_MAX: it does not */
	bool enough;                    /* the reader wants no more */
	bool failed_here;
	struct quote why;               /* it ended without an answer; "": the reader knows what came of it */

	/* The loop's: */
	struct message wake;
	struct timer clock;

	/* The tool's: */
	struct fetch *fetch;
	struct heap_text text;          /* that was taken; all of one try */
};

/* Zeros before; the tool's thread. `hold` is its key, as call_await() has it. */
void hearing_begin(struct hearing *hearing, struct mcp_call *call, const char *key, bool at_once);
/* A try: the request has its pause and its connect_ms, what limits the answer is filled in here. It was signed by a clock that
 * is skew_ms ahead of ours. */
void hearing_try(struct hearing *hearing, struct fetch_request *request, const struct model_reading *reading, int64_t until_ms,
                 int64_t skew_ms);
/* What came is in `text` now. True: this try is over. */
bool hearing_take(struct hearing *hearing);
/* What came of it, which lives until the next try. NULL: an answer, and all of it. */
const struct model_fault *hearing_end(struct hearing *hearing, struct model_answer *answer);

/* For struct awaited: */
void hearing_stop(struct hearing *hearing);
/* False: a message has to come first, and calls awaited.release() then. */
bool hearing_release(struct hearing *hearing);

#endif
