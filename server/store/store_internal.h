/* store_internal.h - what the runtime knows of a store and programs do not.
 *
 * Before a tool runs the runtime calls store_begin_call(). If the tool then fails because its store
 * gave up, the runtime drops what it answered and runs it again on a worker. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "counted.h"
#include "store.h"

/* What a call may cost on an event loop: steps of SQLite's virtual machine, some 20 ns each. A row
 * found by its key takes about 20 of them, a row passed in a scan 3 to 10. */
#define STORE_BUDGET 50000

/* Resets the budget and store_gave_up(). A STORE_WRITES store has no bound. */
void store_begin_call(struct store *store, int64_t budget);
/* What the call reads it may read as of one moment, which ends here. */
void store_end_call(struct store *store);

/* store_open() of one that writes, where as many threads as there are may have one each: with PostgreSQL
 * they share so many connections, which each of them has only while it runs something. */
struct store *store_open_shared(const char *url, int connections);
/* On whose behalf it runs things from now on, see job.party: who shares connections has them in turn. */
void store_for(struct store *store, uint64_t party);

/* A STORE_READS store ended this call's work: the budget was spent, the database was locked (a loop
 * never waits for a lock), or the tool wanted to write. From then on every function of it fails. */
bool store_gave_up(const struct store *store);

/* What failed since store_begin_call() was refused for what it is (a value, a constraint, a right): the
 * database is well, and would refuse it again. False where it may go better later. */
bool store_refused(const struct store *store);

/* Even a read may wait for another machine, so it belongs on a worker. False for SQLite. */
bool store_blocks(const struct store *store);

/* No statement and no transaction is open, as it must be between calls. */
bool store_is_idle(const struct store *store);

/* For commands: a statement may take as long as it takes, and others may change what a transaction
 * read before it is committed. */
void store_unhurried(struct store *store);

/* Who signs in to PostgreSQL, whatever a URL says; either may be NULL. Before any store is opened. */
void store_sign_in(const char *user, const char *password);

/* A store of one's own for what is too much for memory: an SQLite file without a name, near the
 * database or where files may be written, which is gone when it is closed. Nothing in it lasts and
 * nobody waits for it. `tables` makes it. For commands, one thread. NULL: it can't, and has logged why. */
struct store *store_open_scratch(const struct store *near, const char *tables);

/* ---- SQLite alone ---- */

struct store_copy {
	const char *url;                /* of the database, sqlite:PATH */
	const char *file;               /* of the copy */
	const struct migration *migrations;     /* to restore: those of the program */
	/* Called now and then; false gives up. */
	bool (*going)(void *context, int64_t bytes, int64_t of);
	void *context;
	int64_t bytes;                  /* that were copied */
	char aside[512];                /* restored: where what was there is now; "": nothing was */
	char why[768];                  /* it could not be done */
};

/* Copies a database as it is at this moment into a file of its own, which is checked, on the disk and
 * whole before it has its name. Others may go on reading and writing. */
MUST_USE bool store_backup(struct store_copy *copy);
/* Puts such a copy in the database's place, once it was checked. Nobody may have either of them open.
 * What was there, its log included, is kept under another name. */
MUST_USE bool store_restore(struct store_copy *copy);

/* Other processes may have it open too, on other machines: PostgreSQL. */
bool store_url_is_shared(const char *url);

/* ---- State: what a service knows beside its data ---- */

/* A store for that, where `data` is the data's URL. PostgreSQL has both in one database. Beside a file
 * of SQLite's it is another, PATH.state, so that neither waits for the other; whoever has that opened
 * has it alone, and is waited for, `wait_ms` at most. What is in it survives this process, but not always
 * the machine: a file that is damaged is put aside. NULL, no data: in memory. Answers NULL where it
 * can't, and has logged why.
 *
 * Statements may use what PostgreSQL has: pg_notify(channel, words), octet_length(text), and mcp_now(),
 * the database's clock in ms, which on PostgreSQL a migration makes. */
struct store *store_open_state(const char *data, int64_t wait_ms);

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

/* ---- PostgreSQL alone ---- */

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
	atomic_llong lendable;          /* connections that are shared: open now */
	atomic_llong waits, waited_us, waits_in_vain;   /* for one of them */
	atomic_llong loop_reads;        /* of the statements, those that loops sent */
	atomic_llong loop_reads_left;   /* of these, those that a worker had to do after all */
};
extern struct store_counters store_counters;
extern const struct counted store_counted[];    /* the same, for /metrics */

#endif
