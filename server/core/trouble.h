/* trouble.h - what this thread runs could not be done for want of something that it needs: its store, or a service that
 * it called. Whoever finds that says so here, and whoever runs things asks, so the author of a tool need not say it. */
#ifndef TROUBLE_H
#define TROUBLE_H

/* The later one is the graver. */
enum trouble {
	TROUBLE_NONE,
	TROUBLE_SERVICE,                /* one that was called did not answer, or nothing of use */
	TROUBLE_STORE,                  /* the database could not do it */
	TROUBLES
};

void trouble_note(enum trouble trouble);
/* The gravest since it was last taken on this thread. */
enum trouble trouble_take(void);
/* How often, in all, and on all threads. */
long long trouble_count(enum trouble trouble);

#endif
