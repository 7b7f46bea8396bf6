/* client.h - call the tools of another MCP server, as a 2026-07-28 client over libcurl.
 *
 * A tool asks, and is run again with the answer: client_ask(). A job or a command waits for it: client_call().
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
struct mcp_call;

enum client_outcome {
	CLIENT_ANSWERED,        /* `out` is filled in */
	CLIENT_REFUSED,         /* the tool answered isError, or the server a JSON-RPC error: `why` says it */
	CLIENT_UNREACHABLE,     /* no answer in time, the circuit is open, or the server said that it could not (its
	                         * database is away, say). The call may have had its effect */
	CLIENT_PENDING,         /* of client_ask(): return MCP_WAITING now, the tool is run again with the answer */
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

/* The same from a tool. No thread waits: the tool is run again from the top when there is an answer, and finds it
 * under its key.
 *
 *     switch (client_ask(call, products, "product", "get_product", true, sku_shape, &wanted,
 *                        product_shape, &product, &why)) {
 *     case CLIENT_PENDING:  return MCP_WAITING;
 *     case CLIENT_ANSWERED: break;
 *     case CLIENT_REFUSED:  return mcp_fail(call, "%s", why);
 *     default:              return mcp_fail(call, "The catalogue cannot be reached.");
 *     }
 *
 * Several may be asked in one round: ask them all, then return MCP_WAITING if any of them is pending. It counts in
 * the time the call may take, and ends with it. The answers are this process's: one whose tool asks a person too
 * may be asked again. The same key is the same request, whatever it is asked with; a run that calls mcp_wait() too is
 * woken by what that waits for alone. Ask first, write after; a tool that writes before is idempotent (.idempotent), and its runs
 * go on with what the first of them wrote: see mcp_call_number(). */
MUST_USE enum client_outcome client_ask(struct mcp_call *call, struct client *client, const char *key,
                                        const char *tool, bool idempotent,
                                        const struct shape *in, const void *arguments,
                                        const struct shape *out, void *result,
                                        const char **why);

/* What the compiler holds them to: the structs are those that the shapes describe, see shape.h. */
#define client_call(client, arena, tool, idempotent, in, arguments, out, result, why) \
	(client_call)(client, arena, tool, idempotent, in, POINTS_TO_(in##_describes, in, arguments), \
	              out, POINTS_TO_(out##_describes, out, result), why)
#define client_ask(call, client, key, tool, idempotent, in, arguments, out, result, why) \
	(client_ask)(call, client, key, tool, idempotent, in, POINTS_TO_(in##_describes, in, arguments), \
	             out, POINTS_TO_(out##_describes, out, result), why)

#endif
