/* failing.h - a database that fails once, at a statement or an end of a transaction of the test's
 * choice: what do the tools say then, and what have they done? */
#ifndef FAILING_H
#define FAILING_H

#include "tools.h"

/* After `n` statements and ends of transactions one fails; has_failed() tells whether it came to that. */
void make_failing(struct program *program, int n);
/* After `n` statements and ends, and before the next, another process does `what`. */
void make_meddled(struct program *program, int n, void (*what)(void));
/* The next transaction is run once more: another one was first, which did `what`. */
void make_overtaken(struct program *program, void (*what)(void));
void make_sound(struct program *program);
bool has_failed(void);

#endif
