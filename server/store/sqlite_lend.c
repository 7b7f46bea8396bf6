/* sqlite_lend.c - lends a file's connections to the handles that may write to it. */
#include "sqlite.h"

/* ---- To read ---- */

static struct sqlite_connection *make_reader(struct sqlite_file *file)
{
	const char *path = sqlite3_db_filename(sqlite_file_writer(file)->db, "main");
	struct sqlite_connection *connection = sqlite_connection_open(path, STORE_READS);

	if (connection && sqlite_file_holds(file, connection->db)) {
		sqlite_connection_wait(connection);
		return connection;
	}
	sqlite_connection_close(connection);
	return NULL;
}

bool sqlite_lend_reader(struct sqlite *sqlite)
{
	struct readers *readers = sqlite_file_readers(sqlite->file);
	bool make;

	sqlite->connection = readers_take(readers, STORE_WAIT_MS, &make);
	if (!sqlite->connection && make) {
		sqlite->connection = make_reader(sqlite->file);
		if (!sqlite->connection)
			readers_not_made(readers);
	}
	sqlite->reading = sqlite->connection;
	if (sqlite->reading)
		return true;
	const char *away = sqlite_file_away(sqlite->file);
	if (away)
		store_known_failed(&sqlite->store, away);
	else
		store_failed(&sqlite->store, NULL, make ? "no connection to read with could be opened"
		             : "other threads did not stop reading in time", false);
	return false;
}

void sqlite_give_back(struct sqlite *sqlite)
{
	readers_give_back(sqlite_file_readers(sqlite->file), sqlite->connection);
	sqlite->connection = NULL;
	sqlite->reading = false;
}

/* ---- To write ---- */

bool sqlite_take_turn(struct sqlite *sqlite, const char *sql)
{
	if (!turns_take(sqlite_file_turns(sqlite->file), STORE_WAIT_MS)) {
		store_failed(&sqlite->store, sql, "other threads did not stop writing in time", false);
		return false;
	}
	sqlite->connection = sqlite_file_writer(sqlite->file);
	return true;
}

void sqlite_pass_turn(struct sqlite *sqlite)
{
	sqlite->connection = NULL;
	turns_pass(sqlite_file_turns(sqlite->file));
}
