/* share.h - what is kept for a caller, counted by its name. */
#ifndef SHARE_H
#define SHARE_H

#include "charged.h"
#include "core.h"

/* Of what is kept for all callers (auth_share()), at most half. */
struct share {
	struct share *next;
	_Atomic(int) references;
	struct budget requests, streams;
	char name[];
};

/* Held for the receiver. Of the name of a key it stays for as long as the process (the caller that a SIGHUP
 * makes of the key goes on with it, and there are as many as names); any other goes with whoever holds it, or
 * one of its budgets, last. */
struct share *share_of(str name, bool of_key);
void share_drop(struct share *share);
size_t share_count(void);

#endif
