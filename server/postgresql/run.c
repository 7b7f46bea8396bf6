/* run.c - running statements: prepared once a connection, fetched whole, or by a cursor.
 *
 * A result is fetched whole, so that other statements may run while it is read; only the rows of
 * store_each() come through a cursor, some at a time. */
#include "fatal.h"
#include "statement.h"

#include <stdatomic.h>
#include <stdlib.h>

#define FETCHED 500                     /* rows of a cursor at a time */
#define TRIES_MAX 3

/* ---- Running ---- */

/* NULL: the connection was lost. */
static PGresult *answer(struct postgres *postgres, int sent)
{
	if (sent)
		return link_answer(&postgres->link, postgres_until(postgres));
	link_explain(&postgres->link, "the connection was lost");
	link_lost(&postgres->link);
	return NULL;
}

static bool is_fine(const PGresult *result)
{
	return PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
}

static PGresult *plain(struct postgres *postgres, const char *sql)
{
	/* A pipeline takes prepared statements only. */
	if (postgres->link.queued) {
		PGresult *result = link_answer(&postgres->link, postgres_until(postgres));
		if (!is_fine(result))
			return result;
		PQclear(result);
	}
	if (!postgres->link.connection)
		return NULL;
	atomic_fetch_add(&store_counters.statements, 1);
	return answer(postgres, PQsendQuery(postgres->link.connection, sql));
}

void statement_deallocate(struct postgres *postgres, struct statement *statement)
{
	const struct postgres_link *link = &postgres->link;
	char sql[64];

	if (!link->connection || link->queued || statement->prepared_on != link->number)
		return;
	snprintf(sql, sizeof(sql), "deallocate %s", statement->name);
	PQclear(plain(postgres, sql));
}

static PGresult *prepare(struct postgres *postgres, struct statement *statement)
{
	atomic_fetch_add(&store_counters.prepared, 1);
	return answer(postgres, PQsendPrepare(postgres->link.connection, statement->name,
	                                      statement->text, statement->parameters,
	                                      statement->types));
}

/* NULL: it is prepared; else why it isn't. False: the connection was lost. */
static bool be_prepared(struct postgres *postgres, struct statement *statement, PGresult **wrong)
{
	*wrong = NULL;
	if (statement->prepared_on == postgres->link.number)
		return true;
	PGresult *result = prepare(postgres, statement);
	if (!is_fine(result)) {
		*wrong = result;
		return result;
	}
	PQclear(result);
	statement->prepared_on = postgres->link.number;
	return true;
}

static int send(struct postgres *postgres, struct statement *statement)
{
	atomic_fetch_add(&store_counters.statements, 1);
	return PQsendQueryPrepared(postgres->link.connection, statement->name, statement->parameters,
	                           statement->values, statement->sizes, statement->formats, 0);
}

static PGresult *execute(struct postgres *postgres, struct statement *statement)
{
	PGresult *wrong;

	if (!be_prepared(postgres, statement, &wrong) || wrong)
		return wrong;
	return answer(postgres, send(postgres, statement));
}

/* ---- Cursors ---- */

static PGresult *fetch(struct postgres *postgres, const struct statement *statement)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "fetch forward %d from %s", FETCHED, statement->name);
	return plain(postgres, sql);
}

/* A cursor lives in a transaction; outside of one it gets its own, which only reads. */
static PGresult *open_cursor(struct postgres *postgres, struct statement *statement)
{
	PGresult *result;

	if (!postgres->store->transacting && !postgres->reading) {
		result = plain(postgres, "begin isolation level repeatable read, read only");
		if (!is_fine(result))
			return result;
		PQclear(result);
		postgres->reading = true;
	}
	result = execute(postgres, statement);
	if (!is_fine(result))
		return result;
	PQclear(result);
	statement->open = true;
	postgres->cursors++;
	return fetch(postgres, statement);
}

/* The last cursor's end ends the transaction that was begun for it. */
static void end_reading(struct postgres *postgres)
{
	if (!postgres->reading || postgres->cursors)
		return;
	PQclear(plain(postgres, "rollback"));
	postgres->reading = false;
}

static void close_cursor(struct postgres *postgres, struct statement *statement)
{
	char sql[64];

	statement->open = false;
	postgres->cursors--;
	if (postgres->reading && !postgres->cursors) {
		end_reading(postgres);
	} else if (!postgres->store->failed || !postgres->store->transacting) {
		snprintf(sql, sizeof(sql), "close %s", statement->name);
		PQclear(plain(postgres, sql));
	}
}

/* ---- Beginning ---- */

/* Whether what failed had no effect, and may go better at once. Within a transaction nothing may be
 * repeated but all of it. */
static bool is_worth_repeating(struct postgres *postgres, struct statement *statement,
                               const PGresult *result, bool was_prepared)
{
	const char *state = postgres_state(result);

	if (postgres->store->transacting || postgres->cursors)
		return false;
	if (!result)
		return !statement->writes;
	/* The tables changed under a kept plan. */
	if (was_prepared && strcmp(state, "0A000") == 0) {
		statement_deallocate(postgres, statement);
		statement->prepared_on = 0;
		statement_rename(postgres, statement);
		return !statement->cursor;
	}
	return strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0;
}

static PGresult *run_once(struct postgres *postgres, struct statement *statement)
{
	if (!postgres->store->transacting && !postgres->reading && !link_ready(&postgres->link))
		return NULL;
	if (!postgres->link.connection)
		return NULL;
	return (statement->cursor ? open_cursor : execute)(postgres, statement);
}

static bool start(struct postgres *postgres, struct statement *statement)
{
	PGresult *result;
	bool repeat;
	int tries = 0;

	do {
		bool was_prepared = statement->prepared_on == postgres->link.number;
		result = run_once(postgres, statement);
		if (is_fine(result)) {
			statement->result = result;
			statement->row = -1;
			return true;
		}
		if (statement->open)
			close_cursor(postgres, statement);
		end_reading(postgres);
		repeat = ++tries < TRIES_MAX
		         && is_worth_repeating(postgres, statement, result, was_prepared);
		if (repeat)
			PQclear(result);
	} while (repeat);
	postgres_statement_failed(postgres, statement->kept.sql, result);
	return false;
}

static void clear(struct store *store, struct statement *statement)
{
	if (statement->open)
		close_cursor(postgres_of(store), statement);
	/* A loop's is kept with the call, which may be run again. */
	if (store->use != STORE_READS)
		PQclear(statement->result);
	statement->result = NULL;
	statement->kept.runs = false;
}

static struct statement *begin(struct postgres *postgres, const struct query *query)
{
	struct statement *statement = statement_for(postgres, query);

	if (!statement || (statement->writes && !store_may_write(postgres->store, query->sql)))
		return NULL;
	statement_bind(statement, query->params);
	if (!start(postgres, statement))
		return NULL;
	statement->kept.runs = true;
	if (statement->columns >= 0 || statement_map_columns(postgres->store, statement))
		return statement;
	clear(postgres->store, statement);
	return NULL;
}

/* A transaction needs its connection to its end, whatever runs. */
static int running(const struct store *store)
{
	return store->running + 2 * store->transacting;
}

struct statement *postgres_begin(struct store *store, const struct query *query)
{
	if (store->use == STORE_READS)
		return reads_begin(store, query);
	if (!postgres_borrow(store, query->sql))
		return NULL;
	struct statement *statement = begin(postgres_of(store), query);
	if (!statement)
		postgres_give_back(store, running(store));
	return statement;
}

/* ---- Queueing ---- */

/* False: the connection fails. The texts are kept to name the one that failed. */
static bool send_queued(struct postgres *postgres, struct statement *statement)
{
	struct postgres_link *link = &postgres->link;

	if (!link->queue)
		link->queue = calloc(POSTGRES_QUEUE, sizeof(*link->queue));
	if (!link->queue)
		fatal();
	if (!link->queued && !PQenterPipelineMode(link->connection))
		return false;
	link->queue[link->queued++] = kept_text(&statement->kept);
	return send(postgres, statement);
}

bool postgres_queue(struct store *store, const struct query *query)
{
	struct postgres *postgres = postgres_of(store);
	struct statement *statement = statement_for(postgres, query);
	PGresult *wrong = NULL;

	if (!statement)
		return false;
	if (!statement->writes) {
		store_misused(store, query->sql, "store_queue() of a statement that does not write");
		return false;
	}
	if (!store_may_write(store, query->sql))
		return false;
	bool prepared = postgres->link.connection && be_prepared(postgres, statement, &wrong) && !wrong;
	if (!prepared) {
		postgres_statement_failed(postgres, query->sql, wrong);
		return false;
	}
	statement_bind(statement, query->params);
	if (!send_queued(postgres, statement)) {
		link_explain(&postgres->link, "the connection was lost");
		link_lost(&postgres->link);
		postgres_failed(postgres, query->sql, NULL);
		return false;
	}
	return postgres->link.queued < POSTGRES_QUEUE || postgres_settle(postgres);
}

/* ---- Stepping ---- */

static enum step next_batch(struct postgres *postgres, struct statement *statement)
{
	/* Less than a batch was the last one. */
	if (!statement->cursor || PQntuples(statement->result) < FETCHED)
		return STEP_DONE;
	PQclear(statement->result);
	statement->result = fetch(postgres, statement);
	statement->row = 0;
	if (is_fine(statement->result))
		return PQntuples(statement->result) ? STEP_ROW : STEP_DONE;
	PGresult *result = statement->result;
	statement->result = NULL;
	postgres_failed(postgres, statement->kept.sql, result);
	return STEP_FAILED;
}

enum step postgres_step(struct store *store, struct statement *statement)
{
	if (++statement->row < PQntuples(statement->result))
		return STEP_ROW;
	return next_batch(postgres_of(store), statement);
}

int64_t postgres_changed(struct store *store, struct statement *statement)
{
	(void)store;
	return strtoll(PQcmdTuples(statement->result), NULL, 10);
}

bool postgres_writes(const struct statement *statement)
{
	return statement->writes;
}

void postgres_end(struct store *store, struct statement *statement)
{
	clear(store, statement);
	/* It is still among those that run. */
	postgres_give_back(store, running(store) - 1);
}
