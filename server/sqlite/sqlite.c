/* sqlite.c - the SQLite driver: handles and transactions.
 *
 * Event loops read with connections of their own. To all others, which may write, one is lent while they
 * have a transaction or a statement at hand: the one that writes with the turn, one that only reads for
 * a statement that does. So a thread that waits for something else holds none. */
#include "sqlite_private.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fatal.h"
#include "file_check.h"
#include "log.h"

#define SAY_AGAIN_MS 60000

/* ---- Failure ---- */

/* Of a value, a constraint, a text: it would fail again. */
static bool is_refusal(int code)
{
	int kind = code & 0xff;

	return kind == SQLITE_ERROR || kind == SQLITE_CONSTRAINT || kind == SQLITE_TOOBIG
	       || kind == SQLITE_MISMATCH;
}

/* Somebody may have changed the tables since it was prepared, which has the same code as a value that a function refuses. */
static bool is_unfit(sqlite3 *db, const char *sql, int code)
{
	sqlite3_stmt *again = NULL;
	bool unfit = sql && (code & 0xff) == SQLITE_ERROR && sqlite3_prepare_v2(db, sql, -1, &again, NULL) != SQLITE_OK;

	sqlite3_finalize(again);
	return unfit;
}

static enum store_cause cause_of(sqlite3 *db, const char *sql, int code)
{
	if (sqlite_is_busy(code))
		return STORE_AGAIN;
	if (is_unfit(db, sql, code))
		return STORE_UNFIT;
	return is_refusal(code) ? STORE_REFUSED : STORE_UNABLE;
}

static bool is_damage(int code)
{
	return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

static void note_damage(struct sqlite *sqlite)
{
	if (sqlite->file)
		sqlite_file_damaged(sqlite->file);
	else
		log_error("store: %s is damaged: stop this program, remove that file and start again;"
		          " sessions, open streams, questions and tasks are lost then, the data is not",
		          sqlite3_db_filename(sqlite->connection->db, "main"));
}

/* The disk is full or fails: that passes, and may take its time. */
static bool is_disk(int code)
{
	return (code & 0xff) == SQLITE_FULL || (code & 0xff) == SQLITE_IOERR;
}

static void note_disk(struct sqlite *sqlite)
{
	int system = sqlite3_system_errno(sqlite->connection->db);

	log_often(LOG_ERROR, "store: %s: %s%s%s%s; until that is over no session, question or task begins, and"
	          " what is told on streams waits", sqlite3_db_filename(sqlite->connection->db, "main"),
	          sqlite3_errmsg(sqlite->connection->db), system ? " (" : "", system ? strerror(system) : "",
	          system ? ")" : "");
	sqlite->disk_said_ms = tick_ms();
}

/* A state is asked several times a second, and what waits is tried as often. */
static bool is_said(const struct sqlite *sqlite, int code)
{
	if (is_damage(code))
		return sqlite->damaged;
	return is_disk(code) && sqlite->disk_said_ms && tick_ms() - sqlite->disk_said_ms < SAY_AGAIN_MS;
}

static const char *why_of(const struct sqlite *sqlite, int code)
{
	return sqlite_is_busy(code) && sqlite->file ? SQLITE_LOCKED_BY : sqlite3_errmsg(sqlite->connection->db);
}

void sqlite_failed(struct sqlite *sqlite, const char *sql, int code)
{
	struct store *store = &sqlite->store;
	bool loop = store->use == STORE_READS;
	bool said = is_said(sqlite, code);

	/* Who looked says so at the end. */
	if (sqlite->look && !sqlite_look_is_still(sqlite)) {
		store_known_failed(store, STORE_UNABLE, sqlite3_errmsg(sqlite->connection->db));
		return;
	}
	if (is_damage(code) && !said) {
		note_damage(sqlite);
		sqlite->damaged = sqlite->doubted = !sqlite->file;
	}
	if (is_disk(code) && !said && !sqlite->file) {
		note_disk(sqlite);
		said = true;
	}
	/* A loop neither waits for a lock nor goes on past its budget: a worker does. */
	if (loop && (sqlite_is_busy(code) || (code & 0xff) == SQLITE_INTERRUPT)) {
		store_give_up(store);
		return;
	}
	char why[512];

	snprintf(why, sizeof(why), "%s", why_of(sqlite, code));
	enum store_cause cause = cause_of(sqlite->connection->db, sql, code);
	if (said)
		store_known_failed(store, cause, why);
	else
		store_failed(store, sql, cause, why);
}

static bool in_place(struct sqlite *sqlite, const char *away)
{
	if (away)
		store_known_failed(&sqlite->store, STORE_UNABLE, away);
	return !away;
}

bool sqlite_reads_in_place(struct sqlite *sqlite)
{
	return !sqlite->file || in_place(sqlite, sqlite_file_seen_away(sqlite->file));
}

bool sqlite_wrote_in_place(struct sqlite *sqlite)
{
	return !sqlite->file || in_place(sqlite, sqlite_file_away(sqlite->file));
}

/* ---- Opening ---- */

static int spend_budget(void *context)
{
	struct sqlite *sqlite = context;

	sqlite->store.budget -= BUDGET_GRAIN;
	return sqlite->store.budget <= 0;
}

/* Whoever opens a file to write first opens the connection that all of them write with. */
static bool open_writer(struct sqlite *sqlite, const char *path, bool alone)
{
	sqlite->file = sqlite_file_join_writer(path);
	if (sqlite->file)
		return true;
	struct sqlite_connection *writer = sqlite_connection_open(path, STORE_WRITES);
	if (!writer)
		return false;
	sqlite->file = sqlite_file_join(path, writer->db, alone);
	if (!sqlite->file) {
		sqlite_connection_close(writer);
		return false;
	}
	stamp_watch(sqlite_file_stamp(sqlite->file), writer->db);
	sqlite_file_set_writer(sqlite->file, writer);
	return true;
}

/* An event loop's is its own, and charges it for every step. */
static bool open_reader(struct sqlite *sqlite, const char *path)
{
	sqlite->connection = sqlite_connection_open(path, STORE_READS);
	if (!sqlite->connection)
		return false;
	sqlite3_progress_handler(sqlite->connection->db, BUDGET_GRAIN, spend_budget, sqlite);
	sqlite->file = sqlite_file_join(path, sqlite->connection->db, false);
	return sqlite->file;
}

static void close_handle(struct store *store)
{
	struct sqlite *sqlite = sqlite_of(store);

	sqlite_state_doubt(sqlite);
	sqlite_file_leave(sqlite->file, sqlite->connection);
	notices_destroy(sqlite->notices);
	free(sqlite->look);
	free(sqlite);
}

static struct store *open_file(const char *path, enum store_use use)
{
	bool alone = false;

	if (use == STORE_WRITES && !sqlite_create_file(path))
		return NULL;
	if (use == STORE_WRITES && !sqlite_file_is_open(path)) {
		alone = sqlite_user_of(path) == 0;
		if (alone && !sqlite_check_left(path))
			return NULL;
	}
	struct sqlite *sqlite = calloc(1, sizeof(*sqlite));
	if (!sqlite)
		fatal();
	sqlite->store.use = use;
	if (!(use == STORE_WRITES ? open_writer(sqlite, path, alone) : open_reader(sqlite, path))) {
		close_handle(&sqlite->store);
		return NULL;
	}
	return &sqlite->store;
}

static struct store *open_handle(const char *path, enum store_use use)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct store_why why;

	if (!*path || *path == ':') {
		log_error("store: sqlite: needs the path of a file, as in sqlite:data.db");
		return NULL;
	}
	sqlite_configure();
	/* To close a descriptor of a database is to drop all locks this process has on it, so nobody may
	 * open it while another looks at it without SQLite. */
	pthread_mutex_lock(&lock);
	/* What took the place of a file that is open is not opened beside it, nor made. */
	struct store *store = sqlite_is_gone(path, &why) ? NULL : open_file(path, use);
	pthread_mutex_unlock(&lock);
	return store;
}

static bool reachable(struct store *store)
{
	struct sqlite *sqlite = sqlite_of(store);
	bool lent = !sqlite->connection;

	if (lent && !sqlite_lend_reader(sqlite))
		return false;
	bool reached = sqlite3_exec(sqlite->connection->db, "select 1 from sqlite_schema limit 1", NULL,
	                            NULL, NULL) == SQLITE_OK;
	if (lent)
		sqlite_give_back(sqlite);
	if (!reached)
		return false;
	return !sqlite->file
	       || (!sqlite_file_away(sqlite->file) && !sqlite_file_is_damaged(sqlite->file));
}

/* ---- Transactions: what has its connection alone needs no turns ---- */

static bool run(struct sqlite *sqlite, enum verb verb)
{
	int code = sqlite_connection_do(sqlite->connection, verb);

	if (code != SQLITE_DONE)
		sqlite_failed(sqlite, sqlite_verb(verb), code);
	return code == SQLITE_DONE;
}

static bool transact(struct store *store)
{
	struct sqlite *sqlite = sqlite_of(store);

	return sqlite->file ? sqlite_group_begin(sqlite, sqlite_verb(BEGIN)) : run(sqlite, BEGIN);
}

static void end_own(struct sqlite *sqlite, bool wanted)
{
	bool done = wanted && run(sqlite, COMMIT);

	/* After some failures (a full disk) SQLite has already taken the transaction back itself. */
	if (!done && !sqlite3_get_autocommit(sqlite->connection->db))
		(void)run(sqlite, ROLLBACK);
	notices_settle(sqlite->notices, done);
}

/* Where it is to be run again, whatever it failed of may be gone. */
static void end_shared(struct store *store, bool wanted)
{
	if (sqlite_group_end(sqlite_of(store), wanted) != ENDED_AGAIN)
		return;
	store->failed = false;
	store_failed(store, sqlite_verb(COMMIT), STORE_AGAIN, SQLITE_SPOILT);
}

static void take_back(struct store *store)
{
	struct sqlite *sqlite = sqlite_of(store);

	if (sqlite->file)
		end_shared(store, false);
	else
		end_own(sqlite, false);
}

static void commit(struct store *store)
{
	struct sqlite *sqlite = sqlite_of(store);

	if (sqlite->file)
		end_shared(store, true);
	else
		end_own(sqlite, true);
}

/* ---- Migrations ---- */

static const char *script_of(const struct migration *migration)
{
	return migration->sqlite;
}

/* One that leaves a transaction open has the turn until another ends it. */
static bool script(struct store *store, const char *sql)
{
	struct sqlite *sqlite = sqlite_of(store);

	if (!sqlite->connection && !sqlite_group_interrupt(sqlite, sql))
		return false;
	sqlite3 *db = sqlite->connection->db;
	int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
	bool ended = store->transacting && sqlite3_get_autocommit(db);
	if (code != SQLITE_OK)
		sqlite_failed(sqlite, sql, code);
	else if (ended)
		store_misused(store, sql, "a migration must not end the transaction it runs in");
	if (sqlite->file && !store->transacting && sqlite3_get_autocommit(db))
		sqlite_pass_turn(sqlite);
	return code == SQLITE_OK && !ended;
}

static const char *version(struct store *store UNUSED)
{
	return sqlite3_libversion();
}

const struct driver sqlite_driver = {
	.kind = STORE_SQLITE, .scheme = "sqlite", .blocks = false, .tries = 3,
	.open = open_handle, .close = close_handle, .reachable = reachable, .well = sqlite_well,
	.prepare = sqlite_prepare, .version = version, .begin = sqlite_begin, .step = sqlite_step, .read = sqlite_read,
	.changed = sqlite_changed, .writes = sqlite_writes, .end = sqlite_end,
	.end_call = sqlite_end_call,
	.transact = transact, .commit = commit, .take_back = take_back,
	.script = script, .script_of = script_of, .columns = "select name from pragma_table_info(:name)",
	.rest = sqlite_rest,
	.connection = sqlite_connection, .socket = sqlite_socket, .listen = sqlite_listen,
	.heard = sqlite_heard, .heard_free = sqlite_heard_free,
};
