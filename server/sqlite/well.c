/* well.c - whether what is written next to a file would find a place, which no statement tells that needs none. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "sqlite_private.h"

#define ROOM_LEAST (2LL << 20)          /* bytes: a group of commits, and a little */

static bool has_room(const char *path, struct store_why *why)
{
	struct statvfs found;

	if (statvfs(path, &found) != 0)
		return store_wrong(why, "%s: %s", path, strerror(errno));
	long long left = (long long)found.f_bavail * (long long)found.f_frsize;
	return left >= ROOM_LEAST
	       || store_wrong(why, "the disk of %s is full: %lld KiB are left", path, left / 1024);
}

/* It grows where it can't be emptied: somebody reads for long. */
static void measure_wal(const char *path)
{
	struct stat found;
	char wal[PATH_MAX];

	snprintf(wal, sizeof(wal), "%s-wal", path);
	atomic_store(&store_counters.wal_bytes, stat(wal, &found) == 0 ? found.st_size : 0);
}

bool sqlite_well(struct store *store, struct store_why *why)
{
	struct sqlite *sqlite = sqlite_of(store);

	if (sqlite->look)
		return sqlite_look_well(sqlite, why);
	if (!sqlite->file)
		return true;
	const char *path = sqlite_file_path(sqlite->file), *away = sqlite_file_away(sqlite->file);
	measure_wal(path);
	if (away)
		return store_wrong(why, "%s", away);
	if (sqlite_file_is_damaged(sqlite->file))
		return store_wrong(why, "%s is damaged; see the command restore", path);
	if (access(path, W_OK) != 0)
		return store_wrong(why, "%s: %s", path, strerror(errno));
	return has_room(path, why);
}
