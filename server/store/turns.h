/* turns.h - the threads of a process write to a database one after the other, in order of arrival.
 *
 * SQLite lets one connection write at a time and has the others ask again and again: whoever asks
 * at the right moment wins. Within a process we queue instead. */
#ifndef TURNS_H
#define TURNS_H

#include <pthread.h>
#include <time.h>

#include "core.h"

struct turns;

struct turns *turns_create(void);
void turns_destroy(struct turns *turns);                /* NULL is fine; nobody waits any more */

/* Waits for this thread's turn: false if it did not come in time. */
MUST_USE bool turns_take(struct turns *turns, int64_t timeout_ms);
void turns_pass(struct turns *turns);                   /* ends the turn */
/* Ends it where somebody waits for one, who then has it. False: nobody does, and it goes on. */
MUST_USE bool turns_pass_on(struct turns *turns);
int turns_waiting(struct turns *turns);                 /* how many there are */

/* For others that wait for a bounded time: a condition that goes by the clock that is never set. */
void turns_condition(pthread_cond_t *condition);
struct timespec turns_deadline(int64_t timeout_ms);

#endif
