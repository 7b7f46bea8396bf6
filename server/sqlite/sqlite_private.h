/* sqlite_private.h - inside the SQLite driver: a handle, and the connection it has at hand. */
#ifndef SQLITE_PRIVATE_H
#define SQLITE_PRIVATE_H

#include "connection.h"
#include "driver.h"
#include "file.h"
#include "sqlite.h"

#define BUDGET_GRAIN 1000               /* steps between two looks at the budget */

struct sqlite {
	struct store store;
	struct sqlite_connection *connection;   /* at hand; NULL: none is lent to it now */
	struct loan loan;                       /* of a reader, or of the turn to write */
	bool reading;                           /* of a reader */
	int reads;                              /* of the call, an event loop's */
	struct sqlite_file *file;               /* NULL: a scratch file or a state, nobody else's */
	struct notices *notices;                /* NULL: nobody listens to it */
	bool damaged;                           /* a state, and it was said */
	bool joined;                            /* what it has begun is within another's transaction */
	bool spoilt;                            /* its latest went with another's that failed */
	int64_t changed;                        /* rows, by the latest statement that was done */
	struct query alone;                     /* one that writes outside of a transaction; no sql: none */
	bool ended;                             /* it has, and its statement is others' */
	int64_t disk_said_ms;                   /* when it was last said that a state's disk fails; 0: never */
	struct look *look;              /* NULL: it is opened to be served */
	bool doubted;                   /* a state that was found damaged: gone through at the next start */
};

static inline struct sqlite *sqlite_of(struct store *store)
{
	return (struct sqlite *)store;
}

/* Says why the latest call of SQLite failed with `code`. */
void sqlite_failed(struct sqlite *sqlite, const char *sql, int code);

/* ---- lend.c: of a file, connections are lent to handles that write ---- */

/* Waits for one that only reads, and says so where it does not come. */
MUST_USE bool sqlite_lend_reader(struct sqlite *sqlite);
void sqlite_give_back(struct sqlite *sqlite);
/* Waits for this thread's turn to write, which has the connection that writes, and says so where it
 * does not come. */
MUST_USE bool sqlite_take_turn(struct sqlite *sqlite, const char *sql);
void sqlite_pass_turn(struct sqlite *sqlite);

/* ---- group.c: transactions of a file, committed in groups ---- */

#define SQLITE_SPOILT "another transaction failed, and SQLite took back this one with it"

enum ended { ENDED_WELL, ENDED_BADLY, ENDED_AGAIN };

/* Takes the turn and begins; says so where it can't. */
MUST_USE bool sqlite_group_begin(struct sqlite *sqlite, const char *sql);
/* Ends what was begun, so that it is on the disk, or nothing of it is; and the turn. ENDED_BADLY: it
 * failed, or was not wanted, which was said. ENDED_AGAIN: it went with another that failed; that was
 * not. */
enum ended sqlite_group_end(struct sqlite *sqlite, bool wanted);
/* Takes the turn for what is no transaction; one that is open is committed first. */
MUST_USE bool sqlite_group_interrupt(struct sqlite *sqlite, const char *sql);

/* Whether what was read or written is where it should be. */
MUST_USE bool sqlite_wrote_in_place(struct sqlite *sqlite);
MUST_USE bool sqlite_reads_in_place(struct sqlite *sqlite);

/* well.c, the driver's. */
bool sqlite_well(struct store *store, struct store_why *why);
/* look.c: whether what was read was all of it, and of one moment. */
bool sqlite_look_well(const struct sqlite *sqlite, struct store_why *why);
bool sqlite_look_is_still(const struct sqlite *sqlite);         /* of one moment */

/* state.c: between transactions. Of one that is doubted the file says so from now on. */
void sqlite_state_doubt(struct sqlite *sqlite);
void sqlite_rest(struct store *store);                  /* the driver's */

/* ---- notify.c ---- */

/* What PostgreSQL has and SQLite has not, and the state's statements use: pg_notify(), mcp_now(),
 * octet_length(). */
struct notices *notices_create(sqlite3 *db);
void notices_destroy(struct notices *notices);          /* NULL is fine, here and below */
/* What was told since is heard from now on (committed), or never. */
void notices_settle(struct notices *notices, bool committed);
unsigned sqlite_connection(const struct store *store);
int sqlite_socket(const struct store *store);
bool sqlite_listen(struct store *store, const char *channel);
bool sqlite_heard(struct store *store, struct store_notice *notice);
void sqlite_heard_free(struct store_notice *notice);

/* ---- statement.c: the driver's functions of the same names ---- */

bool sqlite_prepare(struct store *store, const struct query *query, bool changes, struct store_why *why);
struct statement *sqlite_begin(struct store *store, const struct query *query);
enum step sqlite_step(struct store *store, struct statement *statement);
const char *sqlite_read(struct statement *statement, struct arena *arena, void *row);
int64_t sqlite_changed(struct store *store, struct statement *statement);
bool sqlite_writes(const struct statement *statement);
void sqlite_end(struct store *store, struct statement *statement);
void sqlite_end_call(struct store *store);

#endif
