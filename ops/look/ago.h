/* ago.h - a time as people say it: "3h" is three hours ago. */
#ifndef AGO_H
#define AGO_H

#include "core.h"

#define AGO_WORDS "\"30m\", \"3h\", \"7d\", or a time such as \"2026-11-28T09:30:00Z\""

/* False: it is none of AGO_WORDS, or ahead of now. */
MUST_USE bool ago_read(const char *text, int64_t now_ms, int64_t *at_ms);

#endif
