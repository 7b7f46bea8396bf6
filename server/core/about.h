/* about.h - what is being worked on: the request it is for, its trace, and what was noted of it. The log and
 * whoever calls another server ask for that of their thread. */
#ifndef ABOUT_H
#define ABOUT_H

#include <pthread.h>
#include <stdatomic.h>

#include "trace.h"

#define REQUEST_ID_MAX 64
#define NOTED_MAX 8                     /* names */
#define NOTED_NAME_MAX 24
#define NOTED_VALUE_MAX 64

/* "order" is "ORD-7H2K9QX4TN". Whoever works writes it, and a loop may tell of it meanwhile. */
struct noted {
	pthread_mutex_t lock;
	int count;
	struct noted_value {
		uint8_t size;
		char name[NOTED_NAME_MAX + 1];
		char text[NOTED_VALUE_MAX];     /* fit for any line as it stands: nothing to be escaped */
	} values[NOTED_MAX];
};

struct about {
	struct trace trace;
	str state;                      /* the trace's, which goes where it goes, in the arena; .at NULL: none */
	uint8_t id_size;                /* 0: it is for no request */
	char id[REQUEST_ID_MAX + 1];
	struct arena *arena;            /* where what is noted is kept; NULL: nothing can be */
	_Atomic(struct noted *) noted;  /* NULL: nothing was */
};

/* Something new, in a trace of its own, with an id that is its span's. It is zeros before. */
void about_begin(struct about *about);
/* Takes the id that somebody else gave it, if it is one: else the one it has stays. */
void about_take_id(struct about *about, str id);
/* Goes on with what another began, whose traces and id these are, but for the trace's state: that is in its arena. */
void about_copy(struct about *to, const struct about *from);
static inline str about_id(const struct about *about)
{
	return (str) { about->id, about->id_size };
}

/* What this thread works on from now on; NULL: nothing. */
void about_set(struct about *about);
struct about *about_now(void);

/* Whether a name can be noted: small letters and _, and no member that a line has anyway. */
bool noted_is_name(const char *name);
/* In place of what had that name. More than NOTED_MAX names are let go. */
void about_note(struct about *about, const char *name, str value);

#endif
