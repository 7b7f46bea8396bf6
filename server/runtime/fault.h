/* fault.h - the revisions of the protocol, and what a client is told when its request cannot be answered. */
#ifndef FAULT_H
#define FAULT_H

#include "json.h"

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
	const char *outcome;            /* for the log and the counters; NULL: "fault", the client's mistake */
};

/* Of one with the same status in both eras; of one where only HTTP is concerned. */
#define FAULT_STATUS(code_, status) \
	.code = (code_), .http_sessions = (status), .http_stateless = (status)
#define FAULT_HTTP(status) FAULT_STATUS(status, status)

#define TRY(step) \
	do { \
		const struct fault *fault_ = (step); \
		if (fault_) \
			return fault_; \
	} while (0)

extern const struct fault FAULT_PARSE, FAULT_DEEP, FAULT_DUPLICATE, FAULT_INVALID, FAULT_NO_METHOD,
	FAULT_PARAMS, FAULT_NO_RESOURCE, FAULT_INTERNAL, FAULT_BAD_NEWS, FAULT_HEADERS, FAULT_CAPABILITY, FAULT_VERSION,
	FAULT_GONE, FAULT_BATCH, FAULT_MANY, FAULT_LONG, FAULT_CANCELLED, FAULT_BUSY, FAULT_SHARE, FAULT_STOPPING,
	FAULT_RATE, FAULT_SESSION_NEEDED;
/* A copy of `like` with other words. */
struct fault *fault_say(struct arena *arena, const struct fault *like, const char *text, ...)
	PRINTF(3, 4);
/* The JSON-RPC error. `id` NULL: left out, since it could not be read (never null). */
void fault_write(struct json *json, const struct fault *fault, yyjson_val *id);

#endif
