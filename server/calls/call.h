/* call.h - one JSON-RPC request: from its message through its tool to its answer.
 *
 * A call belongs to its loop, then to the worker that runs its tool, then to the loop again, if not to nobody for a while (awaited.h);
 * meanwhile the loop touches nothing of it but what is atomic. A tool may be run again, so a call waits for nothing with a thread: the
 * tool returns, and runs once more from the top when what it waits for is there. */
#ifndef CALL_H
#define CALL_H

#include <stdatomic.h>

#include "era.h"
#include "log.h"
#include "metrics.h"
#include "question.h"
#include "seal.h"
#include "loop_store.h"
#include "settings.h"
#include "trouble.h"

/* Whoever waits for a change must not miss one that came while its tool ran: how many there were. */
extern atomic_uint_fast64_t changes_so_far;

/* What a tool returned to wait for, but for a person. */
struct wait {
	/* On its loop: sets call->fault, or sees to it that call_again() follows. */
	void (*begin)(struct mcp_call *call);
	/* The call is over while it waits. NULL: that is nobody's concern. */
	void (*leave)(struct mcp_call *call);
	/* What the tool did, where it must not have written before that; NULL: it may. */
	const char *before_changes;
};

struct mcp_call {
	struct job job;
	struct message message;         /* back from the worker */
	struct arena *arena;
	struct reply *reply;
	struct mcp_call *sibling;       /* the next unsettled call of the reply */
	struct mcp_call *next_in_flight, *previous_in_flight;  /* on its loop */
	uint64_t serial;                /* never used twice */
	str method_name;                /* as it came */
	const struct method *method;    /* NULL: there is none of that name */
	const struct offer *offer;
	yyjson_val *id, *params, *meta;
	struct about about;             /* the reply's, but for a trace of its own message's, and what was noted */
	int64_t began_us;               /* by tick_us(), where its trace is recorded */
	str client, client_version;     /* as it calls itself, where its message says so */
	const void *in, *kept;          /* kept: by mcp_keep(); NULL: nothing */
	str uri;                        /* resources/read */
	enum revision revision;

	/* What the client said it can do, and wants to hear. */
	unsigned can;                   /* of enum can */
	yyjson_val *progress_token;
	int log_least;                  /* enum mcp_level; -1: no log messages */

	/* The run. */
	atomic_bool cancelled;
	atomic_int place; _Atomic(int64_t) late_ms;     /* while on_worker: who has it (enum place), and until when it may */
	bool begun, to_queue;           /* it is past its first turn, and may be queued; it is for a worker, once it is */
	bool on_worker, settled, streamed, overran, parked;     /* parked: it waits for something outside */
	bool can_ask, says, background; /* what its response could, and was, when the run began: it may change */
	bool timed;                     /* time_left_ms counts: it has begun, here or elsewhere */
	bool hands_over;                /* somebody else goes on with it, when its tool has returned */
	bool held;                      /* somebody calls call_again() or settles it, before it has begun */
	enum mcp_answer outcome;
	const char *mistake;            /* of the program's, in this run; NULL: none */
	bool misused_store;             /* the same, of the store: told already */
	enum trouble trouble;           /* what failed in this run, which the tool may have put in any words */
	bool wrote;                     /* what it wrote to the store in this run is committed */
	bool mended;                    /* what it returned had text that is not UTF-8 */
	int64_t deadline_ms, time_left_ms, run_until_ms;
	int64_t deadline_least_ms;      /* whatever the tool says */
	struct store_answers answers;   /* what it has read here, while it is run again for more */
	int64_t asked_ms, first_ran_ms; /* when it asked for the latest; the wall clock of the first of these runs */
	bool on_trial;                  /* it runs here: what it says is told when the run counts */
	double progress_done;
	uint64_t seen;                  /* changes_so_far when the run began */
	const struct wait *wait;        /* set by the tool's thread; NULL: for a person, or not at all */
	struct topic wait_topic;
	int64_t wait_ms, waiting_since_ms, number;      /* number: mcp_call_number(); 0: nobody asked yet */
	struct awaited *awaited;        /* what is done outside for it, or was: see awaited.h */
	bool looks_last;                /* its time was spent waiting: this run answers with what it sees */
	int rounds;
	struct question *questions;
	struct timer timer;             /* deadline while running, expiry while waiting */
	struct mcp_call *waiting_next, **waiting_place; /* in topic.c */
	_Atomic(struct note *) progress, logs;          /* from the worker, for the loop */
	atomic_int logs_waiting;
	atomic_bool notes_posted, closes_stream;
	struct message notes;
	struct json messages, content;  /* of a prompt; what mcp_add() added */
	const char *lacks;              /* the capability a question was MCP_UNAVAILABLE for, JSON */
	const char **suggestions;       /* of a completion */
	int suggestion_count;
	struct subscription *subscription;      /* of subscriptions/listen */
	struct task *task;              /* it goes on without its request; see task.h */
	bool no_task;                   /* it could not become one */

	/* The answer. */
	struct json result;
	const struct fault *fault;
	bool has_result, is_error;
	const char *result_word;        /* see call_outcome(); NULL: what the above tell */
};

struct mcp_call *call_create(struct reply *reply, struct arena *arena, yyjson_val *message);    /* not begun */
/* Runs one that was admitted before, elsewhere perhaps. */
void call_resume(struct mcp_call *call);
/* Runs one JSON-RPC request of a reply. */
void call_begin(struct reply *reply, struct arena *arena, yyjson_val *message);
/* A tool, resource or prompt with its arguments bound: on this loop, or on a worker. */
const struct fault *call_start(struct mcp_call *call);
void call_again(struct mcp_call *call);                 /* when what it waited for is there */
void call_again_soon(struct mcp_call *call);            /* in a turn of its own */
void call_cancel(struct mcp_call *call);                /* the client no longer wants it */
/* It is over: tells its client, once. (settle.c, with what follows) */
void call_settle(struct mcp_call *call);
/* As one that an HTTP request waits for (struct response). */
void call_settle_request(struct mcp_call *call, const struct fault *fault, struct arena *own);
/* The result that was written, whole; and what the log and the counters say of its end. */
str call_result_end(struct mcp_call *call);
void call_report(struct mcp_call *call, int status);
/* It goes on from what was written down, here or elsewhere. */
void call_hand_over(struct mcp_call *call);
/* Answers its request with a message in `own`, which is handed over, and goes on without it. */
void call_part(struct mcp_call *call, str message, struct arena *own);
/* Hands it to a worker; settles it as busy where the queue is full. */
void call_queue(struct mcp_call *call);
/* The result object being written: {"jsonrpc":…,"result":{ is open until call_settle(). `type` is
 * the resultType. */
struct json *call_result(struct mcp_call *call, const char *type);
bool call_may(const struct mcp_call *call, const char *scope);
void call_from(struct mcp_call *call, yyjson_val *client);      /* an Implementation, for the log */
/* The program did something that it must not; the first of a run is told. (mistake.c) */
void call_mistake(struct mcp_call *call, const char *what, ...) PRINTF(2, 3);
/* Its tool returned. True: with a mistake, which was told, and the call has failed. */
bool call_mistaken(struct mcp_call *call);

/* ---- The calls of this loop that are in flight: not settled (in_flight.c) ---- */

/* The one with that serial, if it still waits. */
struct mcp_call *call_find(uint64_t serial);
/* Cancels those that are `which`. */
typedef bool call_which_fn(const struct mcp_call *call, const void *context);
void calls_cancel(call_which_fn *which, const void *context);
/* Settles what is left; no worker has any of it any more. */
void calls_end_all(void);

#endif
