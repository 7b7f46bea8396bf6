/* power.h - a disk that forgets what was not synchronised, as one does whose machine loses its power.
 *
 * SQLite writes to its files through this, and each has a second one in another folder: what was
 * written comes there when the file is synchronised, and now and then before, in any order, as a
 * system writes pages back. So when the process is killed the other folder holds what a disk would
 * have held. It can also fail at any write. */
#ifndef POWER_H
#define POWER_H

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core.h"

#define POWER_PENDING_MOST 65536

struct power_write { sqlite3_int64 at; int size; };     /* size -1: cut off there */

struct power_file {
	sqlite3_file base;
	const char *name;               /* NULL: what is lost anyway */
	sqlite3_file *real;
};

/* Of the database, and of its log: several descriptors are of the same. */
struct power_disk {
	int durable, real;
	int pending;
	struct power_write writes[POWER_PENDING_MOST];
};

static char power_folder[256];
static int power_fails UNUSED;  /* one write of so many; 0: none does */
static pthread_mutex_t power_lock = PTHREAD_MUTEX_INITIALIZER;
static struct power_disk power_disks[2];
static sqlite3_vfs power_vfs, *power_real;
static sqlite3_io_methods power_methods;

static struct power_file *power_of(sqlite3_file *file)
{
	return (struct power_file *)(void *)file;
}

static void power_write_back(struct power_disk *disk, const struct power_write *write)
{
	char bytes[64 * 1024];

	if (write->size < 0) {
		if (ftruncate(disk->durable, write->at) < 0)
			abort();
		return;
	}
	if (write->size > (int)sizeof(bytes))
		abort();
	/* It may have been cut off since. */
	ssize_t size = pread(disk->real, bytes, (size_t)write->size, write->at);
	if (size < 0 || pwrite(disk->durable, bytes, (size_t)size, write->at) != size)
		abort();
}

static void power_write_all_back(struct power_disk *disk)
{
	for (int i = 0; i < disk->pending; i++)
		power_write_back(disk, &disk->writes[i]);
	disk->pending = 0;
}

static struct power_disk *power_disk_of(const char *name)
{
	const char *file = strrchr(name, '/');
	size_t size = strlen(name);
	struct power_disk *disk = &power_disks[size > 4 && strcmp(name + size - 4, "-wal") == 0];

	if (!disk->real) {
		char path[512];
		snprintf(path, sizeof(path), "%s%s", power_folder, file);
		disk->real = open(name, O_RDONLY | O_CLOEXEC);
		disk->durable = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (disk->real < 0 || disk->durable < 0)
			abort();
	}
	return disk;
}

static void power_note(struct power_file *file, sqlite3_int64 at, int size)
{
	if (!file->name)
		return;
	pthread_mutex_lock(&power_lock);
	struct power_disk *disk = power_disk_of(file->name);
	/* A system writes back when it has too much. */
	if (disk->pending == POWER_PENDING_MOST)
		power_write_all_back(disk);
	disk->writes[disk->pending++] = (struct power_write) { at, size };
	/* One of those that wait, not always this one. */
	if (rand() % 4 == 0)
		power_write_back(disk, &disk->writes[rand() % disk->pending]);
	pthread_mutex_unlock(&power_lock);
}

static bool power_fails_now(const struct power_file *file)
{
	return power_fails && file->name && rand() % power_fails == 0;
}

static int power_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
	struct power_file *own = power_of(file);
	int code = power_fails_now(own) ? SQLITE_FULL
		: own->real->pMethods->xWrite(own->real, bytes, size, at);

	if (code == SQLITE_OK)
		power_note(own, at, size);
	return code;
}

static int power_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct power_file *own = power_of(file);
	int code = power_fails_now(own) ? SQLITE_IOERR_TRUNCATE
		: own->real->pMethods->xTruncate(own->real, size);

	if (code == SQLITE_OK)
		power_note(own, size, -1);
	return code;
}

static int power_sync(sqlite3_file *file, int flags)
{
	(void)flags;
	struct power_file *own = power_of(file);

	if (!own->name)
		return SQLITE_OK;
	if (power_fails_now(own))
		return SQLITE_IOERR_FSYNC;
	pthread_mutex_lock(&power_lock);
	struct power_disk *disk = power_disk_of(own->name);
	power_write_all_back(disk);
	pthread_mutex_unlock(&power_lock);
	return SQLITE_OK;
}

/* ---- All else is as it is ---- */

#define POWER_PASS(name, parameters, ...) \
	static int power_##name parameters \
	{ \
		sqlite3_file *real = power_of(file)->real; \
		return real->pMethods->name(__VA_ARGS__); \
	}

POWER_PASS(xClose, (sqlite3_file *file), real)
POWER_PASS(xRead, (sqlite3_file *file, void *into, int size, sqlite3_int64 at), real, into, size, at)
POWER_PASS(xFileSize, (sqlite3_file *file, sqlite3_int64 *size), real, size)
POWER_PASS(xLock, (sqlite3_file *file, int lock), real, lock)
POWER_PASS(xUnlock, (sqlite3_file *file, int lock), real, lock)
POWER_PASS(xCheckReservedLock, (sqlite3_file *file, int *held), real, held)
POWER_PASS(xFileControl, (sqlite3_file *file, int op, void *argument), real, op, argument)
POWER_PASS(xSectorSize, (sqlite3_file *file), real)
POWER_PASS(xDeviceCharacteristics, (sqlite3_file *file), real)
POWER_PASS(xShmMap, (sqlite3_file *file, int page, int size, int extend, void volatile **at),
           real, page, size, extend, at)
POWER_PASS(xShmLock, (sqlite3_file *file, int offset, int n, int flags), real, offset, n, flags)
POWER_PASS(xShmUnmap, (sqlite3_file *file, int remove), real, remove)
POWER_PASS(xFetch, (sqlite3_file *file, sqlite3_int64 at, int size, void **found), real, at, size, found)
POWER_PASS(xUnfetch, (sqlite3_file *file, sqlite3_int64 at, void *found), real, at, found)

static void power_xShmBarrier(sqlite3_file *file)
{
	sqlite3_file *real = power_of(file)->real;
	real->pMethods->xShmBarrier(real);
}

static int power_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
	(void)vfs;
	struct power_file *own = power_of(file);

	own->name = flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL) ? name : NULL;
	own->real = (sqlite3_file *)(void *)(own + 1);
	int code = power_real->xOpen(power_real, name, own->real, flags, out);
	file->pMethods = own->real->pMethods ? &power_methods : NULL;
	return code;
}

/* From now on SQLite's files are such. */
static void power_begin(const char *folder)
{
	snprintf(power_folder, sizeof(power_folder), "%s", folder);
	power_real = sqlite3_vfs_find(NULL);
	power_vfs = *power_real;
	power_vfs.zName = "power";
	power_vfs.szOsFile = (int)sizeof(struct power_file) + power_real->szOsFile;
	power_vfs.xOpen = power_open;
	power_methods = (sqlite3_io_methods) {
		3, power_xClose, power_xRead, power_write, power_truncate, power_sync, power_xFileSize,
		power_xLock, power_xUnlock, power_xCheckReservedLock, power_xFileControl, power_xSectorSize,
		power_xDeviceCharacteristics, power_xShmMap, power_xShmLock, power_xShmBarrier,
		power_xShmUnmap, power_xFetch, power_xUnfetch,
	};
	if (sqlite3_vfs_register(&power_vfs, 1) != SQLITE_OK)
		abort();
}

#endif
