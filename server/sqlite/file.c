/* file.c - what the handles of this process to one database file share. */
#include "file.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fatal.h"
#include "log.h"
#include "sqlite.h"

#define READERS_MOST 8                  /* some times the cores a process is given: a read seldom waits for more */
#define WRITING_TEXTS 256               /* more than programs have; the rest is found out each time */
#define GROUP_AGE_MOST_US 5000
#define MOMENT_MS 100                   /* readers look again after that */

/* Which file a name stood for; inode 0: not known yet. */
struct identity {
	dev_t device;
	ino_t inode;
};

enum part { MAIN, LOG, INDEX, PARTS };
static const char *const suffixes[PARTS] = { "", "-wal", "-shm" };

struct sqlite_file {
	struct sqlite_file *next;       /* of all of them */
	int members;
	struct sqlite_connection *writer;       /* NULL: so far all only read */
	struct lending *turn, *readers;
	struct open_group group;
	atomic_uintptr_t writing[WRITING_TEXTS];
	struct stamp stamp;             /* whose turn it is looks at it */
	char *paths[PARTS];
	char *whys[PARTS];              /* said where that part is away */
	pthread_mutex_t lock;           /* of what follows */
	struct identity parts[PARTS];
	atomic_int away;                /* a part, or PARTS: it is in its place */
	atomic_llong looked_ms;
	atomic_bool damaged;
};

static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;
static struct sqlite_file *all;

/* ---- Where it is ---- */

static bool is_same(const struct identity *known, const struct stat *found)
{
	return known->device == found->st_dev && known->inode == found->st_ino;
}

/* The log and its index are there as long as a connection is that has used the file. */
static bool is_there(struct sqlite_file *file, enum part part)
{
	struct identity *known = &file->parts[part];
	struct stat found;

	if (stat(file->paths[part], &found) < 0)
		return known->inode == 0;
	if (known->inode == 0)
		*known = (struct identity) { found.st_dev, found.st_ino };
	return is_same(known, &found);
}

/* NULL, or why the part that is missing ends it all. */
static const char *why(const struct sqlite_file *file, int missing)
{
	return missing == PARTS ? NULL : file->whys[missing];
}

static void note(struct sqlite_file *file, enum part missing)
{
	int before = atomic_exchange(&file->away, (int)missing);

	if (before == PARTS && missing != PARTS)
		log_error("store: %s: nothing is read or written until it is back in its place, or this"
		          " program was started again", file->whys[missing]);
	else if (before != PARTS && missing == PARTS)
		log_info("store: %s is back in its place", file->paths[MAIN]);
}

const char *sqlite_file_away(struct sqlite_file *file)
{
	enum part part = MAIN;

	pthread_mutex_lock(&file->lock);
	while (part < PARTS && is_there(file, part))
		part++;
	note(file, part);
	atomic_store(&file->looked_ms, tick_ms());
	pthread_mutex_unlock(&file->lock);
	return why(file, (int)part);
}

const char *sqlite_file_seen_away(struct sqlite_file *file)
{
	int64_t looked_ms = atomic_load_explicit(&file->looked_ms, memory_order_relaxed);

	if (tick_ms() - looked_ms >= MOMENT_MS)
		return sqlite_file_away(file);
	return why(file, atomic_load_explicit(&file->away, memory_order_relaxed));
}

const char *sqlite_file_path(const struct sqlite_file *file)
{
	return file->paths[MAIN];
}

void sqlite_file_damaged(struct sqlite_file *file)
{
	if (!atomic_exchange(&file->damaged, true))
		log_error("store: %s is damaged; see `restore`", file->paths[MAIN]);
}

bool sqlite_file_is_damaged(struct sqlite_file *file)
{
	return atomic_load(&file->damaged);
}

struct stamp *sqlite_file_stamp(struct sqlite_file *file)
{
	return &file->stamp;
}

struct lending *sqlite_file_turn(struct sqlite_file *file)
{
	return file->turn;
}

struct sqlite_connection *sqlite_file_writer(struct sqlite_file *file)
{
	return file->writer;
}

struct open_group *sqlite_file_group(struct sqlite_file *file)
{
	return &file->group;
}

struct lending *sqlite_file_readers(struct sqlite_file *file)
{
	return file->readers;
}

/* ---- What writes ---- */

static size_t place_of(const char *sql, size_t tries)
{
	uintptr_t address = (uintptr_t)sql;

	return ((address ^ address >> 6 ^ address >> 12) + tries) % WRITING_TEXTS;
}

bool sqlite_file_writes(const struct sqlite_file *file, const char *sql)
{
	for (size_t tries = 0; tries < WRITING_TEXTS; tries++) {
		uintptr_t text = atomic_load_explicit(&file->writing[place_of(sql, tries)],
		                                      memory_order_relaxed);
		if (!text || text == (uintptr_t)sql)
			return text;
	}
	return false;
}

void sqlite_file_note_writes(struct sqlite_file *file, const char *sql)
{
	for (size_t tries = 0; tries < WRITING_TEXTS; tries++) {
		uintptr_t text = 0;
		if (atomic_compare_exchange_strong(&file->writing[place_of(sql, tries)], &text,
		                                   (uintptr_t)sql) || text == (uintptr_t)sql)
			return;
	}
}

/* ---- Who has it open ---- */

/* `path` may be a link, which may come to stand for another file; the log lies beside `real`. */
static struct sqlite_file *file_create(const char *path, const char *real, const struct stat *found)
{
	struct sqlite_file *file = calloc(1, sizeof(*file));

	if (!file)
		fatal();
	for (enum part part = MAIN; part < PARTS; part++)
		if (asprintf(&file->paths[part], "%s%s", part == MAIN ? path : real, suffixes[part]) < 0
		    || asprintf(&file->whys[part], "%s was moved, deleted or replaced while it was open",
		                file->paths[part]) < 0)
			fatal();
	atomic_init(&file->away, PARTS);
	file->parts[MAIN] = (struct identity) { found->st_dev, found->st_ino };
	file->turn = lending_create(1);
	file->group.age_most_us = GROUP_AGE_MOST_US;
	file->readers = lending_create(READERS_MOST);
	pthread_mutex_init(&file->lock, NULL);
	file->next = all;
	all = file;
	return file;
}

static void close_reader(void *reader)
{
	sqlite_connection_close(reader);
}

static void file_destroy(struct sqlite_file *file)
{
	lending_destroy(file->readers, close_reader);
	sqlite_connection_close(file->writer);
	lending_destroy(file->turn, NULL);
	pthread_mutex_destroy(&file->lock);
	for (enum part part = MAIN; part < PARTS; part++) {
		free(file->paths[part]);
		free(file->whys[part]);
	}
	free(file);
}

/* With `all_lock` held. */
static struct sqlite_file *file_of(const struct stat *found)
{
	struct sqlite_file *file = all;

	while (file && !is_same(&file->parts[MAIN], found))
		file = file->next;
	return file;
}

/* With `all_lock` held: the one that was opened by this name. */
static struct sqlite_file *file_named(const char *path)
{
	struct sqlite_file *file = all;

	while (file && strcmp(file->paths[MAIN], path) != 0)
		file = file->next;
	return file;
}

bool sqlite_is_gone(const char *path, struct store_why *why)
{
	pthread_mutex_lock(&all_lock);
	struct sqlite_file *file = file_named(path);
	const char *away = file ? sqlite_file_away(file) : NULL;
	if (away)
		(void)store_wrong(why, "%s", away);
	pthread_mutex_unlock(&all_lock);
	return away;
}

bool sqlite_file_is_open(const char *path)
{
	struct stat found;

	if (stat(path, &found) < 0)
		return false;
	pthread_mutex_lock(&all_lock);
	bool open = file_of(&found);
	pthread_mutex_unlock(&all_lock);
	return open;
}

/* The file at that path, which is the connection's. */
static bool found_in_place(const char *path, sqlite3 *db, struct stat *found)
{
	int moved = 0;

	return stat(path, found) == 0
	       && !(sqlite3_file_control(db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved);
}

bool sqlite_file_holds(struct sqlite_file *file, sqlite3 *db)
{
	struct stat found;

	return found_in_place(sqlite3_db_filename(db, "main"), db, &found)
	       && is_same(&file->parts[MAIN], &found);
}

struct sqlite_file *sqlite_file_join(const char *path, sqlite3 *db, bool alone)
{
	struct stat found;

	if (!found_in_place(path, db, &found))
		return NULL;
	pthread_mutex_lock(&all_lock);
	struct sqlite_file *file = file_of(&found);
	if (!file && !file_named(path)) {
		file = file_create(path, sqlite3_db_filename(db, "main"), &found);
		file->stamp.alone = alone;
	}
	if (file)
		file->members++;
	pthread_mutex_unlock(&all_lock);
	return file;
}

struct sqlite_file *sqlite_file_join_writer(const char *path)
{
	struct stat found;

	if (stat(path, &found) < 0)
		return NULL;
	pthread_mutex_lock(&all_lock);
	struct sqlite_file *file = file_of(&found);
	if (file && !file->writer)
		file = NULL;
	if (file)
		file->members++;
	pthread_mutex_unlock(&all_lock);
	return file;
}

void sqlite_file_set_writer(struct sqlite_file *file, struct sqlite_connection *writer)
{
	pthread_mutex_lock(&all_lock);
	file->writer = writer;
	pthread_mutex_unlock(&all_lock);
}

static void forget(struct sqlite_file *file)
{
	struct sqlite_file **place = &all;

	while (*place != file)
		place = &(*place)->next;
	*place = file->next;
}

/* What is its own is closed before it counts as gone: the writer is to be closed last. Until that one is,
 * nobody finds the file unopened and looks at it without SQLite, which would take its locks away. */
void sqlite_file_leave(struct sqlite_file *file, struct sqlite_connection *own)
{
	sqlite_connection_close(own);
	if (!file)
		return;
	pthread_mutex_lock(&all_lock);
	if (--file->members == 0) {
		forget(file);
		file_destroy(file);
	}
	pthread_mutex_unlock(&all_lock);
}
