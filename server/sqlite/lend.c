/* lend.c - lends a file's connections to the handles that may write to it. */
#include "sqlite_private.h"

#define AGAIN_MS 1000                   /* after a connection to read could not be opened */

/* ---- To read ---- */

static bool is_of(void *file, sqlite3 *db)
{
	return sqlite_file_holds(file, db);
}

static struct sqlite_connection *make_reader(struct sqlite_file *file)
{
	const char *path = sqlite3_db_filename(sqlite_file_writer(file)->db, "main");

	return sqlite_connection_open_beside(path, is_of, file);
}

static bool is_there(struct sqlite *sqlite)
{
	if (!sqlite->loan.thing)
		sqlite->loan.thing = make_reader(sqlite->file);
	return sqlite->loan.thing;
}

/* Where no further one can be opened (descriptors are short) those that are serve everybody. */
static bool take_reader(struct sqlite *sqlite, struct lending *readers)
{
	int64_t until_ms = tick_ms() + STORE_WAIT_MS;
	bool lent = lending_take(readers, sqlite->store.party, STORE_WAIT_MS, &sqlite->loan);

	while (lent && !is_there(sqlite) && !sqlite_file_away(sqlite->file)) {
		int64_t now_ms = tick_ms(), left_ms = until_ms > now_ms ? until_ms - now_ms : 0;
		lent = lending_take_made(readers, sqlite->store.party, left_ms, now_ms + AGAIN_MS,
		                         &sqlite->loan);
	}
	return lent;
}

bool sqlite_lend_reader(struct sqlite *sqlite)
{
	struct lending *readers = sqlite_file_readers(sqlite->file);
	bool lent = take_reader(sqlite, readers);
	bool in_vain = !lent && sqlite->loan.waited_us > 0;

	sqlite->connection = sqlite->loan.thing;
	sqlite->reading = sqlite->connection;
	if (sqlite->reading)
		return true;
	if (lent)
		lending_give_back(readers, &sqlite->loan);
	const char *away = sqlite_file_away(sqlite->file);
	if (away)
		store_known_failed(&sqlite->store, STORE_UNABLE, away);
	else
		store_failed(&sqlite->store, NULL, STORE_AWAY, in_vain ? "other threads did not stop reading in time"
		             : "no connection to read with could be opened");
	return false;
}

void sqlite_give_back(struct sqlite *sqlite)
{
	sqlite->connection = NULL;
	sqlite->reading = false;
	lending_give_back(sqlite_file_readers(sqlite->file), &sqlite->loan);
}

/* ---- To write ---- */

bool sqlite_take_turn(struct sqlite *sqlite, const char *sql)
{
	if (!lending_take(sqlite_file_turn(sqlite->file), sqlite->store.party, STORE_WAIT_MS,
	                  &sqlite->loan)) {
		store_failed(&sqlite->store, sql, STORE_AWAY, "other threads did not stop writing in time");
		return false;
	}
	sqlite->connection = sqlite_file_writer(sqlite->file);
	return true;
}

void sqlite_pass_turn(struct sqlite *sqlite)
{
	sqlite->connection = NULL;
	lending_give_back(sqlite_file_turn(sqlite->file), &sqlite->loan);
}
