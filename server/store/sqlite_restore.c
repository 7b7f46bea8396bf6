/* sqlite_restore.c - puts a copy in a database's place: checked first, and never beside an old log.
 *
 * A log that lay beside the database before would be brought into whatever file has the name next. So
 * it goes first, together with the database, to another name; only then has the copy its own. */
#include "sqlite_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sqlite_check.h"

#define CHUNK (1 << 20)

/* ---- The copy ---- */

static bool copy_bytes(struct store_copy *copy, int from, int to, int64_t size)
{
	ssize_t taken;

	while ((taken = copy_file_range(from, NULL, to, NULL, CHUNK, 0)) > 0) {
		copy->bytes += taken;
		if (copy->going && !copy->going(copy->context, copy->bytes, size)) {
			errno = EINTR;
			return place_refuse(copy, "was not restored", copy->file, NULL);
		}
	}
	return taken == 0 || place_refuse(copy, "cannot be copied", copy->file, NULL);
}

/* `from` may have a log of its own beside it, where it was copied with it. */
static bool copy_file(struct store_copy *copy, const char *from, const char *to, bool required)
{
	struct stat about;
	int in = open(from, O_RDONLY | O_CLOEXEC);

	if (in < 0)
		return !required || place_refuse(copy, "cannot be read", from, NULL);
	int out = fstat(in, &about) == 0 ? place_create(copy, to) : -1;
	bool done = out >= 0 && copy_bytes(copy, in, out, about.st_size);
	if (out >= 0)
		close(out);
	close(in);
	return done;
}

static bool copy_both(struct store_copy *copy, const char *part)
{
	char from[PLACE_SIZE + 8], to[PLACE_SIZE + 8];

	snprintf(from, sizeof(from), "%s-wal", copy->file);
	snprintf(to, sizeof(to), "%s-wal", part);
	return copy_file(copy, copy->file, part, true) && copy_file(copy, from, to, false);
}

/* ---- Whether it is one of ours ---- */

static bool has_migration(sqlite3 *db, const char *name)
{
	sqlite3_stmt *statement = NULL;
	bool found = sqlite3_prepare_v2(db, "select 1 from migration where name = ?1", -1, &statement,
	                                NULL) == SQLITE_OK
	             && sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC) == SQLITE_OK
	             && sqlite3_step(statement) == SQLITE_ROW;

	sqlite3_finalize(statement);
	return found;
}

static bool check_copy(struct store_copy *copy, sqlite3 *db)
{
	char why[SQLITE_CHECK_WHY];
	const char *wrong = sqlite_check(db, true, why);

	if (wrong)
		return place_refuse(copy, "is damaged", copy->file, wrong);
	/* A newer program may have added steps; but the first one is always this program's. */
	if (copy->migrations->name && !has_migration(db, copy->migrations->name))
		return place_refuse(copy, "is no database of this program", copy->file,
		                    "it does not know its tables");
	return sqlite3_exec(db, "pragma journal_mode = delete", NULL, NULL, NULL) == SQLITE_OK
	       || place_refuse(copy, "cannot be restored", copy->file, sqlite3_errmsg(db));
}

static bool make_copy(struct store_copy *copy, const char *part)
{
	sqlite3 *db = NULL;

	if (sqlite_user_of(copy->file))
		return place_refuse(copy, "is a database in use", copy->file,
		                    "make a copy of it with the command backup, and restore that");
	if (!copy_both(copy, part))
		return false;
	bool done = (sqlite3_open_v2(part, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)
	             == SQLITE_OK
	             || place_refuse(copy, "cannot be opened", copy->file, sqlite3_errmsg(db)))
	            && check_copy(copy, db);
	sqlite3_close(db);
	return done;
}

/* ---- What was there ---- */

static bool refuse_in_use(struct store_copy *copy, const char *path)
{
	char reason[128] = "stop what has it open, the server first of all";
	int user = sqlite_user_of(path);

	if (user > 0)
		snprintf(reason, sizeof(reason), "process %d has it open; stop it first", user);
	return place_refuse(copy, "is in use", path, reason);
}

static bool has_two_names(struct store_copy *copy, const char *path, const char *aside)
{
	return link(path, aside) == 0 || errno == ENOENT
	       || place_refuse(copy, "cannot be put aside", path, NULL);
}

static const char *const logs[] = { "-wal", "-journal" };
#define LOGS (sizeof(logs) / sizeof(*logs))

static bool log_has_two_names(struct store_copy *copy, const char *path, const char *suffix)
{
	char log[PLACE_SIZE], aside[PLACE_SIZE];

	snprintf(log, sizeof(log), "%.4080s%s", path, suffix);
	snprintf(aside, sizeof(aside), "%s%s", copy->aside, suffix);
	return has_two_names(copy, log, aside);
}

static bool loses_name(struct store_copy *copy, const char *path, const char *suffix)
{
	char name[PLACE_SIZE];

	snprintf(name, sizeof(name), "%.4080s%s", path, suffix);
	return unlink(name) == 0 || errno == ENOENT
	       || place_refuse(copy, "cannot be put aside", name, NULL);
}

/* All have their other names before the logs lose their first ones. */
static bool put_aside(struct store_copy *copy, const char *path)
{
	time_t now = time(NULL);
	struct tm at;
	bool done;

	size_t size = (size_t)snprintf(copy->aside, sizeof(copy->aside), "%.450s.before-", path);
	strftime(copy->aside + size, sizeof(copy->aside) - size, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &at));
	done = has_two_names(copy, path, copy->aside);
	for (size_t i = 0; i < LOGS && done; i++)
		done = log_has_two_names(copy, path, logs[i]);
	done = done && place_sync_folder(copy, path) && loses_name(copy, path, "-shm");
	for (size_t i = 0; i < LOGS && done; i++)
		done = loses_name(copy, path, logs[i]);
	return done;
}

/* While it is locked, a server that starts waits, and finds that the file it opened was replaced. */
static bool put_in_place(struct store_copy *copy, const char *part, const char *path)
{
	bool there = access(path, F_OK) == 0;
	int lock = there ? sqlite_lock_alone(path) : -1;

	if (there && lock < 0)
		return refuse_in_use(copy, path);
	bool done = put_aside(copy, path) && place_finish(copy, part, path);
	if (!there)
		copy->aside[0] = '\0';
	if (lock >= 0)
		close(lock);
	return done;
}

bool store_restore(struct store_copy *copy)
{
	const char *path = place_of_url(copy->url);
	char part[PLACE_SIZE];
	struct stat file, database;

	if (stat(copy->file, &file) < 0)
		return place_refuse(copy, "cannot be read", copy->file, NULL);
	if (stat(path, &database) == 0 && file.st_dev == database.st_dev
	    && file.st_ino == database.st_ino)
		return place_refuse(copy, "is the database itself", copy->file, "name its copy");
	/* Said before the long part of the work; asked again when it counts. */
	if (sqlite_user_of(path))
		return refuse_in_use(copy, path);
	if (!place_part(copy, path, part))
		return false;
	bool done = make_copy(copy, part) && put_in_place(copy, part, path);
	if (!done)
		place_remove(part);
	return done;
}
