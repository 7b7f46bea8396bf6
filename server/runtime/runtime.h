/* runtime.h - what there is once in a process that serves: its settings, its workers and loops, what it offers. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include "auth.h"
#include "http.h"
#include "offer.h"
#include "pool.h"

/* What a thread that runs tools has: the context of a loop and of a worker. */
struct workplace {
	struct store *store;            /* NULL where the server has none; a loop's: see loop_store() */
	const char *database;           /* a loop's; NULL where the server has none */
	struct loop_reads *reads;       /* a loop's: what its store has it do; freed behind the store */
};

struct protocol_settings {
	const struct mcp_server *server;
	const struct networks *trusted_proxies;
	const struct networks *allowed_addresses;       /* NULL: all */
	const char *public_hosts;       /* lists, see settings.h; NULL: only loopback names and the bound address */
	const char *allowed_origins;
	const char *host;               /* what it is bound to */
	const char *public_url;         /* where clients reach it, for WWW-Authenticate; NULL: from Host */
	bool facade;                    /* this server's origin stands in for the issuer, see metadata.c */
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

struct runtime {
	struct protocol_settings set;
	const struct mcp_server *server;
	const char *version;            /* with its build */
	struct pool *pool;
	_Atomic(struct http *) http;    /* set while its loops run already */
	struct arena *arena;            /* what is built once */
	struct offers tools, resources, templates, prompts;
	str server_info[REVISIONS];     /* JSON */
	str capabilities[REVISIONS];
	const struct extension *const *extensions;      /* ends with NULL */
	const struct era *eras[REVISIONS];
	str result_meta;                /* ,"_meta":{serverInfo}  of 2026-07-28 */
};
extern struct runtime runtime;

#endif
