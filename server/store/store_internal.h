/* store_internal.h - what the runtime knows of a store and programs do not.
 *
 * Before a tool runs the runtime calls store_begin_call(). If the tool then fails because its store
 * gave up, the runtime drops what it answered and runs it again on a worker. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "store.h"

/* What a call may cost on an event loop: steps of SQLite's virtual machine, some 20 ns each. A row
 * found by its key takes about 20 of them, a row passed in a scan 3 to 10. */
#define STORE_BUDGET 50000

/* Resets the budget and store_gave_up(). A STORE_WRITES store has no bound. */
void store_begin_call(struct store *store, int64_t budget);

/* A STORE_READS store ended this call's work: the budget was spent, the database was locked (a loop
 * never waits for a lock), or the tool wanted to write. From then on every function of it fails. */
bool store_gave_up(const struct store *store);

/* How many statements that write this store has begun since it was opened. */
int64_t store_changes_made(const struct store *store);

/* Even a read may wait for another machine, so it belongs on a worker. False for SQLite. */
bool store_blocks(const struct store *store);

/* No statement and no transaction is open, as it must be between calls. */
bool store_is_idle(const struct store *store);

#endif
