/* file_check.c - whether a database file is whole, and whether somebody has it open. */
#include "file_check.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "stamp.h"

/* Every connection that uses a file in WAL mode holds one of these bytes for as long as it is open
 * (sqlite.org/fileformat2.html and os_unix.c, SHARED_FIRST and SHARED_SIZE). */
#define LOCK_FIRST 0x40000002
#define LOCK_SIZE 510

#define THOROUGH_MOST (INT64_C(64) << 20)       /* bytes that are gone through at a start, well under 1 s */

static struct flock all_of_it(void)
{
	return (struct flock) { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCK_FIRST,
	                        .l_len = LOCK_SIZE };
}

int sqlite_lock_alone(const char *path)
{
	struct flock lock = all_of_it();
	int file = open(path, O_RDWR | O_CLOEXEC);

	if (file >= 0 && fcntl(file, F_OFD_SETLK, &lock) == 0)
		return file;
	if (file >= 0)
		close(file);
	return -1;
}

int sqlite_user_of(const char *path)
{
	struct flock lock = all_of_it();
	int file = open(path, O_RDONLY | O_CLOEXEC), user = 0;

	if (file < 0)
		return 0;
	if (fcntl(file, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
		user = lock.l_pid > 0 ? (int)lock.l_pid : -1;
	close(file);
	return user;
}

/* The first complaint is enough. */
static int keep_first(void *context, int count, char **values, char **names UNUSED)
{
	char *why = context;

	if (count == 1 && values[0] && !*why)
		snprintf(why, SQLITE_CHECK_WHY, "%s", strcmp(values[0], "ok") == 0 ? "" : values[0]);
	return 0;
}

const char *sqlite_check(sqlite3 *db, bool thorough, char why[SQLITE_CHECK_WHY])
{
	const char *pragma = thorough ? "pragma integrity_check(1)" : "pragma quick_check(1)";

	*why = '\0';
	if (sqlite3_exec(db, pragma, keep_first, why, NULL) != SQLITE_OK)
		snprintf(why, SQLITE_CHECK_WHY, "%s", sqlite3_errmsg(db));
	for (char *at = why; *at; at++)
		*at = *at == '\n' ? ' ' : *at;
	return *why ? why : NULL;
}

void sqlite_refuse_log(const char *path, const char *why)
{
	log_error("store: %s does not go with the log beside it: %s. If it was put there from a backup, the"
	          " log is of the file before: remove %s-wal and %s-shm and start again (the command restore"
	          " would have done it). If not, restore a backup. Nothing was changed", path, why, path,
	          path);
}

/* The bytes of a file and of the log beside it; 0: there is none, or it is empty. */
static int64_t size_with_log(const char *path, char log[PATH_MAX + 8])
{
	struct stat file, left;

	snprintf(log, PATH_MAX + 8, "%s-wal", path);
	if (stat(log, &left) < 0 || left.st_size == 0 || stat(path, &file) < 0)
		return 0;
	return file.st_size + left.st_size;
}

const char *sqlite_check_log(const char *path, sqlite3 *db, char why[SQLITE_CHECK_WHY])
{
	char log[PATH_MAX + 8];
	int64_t began_ms = tick_ms(), size = size_with_log(path, log);

	if (size == 0)
		return NULL;
	if (stamp_is_of_another(path, log))
		return "it was written for another file";
	if (sqlite_check(db, size <= THOROUGH_MOST, why))
		return why;
	log_info("store: whoever had %s open last did not stop in order; it was checked in %lld ms and is"
	         " whole", path, (long long)(tick_ms() - began_ms));
	return NULL;
}

bool sqlite_check_left(const char *path)
{
	char real[PATH_MAX], log[PATH_MAX + 8], why[SQLITE_CHECK_WHY];
	sqlite3 *db;

	/* SQLite has its log beside the file, not beside a link to it. */
	if (!realpath(path, real) || size_with_log(real, log) == 0)
		return true;
	/* For reading: whatever is found, such a connection does not bring the log into the file. */
	bool opened = sqlite3_open_v2(real, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK;
	if (opened)
		sqlite3_busy_timeout(db, 5000);
	const char *wrong = opened ? sqlite_check_log(real, db, why) : sqlite3_errmsg(db);
	if (wrong)
		sqlite_refuse_log(real, wrong);
	sqlite3_close(db);
	return !wrong;
}
