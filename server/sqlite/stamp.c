/* stamp.c - tells whether the log beside a database file is that file's. */
#include "stamp.h"
#include "fatal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#define PAGES_BEFORE_CHECKPOINT 1000    /* as is usual with SQLite */

/* Where things are: sqlite.org/fileformat2.html. */
enum {
	USER_VERSION_AT = 60, APPLICATION_ID_AT = 68,
	LOG_HEADER = 32, LOG_PAGE_SIZE_AT = 8, LOG_SALT_AT = 16,
	FRAME_HEADER = 24, FRAME_SALT_AT = 8, SALT = 8,
};

/* ---- Writing it ---- */

static bool get_number(sqlite3 *db, uint32_t *number)
{
	sqlite3_stmt *statement = NULL;
	bool there = sqlite3_prepare_v2(db, "pragma user_version", -1, &statement, NULL) == SQLITE_OK
	             && sqlite3_step(statement) == SQLITE_ROW;

	if (there)
		*number = (uint32_t)sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return there;
}

static bool set_numbers(sqlite3 *db, uint32_t number, uint32_t before)
{
	char sql[160];

	snprintf(sql, sizeof(sql), "begin immediate; pragma user_version = %d; pragma application_id = %d;"
	         " commit", (int)number, (int)before);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	if (!sqlite3_get_autocommit(db))
		sqlite3_exec(db, "rollback", NULL, NULL, NULL);
	return false;
}

/* A number of 31 bits, since the column has a sign. */
static uint32_t another_than(uint32_t before)
{
	uint32_t number = 0;

	while (number == 0 || number == before) {
		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			fatal();
		number &= INT32_MAX;
	}
	return number;
}

/* The file must have the number before its log may have that one alone: until then both are named. */
static void change_number(struct stamp *stamp, sqlite3 *db, uint32_t before)
{
	stamp->begun = set_numbers(db, another_than(before), before);
	stamp->due = stamp->begun && sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL,
	                                                       NULL) == SQLITE_OK;
}

/* The number is read anew: another process may have changed it. 0: it never was stamped, and somebody
 * else has the file open too. */
void stamp_before_write(struct stamp *stamp, sqlite3 *db)
{
	uint32_t number = 0;

	if (stamp->begun && !stamp->due)
		return;
	if (!get_number(db, &number))
		return;
	if (!stamp->begun && stamp->alone)
		change_number(stamp, db, number);
	else
		stamp->begun = stamp->due = true;
	if (stamp->due && get_number(db, &number) && number)
		stamp->due = !set_numbers(db, number, number);
	else
		stamp->due = false;
}

static int on_commit(void *context, UNUSED sqlite3 *db, UNUSED const char *name, int pages)
{
	struct stamp *stamp = context;

	/* Somebody brought the whole log in, and this commit was the first of the next. */
	stamp->due = stamp->due || pages < stamp->pages;
	stamp->pages = pages;
	return SQLITE_OK;
}

void stamp_after_write(struct stamp *stamp, sqlite3 *db)
{
	int in_log = 0, brought_in = -1;

	if (stamp->pages >= PAGES_BEFORE_CHECKPOINT
	    && sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &brought_in)
	       == SQLITE_OK && in_log == brought_in)
		stamp->due = true;
}

void stamp_watch(struct stamp *stamp, sqlite3 *db)
{
	sqlite3_wal_hook(db, on_commit, stamp);
}

/* ---- Reading it, without SQLite ---- */

static uint32_t number_at(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool read_at(int file, void *into, size_t size, off_t at)
{
	return pread(file, into, size, at) == (ssize_t)size;
}

static bool number_of_file(const char *path, uint32_t *number)
{
	unsigned char bytes[4];
	int file = open(path, O_RDONLY | O_CLOEXEC);
	bool read = file >= 0 && read_at(file, bytes, sizeof(bytes), USER_VERSION_AT);

	if (read)
		*number = number_at(bytes);
	if (file >= 0)
		close(file);
	return read;
}

enum shown { NOTHING, THIS, ANOTHER };

/* Frames behind the last one of this log are of a former one, and have another salt. */
static enum shown look_at_frames(int log, uint32_t number)
{
	unsigned char header[LOG_HEADER], frame[FRAME_HEADER], numbers[APPLICATION_ID_AT + 4];
	enum shown shown = NOTHING;

	if (!read_at(log, header, sizeof(header), 0))
		return NOTHING;
	off_t size = (off_t)number_at(header + LOG_PAGE_SIZE_AT) + FRAME_HEADER;
	for (off_t at = LOG_HEADER; read_at(log, frame, sizeof(frame), at)
	     && memcmp(frame + FRAME_SALT_AT, header + LOG_SALT_AT, SALT) == 0; at += size) {
		if (number_at(frame) != 1 || !read_at(log, numbers, sizeof(numbers), at + FRAME_HEADER))
			continue;
		if (number_at(numbers + USER_VERSION_AT) == number
		    || number_at(numbers + APPLICATION_ID_AT) == number)
			return THIS;
		shown = ANOTHER;
	}
	return shown;
}

bool stamp_is_of_another(const char *path, const char *log)
{
	uint32_t number;
	enum shown shown = NOTHING;

	if (!number_of_file(path, &number))
		return false;
	int file = open(log, O_RDONLY | O_CLOEXEC);
	if (file >= 0) {
		shown = look_at_frames(file, number);
		close(file);
	}
	return shown == ANOTHER;
}
