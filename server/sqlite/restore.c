/* restore.c - puts a copy in a database's place: checked first, and never beside an old log.
 *
 * A log that lay beside the database before would be brought into whatever file has the name next. So
 * both have other names before the copy has its own, and then the log loses its first one. Whoever is
 * killed in between leaves the copy with a log that shows to be another file's (stamp.h), with
 * which no server starts; the other way round the old file would be served without what its log held. */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "file_check.h"
#include "stamp.h"

#define CHUNK (1 << 16)

/* ---- The copy ---- */

static bool write_all(int to, const char *bytes, size_t size)
{
	for (ssize_t written; size > 0; bytes += written, size -= (size_t)written)
		if ((written = write(to, bytes, size)) < 0)
			return false;
	return true;
}

static bool copy_bytes(struct store_copy *copy, int from, int to, int64_t size)
{
	static char bytes[CHUNK];
	ssize_t taken;

	/* Not copy_file_range(), which can't get from one file system to another. */
	while ((taken = read(from, bytes, sizeof(bytes))) > 0) {
		if (!write_all(to, bytes, (size_t)taken))
			return place_refuse(copy, "cannot be copied", copy->file, NULL);
		copy->bytes += taken;
		if (copy->going && !copy->going(copy->context, copy->bytes, size)) {
			errno = EINTR;
			return place_refuse(copy, "was not restored", copy->file, NULL);
		}
	}
	return taken == 0 || place_refuse(copy, "cannot be copied", copy->file, NULL);
}

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

static const char *const logs[] = { "-wal", "-journal" };
#define LOGS (sizeof(logs) / sizeof(*logs))

static bool copy_log(struct store_copy *copy, const char *file, const char *part, const char *suffix)
{
	char from[PLACE_SIZE + 16], to[PLACE_SIZE + 16];

	snprintf(from, sizeof(from), "%s%s", file, suffix);
	snprintf(to, sizeof(to), "%s%s", part, suffix);
	if (stamp_is_of_another(file, from))
		return place_refuse(copy, "does not go with the file beside it", from,
		                    "it was written for another one; move it away");
	return copy_file(copy, from, to, false);
}

/* `file` may have a log of its own beside it, where it was copied with it. */
static bool copy_all(struct store_copy *copy, const char *file, const char *part)
{
	bool done = copy_file(copy, file, part, true);

	for (size_t i = 0; i < LOGS && done; i++)
		done = copy_log(copy, file, part, logs[i]);
	return done;
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
	/* No log is its own. */
	return sqlite3_exec(db, "pragma journal_mode = delete; pragma user_version = 0;"
	                    "pragma application_id = 0", NULL, NULL, NULL) == SQLITE_OK
	       || place_refuse(copy, "cannot be restored", copy->file, sqlite3_errmsg(db));
}

static bool make_copy(struct store_copy *copy, const char *part)
{
	char file[PLACE_SIZE];
	sqlite3 *db = NULL;

	if (!place_real(copy, copy->file, file))
		return false;
	if (sqlite_user_of(file))
		return place_refuse(copy, "is a database in use", copy->file,
		                    "make a copy of it with the command backup, and restore that");
	if (!copy_all(copy, file, part))
		return false;
	bool done = (sqlite3_open_v2(part, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)
	             == SQLITE_OK
	             || place_refuse(copy, "cannot be opened", copy->file, sqlite3_errmsg(db)))
	            && check_copy(copy, db);
	sqlite3_close(db);
	return done && place_sync(copy, part);
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
	return done && place_sync_folder(copy, path);
}

/* Of what has its other names, the logs lose their first ones. If they can't, all is as it was. */
static bool logs_go(struct store_copy *copy, const char *path, bool there)
{
	bool done = loses_name(copy, path, "-shm");

	for (size_t i = 0; i < LOGS && done; i++)
		done = loses_name(copy, path, logs[i]);
	if (!done && there)
		(void)!rename(copy->aside, path);
	else if (!done)
		unlink(path);
	return done;
}

/* Whoever restores it may be somebody else than who serves it, who must be able to. */
static bool belongs_to_same(struct store_copy *copy, const char *part, const char *path)
{
	struct stat before;

	if (stat(path, &before) < 0)
		return true;
	return (chown(part, before.st_uid, before.st_gid) == 0 && chmod(part, before.st_mode & 07777) == 0)
	       || place_refuse(copy, "cannot be given to who has the database now", part, NULL);
}

/* While both are locked, a server that starts waits, and finds that the file it opened was replaced, or
 * that the log beside it is another's. */
static bool put_in_place(struct store_copy *copy, const char *part, const char *path)
{
	bool there = access(path, F_OK) == 0;
	int lock = there ? sqlite_lock_alone(path) : -1, next;

	if (there && lock < 0)
		return refuse_in_use(copy, path);
	next = sqlite_lock_alone(part);
	bool done = belongs_to_same(copy, part, path) && put_aside(copy, path)
	            && place_finish(copy, part, path) && logs_go(copy, path, there)
	            && place_sync_folder(copy, path);
	if (!there)
		copy->aside[0] = '\0';
	if (next >= 0)
		close(next);
	if (lock >= 0)
		close(lock);
	return done;
}

bool store_restore(struct store_copy *copy)
{
	char path[PLACE_SIZE], part[PLACE_SIZE];
	struct stat file, database;

	if (!place_real(copy, copy->path, path))
		return false;
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
