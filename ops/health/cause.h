/* cause.h - the kinds of causes there are: what each is called, how bad it can be, and what to do next. */
#ifndef CAUSE_H
#define CAUSE_H

#include "judge.h"

/* Where this server has docs/on-call.md and docs/on-call-steps.md (CMakeLists.txt). */
#define BOOK "skill://incident/references/"

/* The likelier ones first: what ECS says in so many words, before what is concluded. */
enum kind {
	CAUSE_SECRET, CAUSE_IMAGE, CAUSE_NETWORK, CAUSE_START,                          /* new tasks can't begin */
	CAUSE_MEMORY, CAUSE_DATABASE, CAUSE_KILLED, CAUSE_CRASH, CAUSE_HEALTH,          /* those that run fail */
	CAUSE_CAPACITY, CAUSE_DEPENDENCY, CAUSE_DEPLOYMENT, CAUSE_STARTING, CAUSE_MISSING, CAUSE_SIGTERM, CAUSE_ASLEEP, CAUSE_ERRORS, CAUSE_ALARM,
	CAUSE_KINDS
};

struct cause_kind {
	const char *name;
	const char *what, *next;        /* with %s for the service, once */
	bool starting;                  /* who runs goes on: it is critical where nobody does */
	enum severity most;             /* it is never worse */
};
extern const struct cause_kind cause_kinds[CAUSE_KINDS];

/* What words of ECS or of a log say beyond the kind; NULL: nothing. */
const char *cause_hint(enum kind kind, const char *words);

/* Whether a line of a program's log complains of its database. */
bool says_database(const char *message);
/* Whether it says that it has it again. */
bool says_again(const char *message);

#endif
