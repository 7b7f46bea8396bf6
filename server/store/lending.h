/* lending.h - a few things that many threads want: connections, the turn to write.
 *
 * Who wants one and finds none waits in its caller's line, and the lines are served in turn: however many
 * threads work for one caller, another waits for one of them, not for all. While another caller is about,
 * nobody has all of several. What is given back goes to whoever is next, so nobody slips in between. Where not
 * as many can be made as may be lent, those that are made serve all: whoever was to make one waits for them. */
#ifndef LENDING_H
#define LENDING_H

#include "core.h"

struct lending;
struct party;

struct loan {
	void *thing;            /* NULL: none was made for it yet; whoever makes one leaves it here */
	int64_t waited_us;
	struct party *party;    /* for lending alone */
};

/* At most so many at once. */
struct lending *lending_create(int most);
/* Nobody has one, nor waits for one. What was made is closed. */
void lending_destroy(struct lending *lending, void (*close)(void *thing));

/* What was given back last comes first: what it keeps is warm. `party`: the caller, 0 nobody's. False: it
 * did not come in time. */
MUST_USE bool lending_take(struct lending *lending, uint64_t party, int64_t timeout_ms,
                           struct loan *loan);
/* None could be made for it, nor can one before tick_ms() is `again_ms`: what was lent is given back, and one of
 * those that are made taken instead, as above. False, too, where there are none. */
MUST_USE bool lending_take_made(struct lending *lending, uint64_t party, int64_t timeout_ms, int64_t again_ms,
                                struct loan *loan);
/* With a thing that is NULL the next one makes another. */
void lending_give_back(struct lending *lending, struct loan *loan);
/* Gives it to whoever is next. False: nobody waits, and it stays lent. */
MUST_USE bool lending_pass_on(struct lending *lending, struct loan *loan);
int lending_waiting(struct lending *lending);           /* threads */
/* How many were lent at once, at most, since this was asked last. */
int lending_needed(struct lending *lending);
/* The one that was not lent for the longest time, where more than so many are there; NULL: none. Nobody is
 * lent it any more. */
void *lending_retire(struct lending *lending, int kept);

#endif
