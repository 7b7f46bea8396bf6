/* store.h - SQL in, structs out, the same for every database behind it.
 *
 * A statement names its parameters after the fields of a shape (:sku) and its result columns after
 * the fields of another; the store binds and reads by those names. A column without a field, or a
 * parameter without one, is a mistake: what runs it has failed (docs/mistakes.md).
 *
 *     ROWS(struct product) rows;
 *     if (!store_find(store, arena, "select sku, name from product where name >= :from limit :limit",
 *                     page_shape, &page, product_shape, &rows))
 *         return mcp_fail(call, "The catalogue is unavailable; try again shortly.");
 *
 * SQL      Pass string literals: statements are prepared once a connection and kept by address, and
 *          all of them before the program serves, so what is misspelt is found then; see statement.h.
 *          MONEY `price` is the columns (and parameters) price and price_currency; TIME is a bigint
 *          of milliseconds; BOOL an integer. Nested structs and lists are not bound. Members
 *          without a column are zero. Name the columns: a newer program may add one to *.
 * Threads  A store is one connection and belongs to one thread.
 * Failure  False, or -1: the database could not do it; the store has logged why. It may work later.
 * Budget   On an event loop a store only reads, and gives up after a bounded amount of work; the
 *          runtime then runs the tool again on a worker. So a tool need not care, but must return
 *          as soon as the store fails. */
#ifndef MCP_STORE_H
#define MCP_STORE_H

#include "core.h"
#include "shape.h"
#include "statement.h"

struct store;

/* One step of the schema's history: applied once, in order, each in a transaction. Only ever add
 * steps: deployed databases have run the old ones, and a program in which one of these reads otherwise
 * (white space apart) does not start. */
struct migration {
	const char *name;               /* "1-products": unique, kept in the table `migration` */
	const char *sqlite;             /* statements, separated by ;, or "" for nothing */
	const char *postgres;           /* NULL: the same as for SQLite */
};

enum store_use {
	STORE_READS,            /* an event loop's: read-only, with a budget per call */
	STORE_WRITES,           /* a worker's or a command's */
};

struct rows {
	void *first;            /* an array of structs, in the arena */
	int64_t count;
};
/* The same of a known struct, for store_find(). */
#define ROWS(T) union { struct rows rows; struct { T *first; int64_t count; }; }

/* Opens the database at sqlite:PATH or postgresql://USER@HOST/DATABASE (all of libpq's URLs). NULL: it
 * can't, and has logged why. PostgreSQL is connected to when it is first needed, and again whenever
 * the connection was lost. */
struct store *store_open(const char *url, enum store_use use);
void store_close(struct store *store);                          /* NULL is fine */
/* Brings the schema up to date; safe to run from several processes at once. */
MUST_USE bool store_migrate(struct store *store, const struct migration *migrations);
bool store_reachable(struct store *store);                      /* a trivial query works */

/* Whether a tool may wait here for something beside the database: on a worker it may. On an event loop it may not, and the store gives
 * up (see Budget), so that the tool is run again where it may. */
MUST_USE bool store_may_wait(struct store *store);

/* Which database it is. */
enum store_kind { STORE_SQLITE, STORE_POSTGRESQL };
enum store_kind store_kind(const struct store *store);

/* All rows of a query, in the arena. `in` NULL: no parameters. A statement that writes and returns
 * rows ("insert ... returning") may be run so too. */
MUST_USE bool store_find(struct store *store, struct arena *arena, const char *sql,
                         const struct shape *in, const void *params,
                         const struct shape *out, struct rows *rows);

/* The first row of a query into `row`, all of it (its text in the arena): 1, or 0 where there is
 * none (`row` is then untouched), or -1 on failure. */
MUST_USE int store_find_one(struct store *store, struct arena *arena, const char *sql,
                            const struct shape *in, const void *params,
                            const struct shape *out, void *row);

/* Hands each row of a query to `each`, one at a time, in constant memory: the row and its text are
 * gone when `each` returns. `each` returning false ends the query early, which is not a failure.
 * `each` may read; it may write only if both are within one store_transact(). */
typedef bool store_row_fn(void *context, const void *row);
MUST_USE bool store_each(struct store *store, const char *sql, const struct shape *in,
                         const void *params, const struct shape *out,
                         store_row_fn *each, void *context);

/* Runs a statement that writes: the number of rows it changed, or -1. */
MUST_USE int64_t store_change(struct store *store, const char *sql, const struct shape *in,
                              const void *params);

/* The same, within store_transact(), of one among many: where the database is far away it does not
 * wait for the answer. What fails then fails the transaction, at the latest as it is committed. */
MUST_USE bool store_queue(struct store *store, const char *sql, const struct shape *in,
                          const void *params);

/* Runs `work` as one transaction that writes (BEGIN IMMEDIATE on SQLite, serializable on PostgreSQL):
 * what it read stays true until it is committed. It may be run again from the top if the database
 * asks for that, so it must have no effect but through the store.
 * True from `work` commits, false takes everything back. After one statement failed (a constraint,
 * say) all others do, and nothing is committed. */
typedef bool store_work_fn(struct store *store, void *context);
enum store_outcome {
	STORE_COMMITTED,
	STORE_TAKEN_BACK,       /* `work` returned false, and the database did not fail */
	STORE_FAILED,           /* the database could not; what `work` read and said may never have been so */
};
MUST_USE enum store_outcome store_transact(struct store *store, store_work_fn *work, void *context);

/* ---- What the compiler holds them to ---- */

/* The parameters are the struct that `in` describes, what is found is one of `out`; a compound literal in the
 * middle stands in parentheses. With the name in parentheses, (store_find)(...), it is the function, which takes
 * a shape that is known only when it runs. */
#define store_find(store, arena, sql, in, params, out, found) \
	(store_find)(store, arena, STATEMENT_(store_kind(store), false, in, out, sql), in, \
	             POINTS_TO_(in##_describes, in, params), out, \
	             ((void)FITS_(out##_describes, out, (found)->first), (struct rows *)(void *)(found)))
#define store_find_one(store, arena, sql, in, params, out, row) \
	(store_find_one)(store, arena, STATEMENT_(store_kind(store), false, in, out, sql), in, \
	                 POINTS_TO_(in##_describes, in, params), out, POINTS_TO_(out##_describes, out, row))
#define store_each(store, sql, in, params, out, each, context) \
	(store_each)(store, STATEMENT_(store_kind(store), false, in, out, sql), in, \
	             POINTS_TO_(in##_describes, in, params), out, each, context)
#define store_change(store, sql, in, ...) \
	(store_change)(store, STATEMENT_(store_kind(store), true, in, NULL, sql), in, \
	               POINTS_TO_(in##_describes, in, (__VA_ARGS__)))
#define store_queue(store, sql, in, ...) \
	(store_queue)(store, STATEMENT_(store_kind(store), true, in, NULL, sql), in, \
	              POINTS_TO_(in##_describes, in, (__VA_ARGS__)))

#endif
