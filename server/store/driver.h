/* driver.h - what a database does for the store, and the store for its driver.
 *
 * store.c knows rows, transactions and failure; a driver knows one database. To add one, write its
 * const struct driver and name it in the table in databases.c. */
#ifndef DRIVER_H
#define DRIVER_H

#include "slot.h"
#include "store.h"
#include "store_internal.h"
#include "store_reads.h"
#include "wrong.h"

#define STORE_WAIT_MS 5000      /* for other writers, before a call fails */

/* Every driver's own struct begins with it. */
struct store {
	const struct driver *driver;
	enum store_use use;
	uint64_t party;                 /* on whose behalf it runs something; 0: nobody's */
	int running;                    /* statements begun and not ended */
	bool transacting;
	bool begun;                     /* the transaction at hand was, in this run or an earlier one */
	bool failed;                    /* the transaction can only be taken back */
	bool again;                     /* ... and is worth running again */
	enum store_cause cause;         /* of the failure that counts, see store_refused() */
	bool changed;                   /* ... changed something, if it is committed */
	uint64_t commits;               /* see store_commits() */
	char why[128];                  /* ... because of this; or the latest failure that was hushed */
	bool hushed;                    /* what fails is told by who runs it, and not run again */
	bool lost;                      /* what was in it, see store_lost() */
	bool gave_up;
	bool waits;                     /* ... for an answer: see store_reads.h */
	int64_t budget;
	bool in_call;                   /* between store_begin_call() and store_end_call() */
	char *scratch;                  /* rows being collected */
	size_t scratch_room;
};

struct statement;                       /* a driver's: prepared, and run once at a time */

struct query {
	const char *sql;
	const struct shape *in;         /* NULL: no parameters */
	const void *params;
	const struct shape *out;        /* NULL: rows do not matter */
	bool each;                      /* in constant memory, and others may begin meanwhile */
};

enum step { STEP_ROW, STEP_DONE, STEP_FAILED };

/* How an event loop reads; each is store_reads.h's function of a similar name. */
struct driver_reads {
	void (*run)(struct store *store, struct store_answers *answers);
	void (*drop)(struct store_answers *answers);
	void (*begin)(struct store *store, struct store_loop *loop);
	bool (*now)(struct store *store);
	void (*ready)(struct store *store);
	void (*flush)(struct store *store);
	void (*check)(struct store *store);
	void (*dial)(struct store_dial *dial);
	void (*dialled)(struct store_dial *dial);
};

/* Every driver's own struct begins with it. */
struct store_dial {
	const struct driver_reads *reads;
};

/* Whatever can fail tells store_failed() why before it returns. */
struct driver {
	enum store_kind kind;
	const char *scheme, *alias;     /* of its URLs */
	bool blocks;                    /* a read may wait for another machine */
	int tries;                      /* of a transaction that the database has run again */

	/* `place` is the URL after the scheme. */
	struct store *(*open)(const char *place, enum store_use use);
	void (*close)(struct store *store);
	/* NULL, or: from now on it has a connection only while it runs something, one of at most so many that
	 * it shares with all others of this process that are opened so. */
	void (*share)(struct store *store, int connections);
	bool (*reachable)(struct store *store);
	/* NULL, or store_well(). */
	bool (*well)(struct store *store, struct store_why *why);

	/* A run: begin, step until it is not STEP_ROW (or earlier), end. NULL: it can't begin. Others may
	 * begin meanwhile, also of the same text. */
	struct statement *(*begin)(struct store *store, const struct query *query);
	enum step (*step)(struct store *store, struct statement *statement);
	/* The row at hand into a zeroed struct. Its text goes into the arena, all at once; without one
	 * it stays the driver's and lives until the next step. NULL, or: a column whose text is no number, where
	 * the field takes one: 0 stands there. */
	const char *(*read)(struct statement *statement, struct arena *arena, void *row);
	int64_t (*changed)(struct store *store, struct statement *statement);   /* rows, after STEP_DONE */
	bool (*writes)(const struct statement *statement);
	void (*end)(struct store *store, struct statement *statement);

	/* Whether it could be run as it is, and only `changes`, by what only runs what writes: `why` not, or
	 * empty. False: the database could not say. */
	bool (*prepare)(struct store *store, const struct query *query, bool changes, struct store_why *why);
	/* NULL: whoever has it opened may do all, or: whether its role may do what it would, looked at in the same way. */
	bool (*may)(struct store *store, const struct query *query, struct store_why *why);
	/* Of the database that the latest statement ran on; another one may take other statements. */
	const char *(*version)(struct store *store);

	/* Runs a statement that writes, some time before another begins or the transaction ends. NULL:
	 * there is nothing to gain by that. */
	bool (*queue)(struct store *store, const struct query *query);

	/* NULL: a read waits for nobody. */
	const struct driver_reads *reads;
	/* NULL, or: the call whose reading it was is over. */
	void (*end_call)(struct store *store);

	bool (*transact)(struct store *store);
	/* Either ends the transaction, whatever comes of it. */
	void (*commit)(struct store *store);
	void (*take_back)(struct store *store);
	/* NULL, or: it is over, and not run again. */
	void (*transacted)(struct store *store);

	/* The statements of a migration, separated by ; and without parameters. */
	bool (*script)(struct store *store, const char *sql);
	const char *(*script_of)(const struct migration *migration);
	/* A query for the names of the columns of the table :name; where there is none, for no row. */
	const char *columns;
	/* NULL, or: migrations begin (other processes wait with theirs), or end. */
	bool (*migrating)(struct store *store, bool begins);
	/* NULL, or: gives back what it needed before, between transactions. */
	void (*rest)(struct store *store);
	/* NULL, or: statements may take as long as they take. */
	void (*unhurried)(struct store *store);

	/* What was told with pg_notify(); see store_internal.h. */
	unsigned (*connection)(const struct store *store);
	int (*socket)(const struct store *store);
	bool (*listen)(struct store *store, const char *channel);
	bool (*heard)(struct store *store, struct store_notice *notice);
	void (*heard_free)(struct store_notice *notice);
};

/* What the driver opens, as the store wants it; NULL: it can't, and has logged why. */
struct store *store_open_with(const struct driver *driver, const char *place, enum store_use use);

/* Logs why something failed, `sql` NULL where it was no statement, and marks the transaction. */
void store_failed(struct store *store, const char *sql, enum store_cause cause, const char *why);
/* The same, where the log has it already and would have it again with every call. */
void store_known_failed(struct store *store, enum store_cause cause, const char *why);
/* Counts it, once it is known that it is not run again. */
void store_failed_for_good(struct store *store);
/* Ends a call that an event loop can't finish. */
void store_give_up(struct store *store);
/* False: it is none, which is a program's mistake. */
bool store_there(const struct store *store);
/* For begin(), of a statement that writes. False: not with this store. */
MUST_USE bool store_may_write(struct store *store, const char *sql);
/* A program's mistake, see mistake.h: where that does not end the process, what was to be run has failed. `sql`
 * NULL: it is about no statement. */
void store_misused(struct store *store, const char *sql, const char *format, ...) PRINTF(3, 4);
/* The database can't run it: the same of what a program's tool, job or command runs, unless it was sound as the program
 * began. Else it was the runtime, as it starts or looks, or somebody has changed the tables since: that has failed. */
void store_unfit(struct store *store, const char *sql, const char *why);

/* ---- What the text of a statement tells (text.c) ---- */

/* The databases differ in what is a comment, a text and a blank. */
enum text_kind { TEXT_SPACE, TEXT_COMMENT, TEXT_QUOTED, TEXT_WORD, TEXT_OTHER };
struct text_part {
	enum text_kind kind;            /* quoted: a text or a name; other: a character */
	size_t size;                    /* 0: the end */
};
struct text_part store_text_part(const char *sql, enum store_kind kind);

/* As it is first prepared: what is wrong with it, or NULL. It must not begin or end a transaction, in which others
 * may be (sqlite/group.c), nor leave the connection another than it was. */
const char *store_text_wrong(const char *sql, enum store_kind kind);
const char *store_text_begin(const char *sql, enum store_kind kind);  /* behind white space and comments */
bool store_text_ends(const char *sql, enum store_kind kind);          /* nothing follows but these, and semicolons */
/* It is part of the program: what is at its address now will always be. */
bool store_text_is_constant(const char *sql);

#endif
