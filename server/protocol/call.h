/* call.h - inside the protocol layer: requests, calls, eras, faults and who owns them.
 *
 * An HTTP request is a struct reply, its JSON-RPC requests are struct mcp_calls (one, or a batch of
 * 2025-03-26). A reply belongs to its loop, and it alone frees its arenas, when nothing counts on it any
 * more: its HTTP side (until the answer is sent), its calls. So nothing that points into one can outlive
 * it, and nobody above http/ has an arena of an exchange. A call belongs to the loop, then to the worker that runs
 * its tool, then to the loop again; meanwhile the loop touches nothing of it but `cancelled`.
 * Whatever may outlive a request is counted: a reply by its HTTP side and its unsettled calls. */
#ifndef CALL_H
#define CALL_H

#include <stdatomic.h>

#include "json.h"
#include "json_schema.h"
#include "log.h"
#include "metrics.h"
#include "protocol.h"
#include "seal.h"
#include "settings.h"

/* ---- Revisions and eras ---- */

enum revision { R2025_03_26, R2025_06_18, R2025_11_25, R2026_07_28, REVISIONS };
extern const char *const revision_names[REVISIONS];
bool revision_find(str name, enum revision *revision);

/* What to tell a client whose request cannot be answered. Functions that can refuse return NULL to
 * go on, or one of these: const in fault.c, or made in a call's arena. The HTTP status depends on
 * the era: an unknown method is 404 in one and must not be in the other (mcp-requirements A.4). */
struct fault {
	int code;                       /* JSON-RPC; HTTP's own where only HTTP is concerned */
	int http_sessions, http_stateless;
	const char *text;
	str data;                       /* JSON; .at NULL: none */
	const char *challenge;          /* WWW-Authenticate */
	int64_t retry_after_ms;
};

#define TRY(step) \
	do { \
		const struct fault *fault_ = (step); \
		if (fault_) \
			return fault_; \
	} while (0)

extern const struct fault FAULT_PARSE, FAULT_DEEP, FAULT_DUPLICATE, FAULT_INVALID, FAULT_NO_METHOD,
	FAULT_PARAMS, FAULT_INTERNAL, FAULT_HEADERS, FAULT_CAPABILITY, FAULT_VERSION, FAULT_GONE,
	FAULT_BATCH, FAULT_MANY, FAULT_LONG, FAULT_CANCELLED, FAULT_BUSY, FAULT_RATE, FAULT_SCOPE, FAULT_SESSION_NEEDED;
/* A copy of `like` with other words. */
struct fault *fault_say(struct arena *arena, const struct fault *like, const char *text, ...)
	PRINTF(3, 4);
/* The JSON-RPC error. `id` NULL: left out, since it could not be read (never null). */
void fault_write(struct json *json, const struct fault *fault, yyjson_val *id);

struct mcp_call;
struct reply;

struct method {
	const char *name;
	const struct fault *(*run)(struct mcp_call *call);
	const char *named_by;           /* the param that Mcp-Name repeats; NULL: none */
};

/* How a family of protocol revisions differs from the other. */
struct era {
	bool stateless;                 /* a client that leaves has cancelled; faults have HTTP statuses */
	const struct method *methods;   /* ends with an empty entry */
	/* Version, headers and session of one message; before the method is looked up. */
	const struct fault *(*admit)(struct mcp_call *call);
	/* What a client sends that wants no answer. */
	void (*notice)(struct reply *reply, str method, yyjson_val *params);
	/* A tool, resource or prompt is about to run for the first time, and, once, is over. */
	const struct fault *(*enter)(struct mcp_call *call);
	void (*leave)(struct mcp_call *call);
	/* Has the request answered with a stream of its own kind: sets reply->response. False: it has none,
	 * and the exchange is untouched. */
	bool (*open_stream)(struct reply *reply, struct exchange *x);
	/* Lets go of what a reply holds for it. */
	void (*release)(struct reply *reply);
	/* The members that every result carries, before and after its own. */
	void (*open_result)(struct json *json, const char *type);
	void (*close_result)(struct json *json, const struct mcp_call *call);
	/* Can this call ask the person at all? On its loop. */
	bool (*can_ask)(const struct mcp_call *call);
	/* The tool returned with questions that were not put yet: put them. */
	void (*ask)(struct mcp_call *call);
};

extern const struct era era_sessions;    /* 2025-03-26 to 2025-11-25: initialize, GET, sessions */
extern const struct era era_stateless;   /* 2026-07-28: every request stands alone */

/* ---- What a server offers, made ready at start (offer.c) ---- */

enum offer_kind { OFFER_TOOL, OFFER_RESOURCE, OFFER_PROMPT };

/* A tool, resource or prompt, as far as a call is concerned. */
struct offer {
	enum offer_kind kind;
	const char *name;               /* of a resource: its URI or template */
	const struct shape *in, *out;
	const char *scope;
	const char *mime;
	const char *meta;               /* a resource's, JSON */
	const struct json_schema *schema;       /* of a tool that has one of its own instead of `in` */
	yyjson_val *in_schema;          /* that, as JSON */
	bool blocks, has_headers;
	bool database_tells;            /* of a resource: PostgreSQL says itself when it changed */
	bool runs_long, needs_task, asks_first;
	mcp_complete_fn *complete;
	int64_t deadline_ms;
	mcp_tool_fn *run;
	str listed[REVISIONS];          /* its JSON in a list */
};

struct offers {
	struct offer *first;
	int count, room;
};

/* A feature beside the core: what a client is told of it, and what it has to offer. A const table each
 * in its room, listed in protocol.c; its methods are lines in the eras' tables. */
struct extension {
	const char *name;               /* as capabilities.extensions has it */
	const char *settings;           /* there, JSON */
	enum revision since;
	bool (*is_served)(void);
	/* What the names of its methods begin with, where they are not served without it; ends with NULL. */
	const char *const *methods;
	void (*offer)(void);            /* adds its resources (offer_resource()); NULL: it has none */
	/* The resource behind a URI that is in no list; NULL: it has none, or no such. */
	const struct offer *(*find)(str uri);
};

extern const struct extension pages_extension;  /* resources that hosts show beside a tool's answer */

struct runtime {
	struct protocol_settings set;
	const struct mcp_server *server;
	struct pool *pool;
	_Atomic(struct http *) http;    /* set while its loops run already */
	struct arena *arena;            /* what is built once */
	struct offers tools, resources, templates, prompts;
	str server_info[REVISIONS];     /* JSON */
	str capabilities[REVISIONS];
	const struct extension *const *extensions;      /* ends with NULL */
	str result_meta;                /* ,"_meta":{serverInfo}  of 2026-07-28 */
	atomic_bool unready;
};
extern struct runtime runtime;

void offers_build(void);
/* Adds a resource, or a template; while they are built. */
void offer_resource(const struct mcp_resource *resource);
/* Whether a method belongs to what this server offers: without prompts there is no prompts/list. */
bool offers_serve(str method);
const struct offer *offer_find(const struct offers *offers, str name);
#define URI_MAX 2048                    /* bytes: a longer one names nothing here */
/* The resource or template a URI names; the template's values are read into *in. */
const struct offer *offer_for_uri(struct arena *arena, str uri, const void **in);

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
extern const struct response response_events;   /* an event stream */
extern const struct response response_none;     /* the client left, or has its answer */

/* ---- Replies: one HTTP request being answered ---- */

struct session;
struct channel;

struct reply {
	int references;                 /* the HTTP side, and each call that is not settled */
	struct loop *loop;
	const struct response *response;
	struct exchange *exchange;      /* NULL once a stream is open, or the client left */
	struct stream *stream;          /* of response_events */
	struct channel *channel;        /* of a session's response: its stream, resumable */
	struct arena *arena;            /* of the message, and of its call unless it is a batch; a
	                                 * worker's while one runs */
	struct arena *own;              /* of what this loop makes for the answer: reply_arena() */
	const struct era *era;
	enum revision revision;
	struct session *session;        /* held; NULL: none */
	const struct caller *caller;    /* held */
	uint64_t party;                 /* reply_party(); 0: nobody asked yet */
	bool takes_json, takes_sse;
	bool parked, batch, answered, logged;
	bool fetched;                   /* its session was asked for in the database */
	int outstanding;                /* calls without an answer */
	struct json answers;            /* of a batch */
	struct mcp_call *calls;         /* unsettled, linked by .sibling */
	struct timer silence;
	str target;                     /* for the log line where there is no call */
	char id[24];                    /* ours, for the log */
	int64_t began_us;
};

struct reply *reply_create(struct exchange *x);
/* For what the answer needs; this loop's, and alive as long as the reply. */
struct arena *reply_arena(struct reply *reply);
/* Where what is kept for it counts. */
struct budget *reply_budget(const struct reply *reply);
/* For whose share of something it counts: the caller's, or its address's. */
uint64_t reply_party(struct reply *reply);
/* The group of addresses its client is in, in `room`. While it has its exchange. */
str reply_address(struct reply *reply, char room[16]);
/* One without an HTTP side, held by the receiver. */
struct reply *reply_create_alone(struct loop *loop, const struct era *era,
                                 const struct caller *caller);
/* It is answered later; fine if that was known. */
void reply_park(struct reply *reply);
/* A response of the client is accepted when reply_accepted() says so, or refused with a fault. */
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

/* ---- Calls ---- */

/* What a client declared it can be asked for. */
enum can { CAN_FORM = 1, CAN_URL = 2, CAN_SAMPLE = 4, CAN_ROOTS = 8, CAN_TASKS = 16 };
unsigned capabilities_read(yyjson_val *capabilities);

/* Whoever waits for a change must not miss one that came while its tool ran: how many there were. */
extern atomic_uint_fast64_t changes_so_far;

/* What a tool returned to wait for, but for a person. */
struct wait {
	/* On its loop: sets call->fault, or sees to it that call_again() follows. */
	void (*begin)(struct mcp_call *call);
	/* The call is over while it waits. NULL: that is nobody's concern. */
	void (*leave)(struct mcp_call *call);
	/* It is run however little time is left: it answers with what it sees. */
	bool runs_late;
};

enum question_state { QUESTION_NEW, QUESTION_PUT, QUESTION_ANSWERED };

struct question {
	struct question *next;
	const char *key;
	const char *method;             /* "elicitation/create" */
	str params;                     /* JSON */
	enum question_state state;
	str result;                     /* what was answered, JSON as it came; .at NULL: nobody did */
	int64_t number;                 /* session era: of the request's id */
	bool wanted;                    /* asked for in the latest run */
};

struct mcp_call {
	struct job job;
	struct message message;         /* back from the worker */
	struct arena *arena;
	struct reply *reply;
	struct mcp_call *sibling;       /* the next unsettled call of the reply */
	struct mcp_call *live_next, *live_previous;     /* of those this loop waits for */
	uint64_t serial;                /* never used twice */
	str method_name;                /* as it came */
	const struct method *method;    /* NULL: there is none of that name */
	const struct offer *offer;
	yyjson_val *id, *params, *meta;
	const void *in;
	str uri;                        /* resources/read */
	enum revision revision;

	/* What the client said it can do, and wants to hear. */
	unsigned can;                   /* of enum can */
	yyjson_val *progress_token;
	int log_least;                  /* enum mcp_level; -1: no log messages */

	/* The run. */
	atomic_bool cancelled;
	bool begun;                     /* past its first turn: what is for a worker may be queued */
	bool to_queue;                  /* for a worker, once that turn is over */
	bool on_worker, settled, streamed, overran;
	bool says;                      /* response->say() is there; the loop may change that meanwhile */
	bool can_ask;                   /* as it was when the run began; the loop may change it meanwhile */
	bool timed;                     /* time_left_ms counts: it has begun, here or elsewhere */
	bool parked;                    /* its questions wait in the database, see parked.h */
	bool held;                      /* somebody calls call_again() or settles it, before it has begun */
	enum mcp_answer outcome;
	int64_t deadline_ms, time_left_ms, run_until_ms;
	int64_t deadline_least_ms;      /* whatever the tool says */
	double progress_done;
	uint64_t seen;                  /* changes_so_far when the run began */
	const struct wait *wait;        /* set by the tool's thread; NULL: for a person, or not at all */
	const char *wait_uri;
	int64_t wait_ms, waiting_since_ms;
	int rounds;
	struct question *questions;
	int64_t store_changes;
	struct timer timer;             /* deadline while running, expiry while waiting */
	struct mcp_call *waiting_next, **waiting_place; /* in topic.c */
	_Atomic(struct note *) progress, logs;          /* from the worker, for the loop */
	atomic_int logs_waiting;
	atomic_bool notes_posted, closes_stream;
	struct message notes;
	struct json messages;           /* of a prompt */
	struct json content;            /* what mcp_add() added */
	const char *lacks;              /* the capability a question was MCP_UNAVAILABLE for, JSON */
	const char **suggestions;       /* of a completion */
	int suggestion_count;
	struct listen *listen;          /* of subscriptions/listen */
	struct task *task;              /* it goes on without its request; see task.h */
	bool no_task;                   /* it could not become one */

	/* The answer. */
	struct json result;
	const struct fault *fault;
	bool has_result, is_error;
	const char *result_word;        /* for the log: ok, error, fault, cancelled ... */
};

/* One of a reply, not begun. */
struct mcp_call *call_create(struct reply *reply, struct arena *arena, yyjson_val *message);
/* Runs one that was admitted before, elsewhere perhaps. */
void call_resume(struct mcp_call *call);
/* Runs one JSON-RPC request of a reply. */
void call_begin(struct reply *reply, struct arena *arena, yyjson_val *message);
/* A tool, resource or prompt with its arguments bound: on this loop, or on a worker. */
const struct fault *call_start(struct mcp_call *call);
/* Runs it again, when what it waited for is there. */
void call_again(struct mcp_call *call);
/* The client no longer wants it. */
void call_cancel(struct mcp_call *call);
/* It is over: tells its client, once. (settle.c, with what follows) */
void call_settle(struct mcp_call *call);
/* As one that an HTTP request waits for (struct response). */
void call_settle_request(struct mcp_call *call, const struct fault *fault, struct arena *own);
/* The result that was written, whole; and what the log and the counters say of its end. */
str call_result_end(struct mcp_call *call);
void call_report(struct mcp_call *call, int status);
/* It goes on from what was written down, here or elsewhere. */
void call_hand_over(struct mcp_call *call);
/* Lets go of what it has, when it is over and no worker has it. */
void call_release(struct mcp_call *call);
/* Answers its request with a message in `own`, which is handed over, and goes on without it. */
void call_part(struct mcp_call *call, str message, struct arena *own);
/* The notification that a topic changed: its method, and the URI it carries or NULL. */
const char *topic_method(const char *topic, const char **uri);
/* Hands it to a worker; settles it as busy where the queue is full. */
void call_queue(struct mcp_call *call);
/* The result object being written: {"jsonrpc":…,"result":{ is open until call_settle(). `type` is
 * the resultType. */
struct json *call_result(struct mcp_call *call, const char *type);
bool call_may(const struct mcp_call *call, const char *scope);

/* ---- The unsettled calls of this loop (live.c) ---- */

void live_add(struct mcp_call *call);
void live_remove(struct mcp_call *call);
/* The one with that serial, if it still waits. */
struct mcp_call *call_find_live(uint64_t serial);
/* Cancels those that are `which`. */
typedef bool call_which_fn(const struct mcp_call *call, const void *context);
void calls_cancel(call_which_fn *which, const void *context);
/* Settles what is left; no worker has any of it any more. */
void calls_end_all(void);

/* ---- Notes: what a running call tells its client (note.c) ---- */

/* Sends what the worker left; on the call's loop. */
void notes_send(struct mcp_call *call);
void notes_free(struct mcp_call *call);

/* ---- Methods both eras have (methods.c) ---- */

const struct fault *tools_list(struct mcp_call *call);
const struct fault *tools_call(struct mcp_call *call);
const struct fault *resources_list(struct mcp_call *call);
const struct fault *resources_templates_list(struct mcp_call *call);
const struct fault *resources_read(struct mcp_call *call);
const struct fault *prompts_list(struct mcp_call *call);
const struct fault *prompts_get(struct mcp_call *call);
/* Where a page begins: the place of an entry, which the cursor has sealed for the list `key`. */
const struct fault *list_cursor(struct mcp_call *call, const char *key, int count, int *from);
/* The cursor of the page after. */
void list_next(struct mcp_call *call, struct json *json, const char *key, int next);
/* ttlMs and cacheScope, which some results of 2026-07-28 carry. */
void result_cacheable(struct json *json, int64_t ttl_ms, const char *scope);
const struct fault *completion_complete(struct mcp_call *call);
void content_write(struct json *json, const struct mcp_content *content, enum revision revision);
int level_find(str name);                               /* enum mcp_level, or -1 */
extern const char *const level_names[];

/* ---- Questions (ask.c) ---- */

/* An answer to a question came in; NULL: the client refused or nobody answered. What does not fit is
 * found when the tool asks again, and then put anew. */
void question_answer(struct mcp_call *call, struct question *question, yyjson_val *result);
struct question *question_add(struct mcp_call *call, const char *key);
struct question *question_find(struct mcp_call *call, str key);
bool questions_pending(const struct mcp_call *call);
/* 2026-07-28 (state.c): what comes with a retry, and the sealed state that goes out. */
const struct fault *questions_restore(struct mcp_call *call);
str questions_seal(struct mcp_call *call);

/* ---- Changes (topic.c) ---- */

extern const char *const list_topics[];                 /* by enum mcp_list: topics that are no URI */
uint32_t topic_hash(const char *topic);
/* A change somebody made known. Any thread. */
void topic_arrived(const char *uri);
/* Changes were missed: whoever waits or listens looks again. Any thread. */
void topic_missed(void);
/* Ends this loop's calls that wait for a change: the server stops. */
void topic_end_all(void);

/* ---- Listening in 2026-07-28 (listen.c) ---- */

const struct fault *listen_for_changes(struct mcp_call *call);
/* Tells this loop's listeners that a resource changed. */
void listen_tell(const char *uri);
/* Tells them all of everything. */
void listen_tell_all(void);
/* As the loop's thread ends. */
void listens_end_loop(void);
void room_end_loop(void);
/* Ends this loop's listens, spread over the jitter, and at once each that begins after. */
void listens_end(int64_t jitter_ms);

/* ---- Which hosts and pages (origin.c) ---- */

const struct fault *origin_check(struct reply *reply);  /* 403 */
void origin_allow(struct exchange *x);                  /* headers of an answer to a browser */
void origin_preflight(struct exchange *x);              /* and of one to OPTIONS */

/* ---- Messages (rpc.c), the endpoint's doors (guard.c) ---- */

void rpc_receive(struct reply *reply);
/* The session that Mcp-Session-Id names, into the reply. `needed`: none is a fault too. */
const struct fault *rpc_session(struct reply *reply, bool needed);

void guard_start(void);
const struct fault *guard_single_headers(struct reply *reply);  /* 400: one came twice */
const struct fault *guard_caller(struct reply *reply);  /* 401; into reply->caller */
const struct fault *guard_still(struct reply *reply);   /* 401 where the key was revoked meanwhile */
const struct fault *guard_address_rate(struct reply *reply);    /* 429: before a key is looked at */
const struct fault *guard_caller_rate(struct reply *reply);     /* 429 */
void guard_rate_more(struct reply *reply, size_t messages);     /* of a batch; one was counted */
const struct fault *guard_initialize(struct reply *reply);      /* 429, tighter */
const struct fault *guard_types(struct reply *reply);   /* 415, 406; into takes_json, takes_sse */
/* 415: the body is compressed, though nobody asked for it. (types.c) */
const struct fault *guard_compressed(struct reply *reply, str coding);
/* A tool's scope is missing: 403 with the challenge that names it. */
const struct fault *guard_scope(struct mcp_call *call, const char *scope);

#endif
