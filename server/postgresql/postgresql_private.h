/* postgresql_private.h - inside the PostgreSQL driver: a store, its connection, the statements that keeps, and failure. */
#ifndef POSTGRESQL_PRIVATE_H
#define POSTGRESQL_PRIVATE_H

#include <libpq-fe.h>
#include <pthread.h>

#include "kept.h"
#include "lending.h"
#include "postgresql.h"

#define POSTGRES_STATEMENT_MS 10000     /* the server ends a statement */
#define POSTGRES_WHY 256                /* bytes */
#define POSTGRES_QUEUE 500              /* statements sent without waiting for an answer */

/* When a database may be tried that could not be reached: of one connection, or of all that are lent. */
struct postgres_attempts {
	pthread_mutex_t lock;
	bool fails, retries;            /* the latest attempt failed; another is on its way since */
	unsigned made;                  /* connections that this process had made when it began */
	int64_t pause_ms, next_try_ms;  /* growing; tick_ms() of the next attempt */
	char why[POSTGRES_WHY];         /* the latest that failed, in one line */
};

/* Where a connection goes (connect.c). */
struct postgres_link {
	char *url;
	int64_t made_ms;                /* tick_ms() when the connection was */
	bool unhurried;                 /* no limit to what a statement may take */
	int hurried_ms;                 /* an event loop's: it only reads, and what takes longer is ended; 0: not so */
	PGconn *connection;             /* NULL: there is none */
	bool looked;                    /* just now, whether it seems to live */
	bool listens;                   /* what comes unasked is news */
	unsigned number;                /* counts connections: what was prepared on another is not */
	struct postgres_attempts *attempts, own;
	char why[POSTGRES_WHY];         /* the latest attempt failed, in one line */
	const char **queue;             /* their texts; NULL: nothing was ever queued */
	int queued;                     /* more than 0: the connection is in pipeline mode */
	const char *failed_sql;         /* the latest failure was that of a queued one, this */
};

struct postgres {
	struct store *store;            /* what has it; NULL: it is to be lent */
	struct postgres_link link;
	bool was_unhurried;             /* before migrations began */
	bool reading;                   /* inside the transaction that cursors need */
	int cursors;                    /* open now */
	unsigned names;                 /* of statements, given so far */
	struct kept_statements kept;
};

struct postgres_store {
	struct store store;
	struct postgres *at;            /* the connection it has */
	struct lender *lender;          /* of whom it has it, while it runs something; NULL: it is its own */
	struct loan loan;
	struct store_answers *answers;  /* of the call whose run it is; NULL: there is none */
	struct reads *reads;            /* of an event loop that reads; NULL: it is another, or gives up at once */
};

static inline struct postgres *postgres_of(struct store *store)
{
	return ((struct postgres_store *)store)->at;
}

/* ---- rights.c ---- */

#define POSTGRES_ONLY_READ \
	"only can be read: it is a standby, or default_transaction_read_only is set; DATABASE_URL is to name the one" \
	" that is written to"

/* What the server says of a failure, with what gives a right that is missing. */
const char *postgres_words(const struct postgres *postgres, const char *sql, const PGresult *result, char text[POSTGRES_WHY]);
/* Another that was made now would be to the same server. */
bool postgres_is_fresh(const struct postgres *postgres);
/* The driver's. */
bool postgres_well(struct store *store, struct store_why *why);
bool postgres_may(struct store *store, const struct query *query, struct store_why *why);

/* ---- library.c ---- */

/* Before anything of libpq is called. NULL: it is there; otherwise why not. */
MUST_USE const char *postgres_library(void);

/* ---- connect.c: the connection, without a word about statements ---- */

/* False, and the reason in `why` or the log, never with the password. `attempts` NULL: its own. */
MUST_USE bool link_open(struct postgres_link *link, const char *place,
                        struct postgres_attempts *attempts);
void link_close(struct postgres_link *link);
/* A connection that seems to live: the one there is, or a new one where its time has come. False:
 * the reason is in link->why. */
MUST_USE bool link_ready(struct postgres_link *link);
/* There is one no more. */
void link_lost(struct postgres_link *link);
/* Waits for the answer to what was sent, and to all that is queued, at most until tick_ms() is
 * `until_ms` (0: for ever), and gives its last result. NULL: the connection failed; link->why says
 * how. */
PGresult *link_answer(struct postgres_link *link, int64_t until_ms);
/* The first line of what libpq says of it. */
void link_explain(struct postgres_link *link, const char *otherwise);

/* ---- attempts.c ---- */

void attempts_begin(struct postgres_attempts *attempts);
void attempts_end(struct postgres_attempts *attempts);
/* Whether its time has come. Where the one before failed only one may, until it is known what came of it.
 * False: `why` says what that one failed of. */
MUST_USE bool attempts_may(struct postgres_attempts *attempts, char why[POSTGRES_WHY]);
/* tick_ms() of the next one. */
int64_t attempts_next_ms(struct postgres_attempts *attempts);
/* Whether the latest did. */
bool attempts_fail(struct postgres_attempts *attempts);
void attempts_succeeded(struct postgres_attempts *attempts);
void attempts_failed(struct postgres_attempts *attempts, const char *why);

/* ---- lend.c ---- */

/* The one of this process that lends connections to that place, at most so many. */
struct lender *lender_join(const char *place, int connections);
void lender_leave(struct lender *lender);
/* A little longer than a statement may take, so that one alone makes nobody fail. Tests have less time. */
extern int64_t postgres_lend_wait_ms;
/* Waits until the store has a connection, which link_ready() then says, too. False: none came free in time, or
 * none can be had, and that is reported. */
MUST_USE bool postgres_borrow(struct store *store, const char *sql);
/* The store has none any more, where it is a lent one and nothing is running. */
void postgres_give_back(struct store *store, int running);

/* ---- postgresql.c ---- */

/* Room for so many of that size, for one at least. */
void *postgres_zeroed(int count, size_t size);
/* NULL: the place is no URL; has logged why. `attempts` NULL: its own. */
struct postgres *postgres_create(const char *place, struct postgres_attempts *attempts);
void postgres_destroy(struct postgres *postgres);

/* Sees to it that nothing is queued any more. False: something failed, and is reported. */
MUST_USE bool postgres_settle(struct postgres *postgres);
/* When a statement that is sent now must have been answered. */
int64_t postgres_until(const struct postgres *postgres);
/* Runs statements without parameters. NULL, or the failure is reported. */
PGresult *postgres_run(struct postgres *postgres, const char *sql);
/* Reports why a statement failed, and frees the result (NULL: the connection was lost). */
/* While no connection can be made which statement wanted one says nothing, and would make an outage as many lines
 * of the log as there are statements: NULL then. */
const char *postgres_told(struct postgres *postgres, const char *sql);
void postgres_failed(struct postgres *postgres, const char *sql, PGresult *result);
/* The same of one that was told: where the text itself is wrong, that is the program's mistake. */
void postgres_statement_failed(struct postgres *postgres, const char *sql, PGresult *result);
/* The state of a failure, "" where the connection was lost. */
const char *postgres_state(const PGresult *result);
/* It is about the statement, and would be the same again. */
bool postgres_refuses(const PGresult *result);

/* ---- answers.c, dial.c, reads.c ---- */

/* A statement whose answer is there. NULL: it was sent, or the store gave up. */
struct statement *reads_begin(struct store *store, const struct query *query);
void reads_destroy(struct reads *reads);
extern const struct driver_reads postgres_driver_reads;

/* ---- translate.c ---- */

/* A statement with $1 for its first :name, and so on; each name once. Whether it writes is told by its words. */
struct translated {
	char *text;
	char **names;
	int count;
	bool writes;
	const char *wrong;              /* NULL: nothing */
};
struct translated translate(const char *sql);
void translated_free(struct translated *translated);

/* ---- run.c, statement.c, listen.c: the driver's functions of the same
 * names ---- */

bool postgres_prepare(struct store *store, const struct query *query, bool changes, struct store_why *why);
struct statement *postgres_begin(struct store *store, const struct query *query);
enum step postgres_step(struct store *store, struct statement *statement);
const char *postgres_read(struct statement *statement, struct arena *arena, void *row);
int64_t postgres_changed(struct store *store, struct statement *statement);
bool postgres_queue(struct store *store, const struct query *query);
bool postgres_writes(const struct statement *statement);
void postgres_end(struct store *store, struct statement *statement);
void postgres_forget(struct postgres *postgres);        /* all kept statements */
unsigned postgres_connection(const struct store *store);
int postgres_socket(const struct store *store);
bool postgres_listen(struct store *store, const char *channel);
bool postgres_heard(struct store *store, struct store_notice *notice);
void postgres_heard_free(struct store_notice *notice);

#endif
