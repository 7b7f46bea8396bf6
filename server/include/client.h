/* client.h - call the tools of another MCP server, as a 2026-07-28 client over libcurl.
 *
 * One client is shared by all threads of a program. Connections are kept open and reused. A call
 * connects within 1 s and takes at most 3 s in all, tries included; a tool named idempotent is tried
 * up to three times with growing, jittered pauses. After 5 failures in a row the circuit opens: for
 * 10 s every call fails at once, then one probe decides. What it sends out for a call, or a job, of this program's
 * says so (traceparent, X-Request-Id): the lines of both logs have the same id and trace. */
#ifndef MCP_CLIENT_H
#define MCP_CLIENT_H

#include "core.h"
#include "shape.h"

struct client;

enum client_outcome {
	CLIENT_ANSWERED,        /* `out` is filled in */
	CLIENT_REFUSED,         /* the tool answered isError, or the server a JSON-RPC error: `why` says it */
	CLIENT_UNREACHABLE,     /* no answer in time, or the circuit is open. The call may have had its effect */
};

/* `url` is the server's endpoint (http://127.0.0.1:8081/mcp), `key` its bearer key or NULL,
 * `name` and `version` say who calls. NULL when the URL is unusable; it has logged why. */
struct client *client_create(const char *url, const char *key, const char *name,
                             const char *version);
void client_destroy(struct client *client);

/* Calls a tool. `in` NULL: no arguments. The structured result is read by the shape `out` into
 * `result`, members the shape does not know are ignored. `why` is for people, in the arena, and set
 * unless it answered. `idempotent`: safe to send twice. */
MUST_USE enum client_outcome client_call(struct client *client, struct arena *arena,
                                         const char *tool, bool idempotent,
                                         const struct shape *in, const void *arguments,
                                         const struct shape *out, void *result,
                                         const char **why);

/* What the compiler holds it to: the structs are those that the shapes describe, see shape.h. */
#define client_call(client, arena, tool, idempotent, in, arguments, out, result, why) \
	(client_call)(client, arena, tool, idempotent, in, POINTS_TO_(in##_describes, in, arguments), \
	              out, POINTS_TO_(out##_describes, out, result), why)

#endif
