/* turns.h - the threads of a process write to a database one after the other, in order of arrival.
 *
 * SQLite lets one connection write at a time and has the others ask again and again: whoever asks
 * at the right moment wins. Within a process we queue instead. */
#ifndef TURNS_H
#define TURNS_H

#include "core.h"

struct turns;

/* The queue that all connections of this process to a file share. NULL: there is no such file. */
struct turns *turns_join(const char *path);
void turns_leave(struct turns *turns);                  /* NULL is fine */

/* Waits for this thread's turn: false if it did not come in time. */
MUST_USE bool turns_take(struct turns *turns, int64_t timeout_ms);
void turns_pass(struct turns *turns);                   /* ends the turn */

#endif
