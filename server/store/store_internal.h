/* store_internal.h - what the runtime knows of a store and programs do not.
 *
 * Before a tool runs the runtime calls store_begin_call(). If the tool then fails because its store
 * gave up, the runtime drops what it answered and runs it again on a worker. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <stdatomic.h>

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

/* For commands: a statement may take as long as it takes, and others may change what a transaction
 * read before it is committed. */
void store_unhurried(struct store *store);

/* Who signs in to PostgreSQL, whatever a URL says; either may be NULL. Before any store is opened. */
void store_sign_in(const char *user, const char *password);

/* ---- PostgreSQL alone ---- */

/* The latest attempt to reach it failed, on whichever thread of this process. */
bool store_is_away(void);

/* Listens to what other processes say with pg_notify(channel, payload). One thread, which it may keep
 * for some seconds while it connects; reading never waits.
 *
 *     for (;;) {
 *         if (!store_listener_connect(listener)) -> wait for store_listener_pause_ms() or a stop
 *         else if it was not connected before    -> what was said meanwhile is lost: catch up
 *         poll store_listener_fd() for reading, with a timeout of some seconds
 *         readable -> store_listener_read(), timeout -> store_listener_check()
 *     }
 */
struct store_listener;
typedef void store_heard_fn(void *context, const char *channel, const char *payload);

/* `channels` ends with NULL and must live as long. NULL: not a PostgreSQL URL, or one that can't be
 * used, which was logged. */
struct store_listener *store_listener_open(const char *url, const char *const *channels);
void store_listener_close(struct store_listener *listener);             /* NULL is fine */
/* Connected, and listening to all channels; tries to be, where its pause is over. */
MUST_USE bool store_listener_connect(struct store_listener *listener);
int store_listener_fd(const struct store_listener *listener);           /* -1: not connected */
int64_t store_listener_pause_ms(const struct store_listener *listener); /* until it may try again */
/* Hands over all that has come. False: the connection is gone. */
MUST_USE bool store_listener_read(struct store_listener *listener, store_heard_fn *heard,
                                  void *context);
/* Asks whether the server is still there, and waits two seconds for the answer. False: it is not. */
MUST_USE bool store_listener_check(struct store_listener *listener, store_heard_fn *heard,
                                   void *context);

/* A URL as it may be shown: without who signs in, and how. */
#define STORE_PLACE_SIZE 256
const char *store_place(const char *url, char place[STORE_PLACE_SIZE]);

/* Makes the role and the database that a service signs in to, as a master who may: the role owns the
 * schema public of that database, and only it may sign in there. */
struct store_setup {
	const char *url, *user, *password;      /* of the service; the last two say what the URL doesn't */
	const char *master_url;                 /* NULL: `url`, but the database postgres */
	const char *master_user, *master_password;
	bool made_role, set_password, made_database;
	char why[512];                          /* it could not be done */
};
MUST_USE bool store_setup(struct store_setup *setup);

/* What this process asked of a database server; of SQLite only `reruns`. */
struct store_counters {
	atomic_llong statements;        /* sent, BEGIN, COMMIT and FETCH too: one round trip each */
	atomic_llong prepared;          /* one more round trip, once a statement and connection */
	atomic_llong connects;          /* attempts */
	atomic_llong reruns;            /* of transactions */
};
extern struct store_counters store_counters;

#endif
