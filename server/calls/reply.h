/* reply.h - one HTTP request being answered, and where the words of its calls go.
 *
 * An HTTP request is a struct reply, its JSON-RPC requests are struct mcp_calls (one, or a batch of
 * 2025-03-26). A reply belongs to its loop, and it alone frees its arenas, when nothing counts on it any
 * more: its HTTP side (until the answer is sent), its calls. So nothing that points into one can outlive
 * it, and nobody above http/ has an arena of an exchange. Whatever may outlive a request is counted: a
 * reply by its HTTP side and its unsettled calls. */
#ifndef REPLY_H
#define REPLY_H

#include "about.h"
#include "runtime.h"
#include "state.h"

struct era;
struct mcp_call;
struct reply;

/* ---- Where the words of a call go ---- */

/* How the client of a reply is told, of which there is one const table each: by an HTTP response that is
 * not begun, an event stream, a session's resumable stream, a task, or not at all, for it left. A reply
 * goes from one to another; whoever has a message for its client need not know which it is. */
struct response {
	bool streams;                   /* takes messages before the last: */
	void (*send)(struct reply *reply, str message);
	/* The last there is to say; .at NULL: nothing, it was cancelled. `status` is HTTP's, where that
	 * can still be told. The message lives as long as the reply, or the stream is given all of it. */
	void (*finish)(struct reply *reply, str message, int status);
	/* What may be left out should be: the client is slow. NULL: it never is. */
	bool (*is_crowded)(const struct reply *reply);
	/* Ends the connection, not the stream: the client comes back for the rest. NULL: it can't. */
	void (*interrupt)(struct reply *reply);
	/* Its calls go on elsewhere, with all that was sent so far. */
	void (*hand_over)(struct reply *reply);
	/* A call is over: with a fault, a result, or neither, for it was cancelled. `own`: an arena for
	 * what is told, handed over, where the call's is its worker's still. */
	void (*settle)(struct mcp_call *call, const struct fault *fault, struct arena *own);

	/* No HTTP request waits for the result, which has no JSON-RPC around it. */
	bool background;
	/* Progress is words: left by any thread (true: `said` is due), then told by the loop. NULL: it is
	 * notifications. */
	bool (*say)(struct mcp_call *call, str words);
	void (*said)(struct mcp_call *call);
	/* The memory of a call is about to be released. */
	void (*release)(struct mcp_call *call);
};

extern const struct response response_pending;  /* nothing was sent yet: JSON, or one event */
extern const struct response response_none;     /* the client left, or has its answer */

/* ---- Replies: one HTTP request being answered ---- */

struct session;
struct session_stream;

struct reply {
	int references;                 /* the HTTP side, and each call that is not settled */
	struct loop *loop;
	const struct response *response;
	struct exchange *exchange;      /* NULL once a stream is open, or the client left */
	struct stream *stream;          /* an event stream (response.c) */
	struct session_stream *session_stream;  /* of a session's response: resumable */
	struct arena *arena;            /* of the message, and of its call unless it is a batch; a
	                                 * worker's while one runs */
	struct arena *own;              /* of what this loop makes for the answer: reply_arena() */
	const struct era *era;
	enum revision revision;
	struct session *session;        /* held; NULL: none */
	const struct caller *caller;    /* held */
	struct auth_waiter *waiter;     /* of a request that waits for the issuer's keys */
	uint64_t party;                 /* reply_party(); 0: nobody asked yet */
	bool takes_json, takes_sse;
	bool parked, batch, answered, logged;
	bool fetched;                   /* its session was asked for in the database */
	int outstanding;                /* calls without an answer */
	struct json answers;            /* of a batch */
	struct mcp_call *calls;         /* unsettled, linked by .sibling */
	struct timer silence;
	str target;                     /* for the log line where there is no call */
	struct about about;             /* its id, and its trace, for the log and for whom its calls call */
	int64_t began_us;
};

struct reply *reply_create(struct exchange *x);
/* Its answer says which request it is of (X-Request-Id): whatever is no plain result, or was asked with an id. */
void reply_tell_id(struct reply *reply);
/* Why there is no room in what it keeps: for it, or for anybody. */
const struct fault *reply_no_room(const struct reply *reply);
/* Why an errand failed: for want of room, whose share that was. */
const struct fault *errand_fault(const struct errand *errand);
/* For what the answer needs; this loop's, and alive as long as the reply. */
struct arena *reply_arena(struct reply *reply);
/* Where what is kept for it counts. */
struct budget *reply_budget(const struct reply *reply);
/* For whose share of something it counts: the caller's, or its address's. It is asked before the exchange
 * goes, and known from then on. */
uint64_t reply_party(struct reply *reply);
/* Its client's address, and the group of addresses that is in, in `room`. While it has its exchange. */
str reply_address(const struct reply *reply);
str reply_address_of(const struct exchange *x);
str reply_address_group(const struct reply *reply, char room[16]);
/* The same for the log, where an answer of that status refuses: who knocks. */
str reply_refused_address(const struct reply *reply, int status);
/* One without an HTTP side, held by the receiver. */
struct reply *reply_create_alone(struct loop *loop, const struct era *era,
                                 const struct caller *caller);
/* It is answered later; fine if that was known. */
void reply_park(struct reply *reply);
/* A response or notification of the client is accepted when reply_accepted() says so, or refused with a fault. */
void reply_accepts_later(struct reply *reply);
void reply_accepted(struct reply *reply, const struct fault *fault);
/* A call goes on without this reply, and has no answer here. */
void reply_hand_over(struct reply *reply, struct mcp_call *call);
/* What may be left out should be: the stream is slow. */
bool reply_is_crowded(const struct reply *reply);
void reply_drop(struct reply *reply);
/* The HTTP side is over: answered, or the client left. */
void reply_http_over(struct reply *reply);
/* Tells the log and the counters how a request without a call ended, once. */
void reply_log(struct reply *reply, struct exchange *x);
/* Its exchange is somebody else's now, who answers it: the reply is over. */
void reply_taken_over(struct reply *reply, struct exchange *x);
/* After the calls were started: waits for those that are not settled. */
void reply_settle_later(struct reply *reply);
/* For http and the timer `silence`: the client left, or has heard nothing for a while. */
void reply_client_gone(void *reply);
void reply_silent(struct timer *timer, struct loop *loop);
/* Opens the stream of this reply, where it has none. False: this client takes no stream. */
bool reply_open_stream(struct reply *reply);
/* Sends something before the answer, opening the stream; false: this client takes no stream. */
bool reply_event(struct reply *reply, str message);
/* A call's answer: `message` is a whole JSON-RPC response, .at NULL: the call was cancelled and has
 * none. It lives in the call's arena, or in `own`, which is handed over. */
void reply_answer(struct reply *reply, struct mcp_call *call, str message, int status,
                  struct arena *own);
/* The same, but the call is not over: it goes on under the reply that comes back, which has no HTTP
 * side but the arena, and holds the call. */
struct reply *reply_part(struct reply *reply, struct mcp_call *call, str message,
                         struct arena *own);
/* One answer of a batch. */
void reply_batch_add(struct reply *reply, str message);
/* Sends a batch whose calls are all answered. */
void reply_batch_done(struct reply *reply);
bool reply_can_stream(const struct reply *reply);
/* Answers an HTTP request that holds no call. */
void reply_fault(struct reply *reply, const struct fault *fault, yyjson_val *id);
void reply_status(struct reply *reply, int status);
void reply_fault_headers(struct reply *reply, const struct fault *fault);
int reply_status_of(const struct reply *reply, const struct fault *fault);      /* HTTP's, in its era */

#endif
