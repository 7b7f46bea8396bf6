/* supervision.h - what the supervisor is told while the process serves: that its event loops turn, and whether it is ready. */
#ifndef SUPERVISION_H
#define SUPERVISION_H

#include "http.h"

struct supervision {
	int64_t due_ms;                 /* by tick_ms(): when to look at the loops */
	bool stuck;                     /* at the last look one had not turned; logged then */
	const char *why_not;            /* said last */
	char status[256];               /* while it is ready */
};

/* It serves: says so, with `status` (copied) for as long as it is ready. Main thread, like the rest. */
void supervision_begin(struct supervision *supervision, const char *status);
/* Looks whether each event loop turned since the last look, and only then says that the process is alive; and that it
 * is not ready, where `why_not` (a constant; NULL: it is) is another than before. The milliseconds until it is due
 * again; -1: the supervisor does not watch it. */
int64_t supervision_run_due(struct supervision *supervision, struct http *http, const char *why_not, int64_t at_ms);
/* After supervisor_reloading(): the settings were read. */
void supervision_reloaded(const struct supervision *supervision);

#endif
