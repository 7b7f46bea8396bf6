/* protocol.h - what MCP says, on top of http: both eras on one endpoint.
 *
 * serve.c reads the settings and hands them over here; http calls protocol_handler. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include "auth.h"
#include "http.h"
#include "mcp.h"
#include "pool.h"

/* What a thread that runs tools has: the context of a loop and of a worker. */
struct workplace {
	struct store *store;            /* NULL where the server has none */
};

struct protocol_settings {
	const struct mcp_server *server;
	const struct networks *trusted_proxies;
	const char *public_hosts;       /* lists, see settings.h; NULL: only loopback names and the bound address */
	const char *allowed_origins;
	const char *host;               /* what it is bound to */
	const char *public_url;         /* where clients reach it, for WWW-Authenticate; NULL: from Host */
	int64_t call_deadline_ms;
	int64_t silence_ms;             /* a call silent for so long turns from JSON into SSE */
	int64_t task_ttl_ms;            /* how long a task's result is kept */
	int64_t question_ms;            /* a question nobody answers for so long is cancelled */
	int64_t session_idle_ms;
	int64_t resume_ms;              /* how long events are kept for a client that comes back */
	int64_t retry_ms;               /* the `retry` of session-era streams */
	int sessions_max, batch_max, depth_max, session_streams_max, listens_max;
	size_t values_max;              /* of a message's JSON */
	int page_size;                  /* entries of a list at a time */
	size_t backlog_max;             /* bytes of events kept for one stream to resume */
	struct budget *requests;        /* what requests keep: bodies, documents, answers */
	struct budget *streams;         /* what streams do: unread events, those kept to resume */
	struct rates *caller_rates, *address_rates, *initialize_rates;
};

/* Reads COMPAT: "none", "all", or names of known wrong requests to serve. NULL, or what is wrong. */
const char *protocol_compat(const char *list);
/* Builds what is built once. Call it before http_start(); the settings are copied, what they point
 * to must live until protocol_stop(). */
void protocol_start(const struct protocol_settings *settings);
/* The workers and the loops, once they run; before the first request needs them, so the pool first
 * and the loops as soon as http_start() returned. */
void protocol_use_pool(struct pool *pool);
void protocol_use_http(struct http *http);
extern const struct http_handler protocol_handler;

/* What a server's database has to have: its own tables, and those that processes share. */
const struct migration *protocol_migrations(const struct mcp_server *server, bool shared);
/* Where the database serves other processes too: shares with them what clients rely on, from before
 * the first request until no call runs any more. False: it can't; it has said why. */
MUST_USE bool protocol_share(const char *database);
void protocol_unshare(void);

/* The keys were read again: ends what is open of callers whose key is no more, or may do less. */
void protocol_revoke(struct http *http);

/* Readiness fails from now on. */
void protocol_unready(void);
/* Ends the streams that only listen (GET, listen), spread over `jitter_ms`; running calls go on. */
void protocol_end_streams(struct http *http, int64_t jitter_ms);
/* On each loop's thread as it ends, when no worker runs any more: cuts what still waits. */
void protocol_end_loop(void);
/* Waits for tasks that run, until that time by tick_ms() at most, then cancels all. The pool and the
 * loops must still run. */
void protocol_end_tasks(struct http *http, int64_t until_tick_ms);
/* After http and pool have stopped. */
void protocol_stop(void);

#endif
