/* stream_rows.h - streams and their events, as rows. */
#ifndef STREAM_ROWS_H
#define STREAM_ROWS_H

#include "state.h"

struct state_event {
	int64_t number;
	const char *text;               /* the message */
};

/* Whatever changes which stream carries a session's messages tells all: told("carries", "SESSION NUMBER"),
 * so whoever hears it knows it before the next change is told. */

/* Writes to a stream of which this process is the home; a `fresh` one is made first. What else is
 * attached is told: told("events", "SESSION NUMBER"). */
struct append_errand {
	struct errand errand;
	const char *session;
	int64_t stream;
	bool fresh, listens, over;
	const char *ids;                /* of the calls it will answer, JSON; NULL: as before */
	struct state_event *events;
	int64_t count, last;            /* the number of its latest event, now or before */
	int64_t attached;               /* after: the process its client is connected to */
	int64_t kept;                   /* after: bytes of the stream */
	bool lost;                      /* after: this process is not its home (any more) */
};
bool stream_rows_append(struct errand *first, int count, struct store *store);

/* A client comes back to a stream, or is still there and wants what came since `after`: the first of
 * it, as much as is good to have in memory. */
struct read_errand {
	struct errand errand;
	const char *session;
	int64_t stream, after;
	bool there;                     /* after: it is known, and nothing since `after` is gone */
	bool listens;
	bool over;                      /* it has ended, and these are the last events */
	int64_t last;                   /* the number of its latest event, which may not be among these */
	bool moved;                     /* it listens, and may have missed something: this process has become
	                                   its home, or it is `gone` */
	bool gone;                      /* it listens, and events are gone: `after` is behind them */
	int64_t home;
	const char *ids;
	struct rows events;             /* of struct state_event */
};
/* The client is connected to this process from now on. Who had it is told("detach", "SESSION NUMBER")
 * and whose home it was told("lost", ...). */
bool stream_rows_attach(struct errand *errand, struct store *store);
bool stream_rows_read(struct errand *errand, struct store *store);

/* A stream that only listens lost its client: another of the session carries messages, where there
 * is one. */
struct leave_errand {
	struct errand errand;
	const char *session;
	int64_t stream;
};
bool stream_rows_leave(struct errand *errand, struct store *store);

#endif
