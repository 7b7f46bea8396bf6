/* tool_answer.h - what came back for a tools/call, and what to make of it. */
#ifndef TOOL_ANSWER_H
#define TOOL_ANSWER_H

#include "fetch.h"
#include "json.h"

enum verdict {
	VERDICT_ANSWERED,       /* the tool succeeded */
	VERDICT_REFUSED,        /* it did not, or the server would not: trying again is no use */
	VERDICT_UNAVAILABLE,    /* the server could not, for its own reasons, and says so: whether it was carried out nobody knows */
	VERDICT_DENIED,         /* not even that, the server has not taken the call: its key, or its address, is wrong */
	VERDICT_UNREADABLE,     /* something answered that speaks otherwise than we do */
	VERDICT_NOT_DONE,       /* nothing was carried out: not sent, or the server has no time */
	VERDICT_UNKNOWN,        /* it was sent, and whether it was carried out nobody knows */
};

struct answer {
	enum verdict verdict;
	yyjson_val *structured; /* answered: the structured result, NULL where there is none */
	const char *why;        /* anything else: in words for people */
	int64_t retry_after_ms; /* the server's wish; 0: none */
	bool failed_here;       /* NOT_DONE and UNKNOWN: as in struct fetch_answer */
};

/* `where` is the server's URL, for the words. */
struct answer answer_judge(struct arena *arena, const struct fetch_answer *fetched, int64_t id,
                           const char *where);

/* The data of the next server-sent event of a whole stream, in the arena; .at NULL: there is none.
 * `rest` begins as the stream. */
str answer_next_event(struct arena *arena, str *rest);

#endif
