/* fault.c - what a client is told when its request cannot be answered. */
#include <stdio.h>

#include "fault.h"

const char *const revision_names[REVISIONS] = {
	"2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"
};

bool revision_find(str name, enum revision *revision)
{
	for (int i = REVISIONS; i-- > 0;) {     /* the newest first */
		if (str_is(name, revision_names[i])) {
			*revision = (enum revision)i;
			return true;
		}
	}
	return false;
}

/* The JSON-RPC code, the HTTP status before 2026-07-28 and in it, the words. 404 tells a session-era
 * client that its session died, so an unknown method is 200 there (mcp-requirements A.4). */
#define FAULT(name, code_, sessions, stateless, text_) \
	const struct fault name = { .code = (code_), .http_sessions = (sessions), \
	                            .http_stateless = (stateless), .text = (text_) }

FAULT(FAULT_PARSE, -32700, 400, 400, "The body is not JSON (RFC 8259).");
FAULT(FAULT_DEEP, -32700, 400, 400, "The JSON is nested too deeply.");
FAULT(FAULT_MANY, -32600, 400, 400, "The JSON has more values than this server takes.");
FAULT(FAULT_LONG, -32600, 400, 400, "An id or progress token may have at most 512 bytes.");
FAULT(FAULT_DUPLICATE, -32600, 400, 400, "An object of the message names a member twice.");
FAULT(FAULT_INVALID, -32600, 400, 400, "This is not a JSON-RPC 2.0 message.");
FAULT(FAULT_NO_METHOD, -32601, 200, 404, "There is no such method.");
FAULT(FAULT_PARAMS, -32602, 200, 200, "The params are not what this method takes.");
/* Before 2026-07-28; in it this code must not be. */
FAULT(FAULT_NO_RESOURCE, -32002, 200, 200, "There is no such resource.");
/* A mistake of the program's. */
const struct fault FAULT_INTERNAL = { FAULT_STATUS(-32603, 200), .outcome = "mistake",
	.text = "The server failed to answer; its log says why." };
/* In a tool's own words, where they have to be an error of JSON-RPC's. */
const struct fault FAULT_BAD_NEWS = { FAULT_STATUS(-32603, 200), .outcome = "error" };
FAULT(FAULT_HEADERS, -32020, 400, 400, "The headers do not agree with the body.");
FAULT(FAULT_CAPABILITY, -32021, 200, 400, "This needs a capability the client did not declare.");
FAULT(FAULT_VERSION, -32022, 400, 400, "This protocol version is not served.");
FAULT(FAULT_GONE, 404, 404, 404, "There is no such session; begin a new one with initialize.");
FAULT(FAULT_BATCH, -32600, 400, 400, "Batches are only part of protocol version 2025-03-26.");
FAULT(FAULT_CANCELLED, -32800, 200, 200, "The request was cancelled.");
const struct fault FAULT_BUSY = { FAULT_HTTP(503), .outcome = "unavailable",
	.text = "The server is busy; try again shortly.", .retry_after_ms = 1000 };
/* There is room, but not for this caller: no operator's matter, and nothing a balancer should take for one. */
const struct fault FAULT_SHARE = { FAULT_HTTP(429), .outcome = "refused",
	.text = "As much of this caller's is under way here as one may have; try again when some of it is done.",
	.retry_after_ms = 1000 };
const struct fault FAULT_STOPPING = { FAULT_HTTP(503), .outcome = "stopping",
	.text = "The server is stopping; call again.", .retry_after_ms = 1000 };
FAULT(FAULT_RATE, 429, 429, 429, "Too many requests; try again when Retry-After has passed.");
FAULT(FAULT_SESSION_NEEDED, -32600, 400, 400, "This needs a session; begin one with initialize.");

struct fault *fault_say(struct arena *arena, const struct fault *like, const char *text, ...)
{
	struct fault *fault = arena_new(arena, struct fault);
	va_list list;

	*fault = *like;
	va_start(list, text);
	fault->text = arena_print_list(arena, text, list);
	va_end(list);
	return fault;
}

void fault_write(struct json *json, const struct fault *fault, yyjson_val *id)
{
	json_object(json);
	json_key(json, "jsonrpc");
	json_text(json, "2.0");
	if (id) {
		json_key(json, "id");
		json_value(json, id);
	}
	json_key(json, "error");
	json_object(json);
	json_key(json, "code");
	json_int(json, fault->code);
	json_key(json, "message");
	json_text(json, fault->text);
	if (fault->data.at) {
		json_key(json, "data");
		json_raw(json, fault->data);
	}
	json_object_end(json);
	json_object_end(json);
}
