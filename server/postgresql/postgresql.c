/* postgresql.c - the PostgreSQL driver: connections and transactions.
 *
 * Workers are lent a connection while they run something (lend.c). An event loop has one on which it
 * only reads, without waiting (reads.c); for all else its store gives up, and the tool goes to a worker.
 *
 * Isolation  A transaction is serializable, so that it may rely on what it read, as on SQLite;
 *            where two would contradict each other PostgreSQL has one run again. A statement on its
 *            own is read committed: it sees what is committed, and is done whole or not at all. So
 *            are a command's transactions: beside a busy server they would be run again for ever.
 * Failure    What is known to have had no effect is run again: a query, a BEGIN, the work of a
 *            store_transact(). A COMMIT, or a statement that writes, whose answer was lost may have
 *            been done; it is reported as a failure and never repeated. */
#include "postgresql_private.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "fatal.h"
#include "log.h"

#define GRACE_MS 2000                   /* for the server to say that a statement took too long */
#define REACHABLE_MS 2000
#define ONLY_READS "25006"             /* the database, or this transaction */

/* ---- Failure ---- */

const char *postgres_state(const PGresult *result)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;

	return state ? state : "";
}

static bool is_one_of(const char *state, const char *const *states)
{
	for (; *states; states++)
		if (strcmp(state, *states) == 0)
			return true;
	return false;
}

/* Serialization failure, deadlock, lock not available in time. */
static const char *const again[] = { "40001", "40P01", "55P03", NULL };
/* The server goes down or comes up; this connection, or this server since another one took over, is
 * of no more use; what was prepared is gone. */
static const char *const useless[] = { "57P01", "57P02", "57P03", "57P05", ONLY_READS, "26000", NULL };

/* Classes of what is wrong with the statement itself: it was not told right, its values, its result, a
 * constraint, a right, a limit of the server's, what a trigger raised. All others (the connection, other
 * transactions, the server's means and its operator) may have changed by the next try. */
static const char *const refusals[] = { "21", "22", "23", "42", "44", "54", "P0", NULL };

static bool is_refusal(const char *state)
{
	const char class[3] = { state[0], state[0] ? state[1] : 0, 0 };

	return is_one_of(class, refusals);
}

/* The connection's class, connections that are all taken, and what took longer than it may. */
static bool is_away(const char *state)
{
	static const char *const states[] = { "53300", "57014", NULL };

	return strncmp(state, "08", 2) == 0 || is_one_of(state, states);
}

static enum store_cause cause_of(const char *state)
{
	static const char *const denied[] = { "42501", NULL };

	if (is_one_of(state, useless))
		return STORE_LOST;
	if (is_one_of(state, again))
		return STORE_AGAIN;
	if (is_one_of(state, denied))
		return STORE_UNFIT;
	if (is_refusal(state))
		return STORE_REFUSED;
	return is_away(state) ? STORE_AWAY : STORE_UNABLE;
}

bool postgres_refuses(const PGresult *result)
{
	return is_refusal(postgres_state(result));
}

const char *postgres_told(struct postgres *postgres, const char *sql)
{
	return attempts_fail(postgres->link.attempts) ? NULL : sql;
}

void postgres_failed(struct postgres *postgres, const char *sql, PGresult *result)
{
	struct store *store = postgres->store;

	if (!result) {
		store_failed(store, postgres_told(postgres, sql), STORE_LOST, postgres->link.why);
		return;
	}
	const char *state = postgres_state(result);
	char words[POSTGRES_WHY];
	enum store_cause cause = cause_of(state);
	bool only_reads = strcmp(state, ONLY_READS) == 0 && postgres_is_fresh(postgres);
	if (postgres->link.failed_sql)
		sql = postgres->link.failed_sql;
	/* The details hold values, which are nobody's business. */
	store_failed(store, sql, only_reads ? STORE_AWAY : cause, postgres_words(postgres, sql, result, words));
	PQclear(result);
	if (cause == STORE_LOST)
		link_lost(&postgres->link);
}

/* A class for syntax and names; what a role may not do, and names that another client of a pooler gave, are not the
 * program's. */
static bool is_wrong(const char *state)
{
	static const char *const others[] = { "42501", "42P03", "42P05", NULL };

	return strncmp(state, "42", 2) == 0 && !is_one_of(state, others);
}

void postgres_statement_failed(struct postgres *postgres, const char *sql, PGresult *result)
{
	if (!is_wrong(postgres_state(result))) {
		postgres_failed(postgres, sql, result);
		return;
	}
	const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	store_unfit(postgres->store, postgres->link.failed_sql ? postgres->link.failed_sql : sql,
	            words ? words : "the database gave no reason");
	PQclear(result);
}

/* ---- Running ---- */

int64_t postgres_until(const struct postgres *postgres)
{
	return postgres->link.unhurried ? 0 : tick_ms() + POSTGRES_STATEMENT_MS + GRACE_MS;
}

static PGresult *send_and_wait(struct postgres *postgres, const char *sql, int64_t until_ms)
{
	atomic_fetch_add(&store_counters.statements, 1);
	if (!PQsendQuery(postgres->link.connection, sql)) {
		link_explain(&postgres->link, "the connection was lost");
		link_lost(&postgres->link);
		return NULL;
	}
	return link_answer(&postgres->link, until_ms);
}

static bool is_fine(const PGresult *result)
{
	return PQresultStatus(result) == PGRES_COMMAND_OK
	       || PQresultStatus(result) == PGRES_TUPLES_OK
	       || PQresultStatus(result) == PGRES_EMPTY_QUERY;
}

bool postgres_settle(struct postgres *postgres)
{
	if (!postgres->link.queued)
		return true;
	PGresult *result = link_answer(&postgres->link, postgres_until(postgres));
	if (!is_fine(result)) {
		postgres_failed(postgres, NULL, result);
		return false;
	}
	PQclear(result);
	return true;
}

PGresult *postgres_run(struct postgres *postgres, const char *sql)
{
	PGresult *result = NULL;

	if (!postgres_settle(postgres))
		return NULL;
	if (postgres->link.connection)
		result = send_and_wait(postgres, sql, postgres_until(postgres));
	if (is_fine(result))
		return result;
	postgres_failed(postgres, sql, result);
	return NULL;
}

static bool run(struct postgres *postgres, const char *sql)
{
	PGresult *result = postgres_run(postgres, sql);

	PQclear(result);
	return result;
}

/* ---- Opening ---- */

void *postgres_zeroed(int count, size_t size)
{
	void *made = calloc(count ? (size_t)count : 1, size);

	if (!made)
		fatal();
	return made;
}

struct postgres *postgres_create(const char *place, struct postgres_attempts *attempts)
{
	struct postgres *postgres = postgres_zeroed(1, sizeof(*postgres));

	if (link_open(&postgres->link, place, attempts))
		return postgres;
	postgres_destroy(postgres);
	return NULL;
}

void postgres_destroy(struct postgres *postgres)
{
	if (!postgres)
		return;
	postgres_forget(postgres);
	link_close(&postgres->link);
	free(postgres);
}

static void close_handle(struct store *store)
{
	struct postgres_store *handle = (struct postgres_store *)store;

	reads_destroy(handle->reads);
	postgres_destroy(handle->at);
	if (handle->lender)
		lender_leave(handle->lender);
	free(handle);
}

static struct store *open_handle(const char *place, enum store_use use)
{
	struct postgres_store *handle = postgres_zeroed(1, sizeof(*handle));

	(void)use;
	if ((handle->at = postgres_create(place, NULL))) {
		handle->at->store = &handle->store;
		return &handle->store;
	}
	free(handle);
	return NULL;
}

static void share(struct store *store, int connections)
{
	struct postgres_store *handle = (struct postgres_store *)store;
	const char *url = handle->at->link.url;

	handle->lender = lender_join(strchr(url, ':') + 1, connections);
	postgres_destroy(handle->at);
	handle->at = NULL;
}

/* A cursor's transaction outlives its statements only within store_each(). */
static bool reachable(struct store *store)
{
	if (store->use == STORE_READS || !postgres_borrow(store, NULL))
		return false;
	struct postgres *postgres = postgres_of(store);
	PGresult *result = NULL;
	if (link_ready(&postgres->link))
		result = send_and_wait(postgres, "select 1", tick_ms() + REACHABLE_MS);
	bool fine = is_fine(result);
	PQclear(result);
	postgres_give_back(store, store->running);
	return fine;
}

/* ---- Transactions ---- */

/* A connection may turn out to be dead only when it is used; nothing was done on it yet. */
static bool begin_transaction(struct store *store)
{
	struct postgres *postgres = postgres_of(store);
	const char *sql = postgres->link.unhurried ? "begin isolation level read committed"
	                                           : "begin isolation level serializable";

	for (int tries = 0; tries < 2; tries++) {
		if (!link_ready(&postgres->link))
			break;
		PGresult *result = send_and_wait(postgres, sql, postgres_until(postgres));
		if (result && is_fine(result)) {
			PQclear(result);
			return true;
		}
		if (result) {
			postgres_failed(postgres, sql, result);
			return false;
		}
	}
	/* Not to be run again: it has just been tried. */
	store_failed(store, postgres_told(postgres, sql), STORE_AWAY, postgres->link.why);
	return false;
}

/* What is run again has its connection still, unless that is gone: then it takes what others have, too. */
static bool transact(struct store *store)
{
	struct postgres *postgres = postgres_of(store);

	if (postgres && !postgres->link.connection)
		postgres_give_back(store, 0);
	return postgres_borrow(store, "begin") && begin_transaction(store);
}

static void transacted(struct store *store)
{
	postgres_give_back(store, 0);
}

static void roll_back(struct postgres *postgres)
{
	/* What is queued is taken back too, whatever came of it. */
	if (postgres->link.queued)
		PQclear(link_answer(&postgres->link, postgres_until(postgres)));
	/* A connection that is gone took the transaction with it. */
	if (postgres->link.connection
	    && PQtransactionStatus(postgres->link.connection) != PQTRANS_IDLE)
		(void)run(postgres, "rollback");
}

static void take_back(struct store *store)
{
	roll_back(postgres_of(store));
}

static void commit_settled(struct postgres *postgres)
{
	PGresult *result = NULL;

	if (postgres->link.connection)
		result = send_and_wait(postgres, "commit", postgres_until(postgres));
	if (is_fine(result))
		PQclear(result);
	else if (result)
		postgres_failed(postgres, "commit", result);
	else
		store_failed(postgres->store, "commit", STORE_AWAY, "the connection was lost before the answer came:"
		             " whether it was done is not known, and it is not repeated");
}

static void commit(struct store *store)
{
	struct postgres *postgres = postgres_of(store);

	if (postgres_settle(postgres))
		commit_settled(postgres);
	else
		roll_back(postgres);
}

/* ---- Migrations ---- */

static const char *script_of(const struct migration *migration)
{
	return migration->postgres ? migration->postgres : migration->sqlite;
}

static bool script(struct store *store, const char *sql)
{
	struct postgres *postgres = postgres_of(store);

	if (!store->transacting && !link_ready(&postgres->link)) {
		store_failed(store, postgres_told(postgres, sql), STORE_AWAY, postgres->link.why);
		return false;
	}
	if (!run(postgres, sql))
		return false;
	bool ended = store->transacting && PQtransactionStatus(postgres->link.connection) != PQTRANS_INTRANS;
	if (ended)
		store_misused(store, sql, "a migration must not end the transaction it runs in");
	return !ended;
}

/* The next connection is one without limits. */
static void unhurried(struct store *store)
{
	link_lost(&postgres_of(store)->link);
	postgres_of(store)->link.unhurried = true;
}

/* The lock is the session's: others wait until this one is done, or gone. Building an index may
 * take what it takes. */
static bool lock_out_others(struct postgres *postgres)
{
	PGresult *result = postgres_run(postgres, "select pg_try_advisory_lock(7882826979823676786)");
	bool fine = result, ours = fine && *PQgetvalue(result, 0, 0) == 't';

	PQclear(result);
	if (!fine || ours)
		return fine;
	log_info("store: another process brings the schema up to date; waiting until it is done");
	return run(postgres, "select pg_advisory_lock(7882826979823676786)");
}

static bool migrating(struct store *store, bool begins)
{
	struct postgres *postgres = postgres_of(store);

	if (begins) {
		postgres->was_unhurried = postgres->link.unhurried;
		unhurried(store);
		if (link_ready(&postgres->link))
			return lock_out_others(postgres);
		store_failed(store, NULL, STORE_AWAY, postgres->link.why);
	}
	/* The lock ends with the connection. */
	link_lost(&postgres->link);
	postgres->link.unhurried = postgres->was_unhurried;
	return !begins;
}

/* And as whom: another role may not do what this one may. */
static const char *version(struct store *store)
{
	static _Thread_local char known[128];
	const PGconn *connection = postgres_of(store)->link.connection;
	const char *number = connection ? PQparameterStatus(connection, "server_version") : NULL;
	const char *role = connection ? PQparameterStatus(connection, "session_authorization") : NULL;

	snprintf(known, sizeof(known), "%s %s", number ? number : "", role ? role : "");
	return known;
}

/* In the schema where a table is made. */
static const char columns[] =
	"select attname as name from pg_attribute where attrelid = to_regclass(quote_ident(current_schema()) || '.'"
	" || quote_ident(:name)) and attnum > 0 and not attisdropped";

const struct driver postgresql_driver = {
	.kind = STORE_POSTGRESQL, .scheme = "postgresql", .alias = "postgres", .blocks = true,
	.tries = 100,
	.open = open_handle, .close = close_handle, .share = share, .reachable = reachable,
	.well = postgres_well, .prepare = postgres_prepare, .may = postgres_may, .version = version, .begin = postgres_begin, .step = postgres_step, .read = postgres_read,
	.changed = postgres_changed, .writes = postgres_writes, .end = postgres_end,
	.queue = postgres_queue, .reads = &postgres_driver_reads,
	.transact = transact, .commit = commit, .take_back = take_back, .transacted = transacted,
	.script = script, .script_of = script_of, .columns = columns, .migrating = migrating, .unhurried = unhurried,
	.connection = postgres_connection, .socket = postgres_socket, .listen = postgres_listen,
	.heard = postgres_heard, .heard_free = postgres_heard_free,
};
