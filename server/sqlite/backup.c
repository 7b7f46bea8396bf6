/* backup.c - a copy of a database that is being served: whole, or not there.
 *
 * The copy is of one moment: a transaction that only reads holds it while the pages are copied.
 * Writers go on meanwhile, their log just grows; without that transaction each of their commits would
 * make SQLite begin anew. */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_check.h"
#include "sqlite_private.h"

#define PAGES_A_STEP 256

static bool failed(struct store_copy *copy, sqlite3 *db)
{
	return place_refuse(copy, "could not be copied", copy->path, sqlite3_errmsg(db));
}

static bool run(struct store_copy *copy, sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || failed(copy, db);
}

static bool tell(struct store_copy *copy, sqlite3_backup *backup, int64_t page_size)
{
	int64_t pages = sqlite3_backup_pagecount(backup);

	copy->bytes = (pages - sqlite3_backup_remaining(backup)) * page_size;
	if (!copy->going || copy->going(copy->context, copy->bytes, pages * page_size))
		return true;
	errno = EINTR;
	return place_refuse(copy, "was not written", copy->file, NULL);
}

static int64_t page_size_of(sqlite3 *db)
{
	sqlite3_stmt *statement = NULL;
	int64_t size = 0;

	if (sqlite3_prepare_v2(db, "pragma page_size", -1, &statement, NULL) == SQLITE_OK
	    && sqlite3_step(statement) == SQLITE_ROW)
		size = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return size;
}

static bool copy_pages(struct store_copy *copy, sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int64_t page_size = page_size_of(from);
	int code = SQLITE_OK;
	bool wanted = true;

	if (!backup)
		return failed(copy, to);
	while (wanted && code == SQLITE_OK) {
		code = sqlite3_backup_step(backup, PAGES_A_STEP);
		wanted = tell(copy, backup, page_size);
	}
	sqlite3_backup_finish(backup);
	return wanted && (code == SQLITE_DONE || failed(copy, to));
}

/* A copy is one file that can be read from anywhere, so it is not in WAL mode. */
static bool complete(struct store_copy *copy, sqlite3 *to)
{
	char why[SQLITE_CHECK_WHY];

	/* ... and no log is its own (stamp.h). */
	if (!run(copy, to, "pragma journal_mode = delete; pragma user_version = 0;"
	                   "pragma application_id = 0"))
		return false;
	const char *wrong = sqlite_check(to, false, why);
	return !wrong || place_refuse(copy, "is damaged", copy->path, wrong);
}

static bool copy_into(struct store_copy *copy, sqlite3 *from, const char *part)
{
	sqlite3 *to;
	int file = place_create(copy, part);

	if (file < 0)
		return false;
	close(file);
	bool done = (sqlite3_open_v2(part, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)
	             == SQLITE_OK || failed(copy, to))
	            && run(copy, to, "pragma synchronous = off")        /* the end is */
	            && run(copy, from, "begin; select count(*) from sqlite_schema")
	            && copy_pages(copy, from, to) && complete(copy, to);
	sqlite3_close(to);
	return done;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat first, second;

	return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev
	       && first.st_ino == second.st_ino;
}

static bool ends_in(const char *path, const char *suffix)
{
	size_t size = strlen(path), end = strlen(suffix);

	return size >= end && strcmp(path + size - end, suffix) == 0;
}

/* Whether there is none, or an empty one. */
static bool is_database_or_new(const char *path)
{
	char head[16];
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = file >= 0 ? read(file, head, sizeof(head)) : 0;

	if (file >= 0)
		close(file);
	return size == 0 || (size == sizeof(head) && memcmp(head, "SQLite format 3", sizeof(head)) == 0);
}

/* A backup takes the place of an older one, and of nothing else: neither of what lies beside a database,
 * nor of a database; and no log may lie beside it, which would be brought into it. */
static bool may_be_written(struct store_copy *copy, const char *file)
{
	static const char *const logs[] = { "-wal", "-journal", "-shm" };
	char log[PLACE_SIZE + 16];
	struct stat left;

	if (sqlite_user_of(file))
		return place_refuse(copy, "is a database in use", file, "name another file");
	for (size_t i = 0; i < sizeof(logs) / sizeof(*logs); i++) {
		if (ends_in(file, logs[i]))
			return place_refuse(copy, "cannot be written", file, "what SQLite has beside a"
			                    " database is called so; name another file");
		snprintf(log, sizeof(log), "%s%s", file, logs[i]);
		if (stat(log, &left) == 0 && left.st_size > 0)
			return place_refuse(copy, "is there", log, "it belongs to a database of the name"
			                    " that the backup would have; name another file");
	}
	return is_database_or_new(file)
	       || place_refuse(copy, "is no backup", file, "it is not replaced; name another file");
}

bool store_backup(struct store_copy *copy)
{
	const char *path = copy->path;
	char file[PLACE_SIZE], part[PLACE_SIZE];

	if (access(path, F_OK) < 0)
		return place_refuse(copy, "cannot be backed up", path, NULL);
	if (is_same_file(path, copy->file))
		return place_refuse(copy, "is the database itself", copy->file, "name another file");
	if (!place_real(copy, copy->file, file) || !may_be_written(copy, file)
	    || !place_part(copy, file, part))
		return false;
	/* One that may write: as the last to close a file that nobody serves it leaves no log behind. */
	struct store *store = store_open_with(&sqlite_driver, path, STORE_WRITES);
	if (!store)
		return place_refuse(copy, "cannot be backed up", path, "see above");
	struct sqlite *sqlite = sqlite_of(store);
	bool done = sqlite_lend_reader(sqlite) ? copy_into(copy, sqlite->connection->db, part)
		: place_refuse(copy, "cannot be backed up", path, "see above");
	if (sqlite->connection) {
		sqlite3_exec(sqlite->connection->db, "rollback", NULL, NULL, NULL);
		sqlite_give_back(sqlite);
	}
	store_close(store);
	if (done)
		done = may_be_written(copy, file) && place_finish(copy, part, file);
	if (!done)
		place_remove(part);
	return done;
}
