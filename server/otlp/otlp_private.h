/* otlp_private.h - what the files of this room share. */
#ifndef OTLP_PRIVATE_H
#define OTLP_PRIVATE_H

#include "fetch.h"
#include "otlp.h"
#include "spans.h"

/* ---- Where to (target.c) ---- */

/* NULL: spans are sent nowhere. */
const char *otlp_url(struct arena *arena);
/* As it may stand in a log. */
const char *otlp_shown(struct arena *arena, const char *url);
/* Which setting it comes from, and the headers. */
const char *otlp_url_setting(void);
const char *otlp_headers_setting(void);
/* As fetch() takes them; NULL: a setting is no list of headers. */
const char *const *otlp_headers(struct arena *arena);
/* What stands before a batch's spans, whose they are; .at NULL: a setting is no list of attributes. */
str otlp_head(struct arena *arena, const char *service, const char *version);
#define OTLP_TAIL "]}]}]}"              /* behind them */

/* ---- Once (send.c) ---- */

enum otlp_outcome { OTLP_TAKEN, OTLP_AGAIN, OTLP_REFUSED };
struct otlp_answer {
	enum otlp_outcome outcome;
	int64_t retry_after_ms;         /* 0: it does not say */
	int64_t refused;                /* spans of those that were taken */
	char why[288];                  /* for people; "": nothing to tell */
};
void otlp_judge(struct arena *arena, const struct fetch_answer *fetched, struct otlp_answer *answer);

#endif
