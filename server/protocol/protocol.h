/* protocol.h - what MCP says, on top of http: both eras on one endpoint.
 *
 * serve.c reads the settings and hands them over here; http calls protocol_handler. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include "runtime.h"

/* Reads COMPAT: "none", "all", or names of known wrong requests to serve. NULL, or what is wrong. */
const char *protocol_compat(const char *list);
/* Builds what is built once. Call it before http_start(); the settings are copied, what they point
 * to must live until protocol_stop(), which is to be called also where something is wrong: NULL, or what. */
const char *protocol_start(const struct protocol_settings *settings);
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
