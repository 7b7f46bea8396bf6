/* store_internal.h - what the runtime knows of a store and programs do not.
 *
 * Before a tool runs the runtime calls store_begin_call(). If the tool then fails because its store
 * gave up, the runtime drops what it answered and runs it again on a worker. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "counted.h"
#include "store.h"
#include "wrong.h"

/* What a call may cost on an event loop: steps of SQLite's virtual machine, some 20 ns each, up to 100 where
 * they find rows all over a file. A row found by its key takes about 20 of them, a row passed in a scan
 * 3 to 10. What a full-text index does to find its first row is one step, however long it takes. */
#define STORE_BUDGET 50000

/* Why something failed: what its operator has to look for, and whether the database has it run again. */
enum store_cause {
	STORE_WELL,
	STORE_AWAY,             /* it is not reached, does not answer in time, or has no connection to spare */
	STORE_LOST,             /* the same in the middle of it: a transaction that was begun may be run again */
	STORE_AGAIN,            /* others were in the way: it may be run again */
	STORE_UNABLE,           /* it answers, and can't: a disk is full, a file damaged, memory short */
	STORE_UNFIT,            /* its tables or its rights are not those that the statement needs */
	STORE_REFUSED,          /* for what it was given: a value, a constraint, a limit */
	STORE_MISUSED,          /* the program's mistake */
	STORE_CAUSES
};

/* Resets the budget and store_gave_up(). A STORE_WRITES store has no bound. */
void store_begin_call(struct store *store, int64_t budget);
/* What the call reads it may read as of one moment, which ends here. */
void store_end_call(struct store *store);

/* On whose behalf it runs things from now on, see job.party: who shares connections has them in turn. */
void store_for(struct store *store, uint64_t party);

/* A STORE_READS store ended this call's work: the budget was spent, the database was locked (a loop
 * never waits for a lock), or the tool wanted to write. From then on every function of it fails. */
bool store_gave_up(const struct store *store);

/* Whether what is written next would find a place, where that can be seen before: a file's disk, its rights. False: `why`
 * not. */
bool store_well(struct store *store, struct store_why *why);

/* What failed since store_begin_call() was refused for what it is (a value, a constraint, a right, a mistake): the
 * database is well, and would refuse it again. False where it may go better later. */
bool store_refused(const struct store *store);

/* What was in it, a state, had to be put aside: it is new, its service is not. */
bool store_lost(const struct store *store);

/* Even a read may wait for another machine, so it belongs on a worker. False for SQLite. */
bool store_blocks(const struct store *store);

/* How often it has changed something so far, which was committed. */
uint64_t store_commits(const struct store *store);

/* No statement and no transaction is open, as it must be between calls. */
bool store_is_idle(const struct store *store);

/* For commands: a statement may take as long as it takes, and others may change what a transaction
 * read before it is committed. */
void store_unhurried(struct store *store);

/* Now and then, between transactions: SQLite gives back what it needed before, memory and pages. */
void store_rest(struct store *store);

/* ---- Listening ---- */

/* One that listened hears what was told with pg_notify(channel, words), once that is committed: on
 * PostgreSQL by anybody, until its connection is lost, and what was told while there was none is lost; on
 * SQLite through the same store of state. */

/* The connection this store has now: another number after it was lost; 0: none. */
unsigned store_connection(const struct store *store);
/* Its descriptor, to poll for reading; -1: there is nothing to wait for. */
int store_socket(const struct store *store);
/* From now on, until the connection is lost. */
MUST_USE bool store_listen(struct store *store, const char *channel);

struct store_notice {
	const char *channel, *words;
	bool mine;                      /* told on this very connection */
	void *owned;
};
/* What was told, one at a time. False: nothing more now. */
bool store_heard(struct store *store, struct store_notice *notice);
void store_heard_free(struct store *store, struct store_notice *notice);

/* ---- Counting ---- */

/* What this process asked of a database server; of SQLite only `reruns`, `failed` and `wal_bytes`. */
struct store_counters {
	atomic_llong statements;        /* sent, BEGIN, COMMIT and FETCH too: one round trip each */
	atomic_llong prepared;          /* one more round trip, once a statement and connection */
	atomic_llong connects;          /* attempts */
	atomic_llong reruns;            /* of transactions */
	atomic_llong wal_bytes;         /* of SQLite's WAL, when store_well() looked */
	atomic_llong failed[STORE_CAUSES];      /* statements and transactions, for good, by their cause */
	atomic_llong lendable;          /* connections that are shared: open now */
	atomic_llong waits, waited_us, waits_in_vain;   /* for one of them */
	atomic_llong loop_reads;        /* of the statements, those that loops sent */
	atomic_llong loop_reads_left;   /* of these, those that a worker had to do after all */
};
extern struct store_counters store_counters;
extern const struct counted store_counted[];    /* the same, for /metrics */

#endif
