/* place.c - putting a whole file in its place: written under another name first, then renamed. */
#include "place.h"
#include "fatal.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

bool place_refuse(struct store_copy *copy, const char *what, const char *path, const char *reason)
{
	snprintf(copy->why, sizeof(copy->why), "%s %s: %s", str_quote(str_of(path), 150).text, what,
	         str_quote(str_of(reason ? reason : strerror(errno)), 150).text);
	return false;
}

_Static_assert(PLACE_SIZE >= PATH_MAX, "realpath() writes that much");

bool place_real(struct store_copy *copy, const char *path, char real[PLACE_SIZE])
{
	struct stat about;

	if (realpath(path, real)) {
		if (stat(real, &about) == 0 && S_ISREG(about.st_mode))
			return true;
		return place_refuse(copy, "cannot be used", path,
		                    "it is no file, and nothing is put in its place; name a file");
	}
	if (errno != ENOENT)
		return place_refuse(copy, "cannot be used", path, NULL);
	if (lstat(path, &about) == 0)
		return place_refuse(copy, "cannot be used", path, "it is a link to what is not there");
	if (snprintf(real, PLACE_SIZE, "%s", path) < PLACE_SIZE)
		return true;
	errno = ENAMETOOLONG;
	return place_refuse(copy, "cannot be used", path, NULL);
}

bool place_part(struct store_copy *copy, const char *path, char part[PLACE_SIZE])
{
	uint32_t number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		fatal();
	/* SQLite adds to it, "-journal" for instance. */
	if (snprintf(part, PLACE_SIZE - 16, "%s.part-%08x", path, (unsigned)number) < PLACE_SIZE - 16)
		return true;
	errno = ENAMETOOLONG;
	return place_refuse(copy, "cannot be written", path, NULL);
}

int place_create(struct store_copy *copy, const char *part)
{
	int file = open(part, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0640);

	if (file < 0)
		place_refuse(copy, "cannot be written", part, NULL);
	return file;
}

static bool sync_path(const char *path, int flags)
{
	int file = open(path, flags | O_CLOEXEC);
	bool done = file >= 0 && fsync(file) == 0;

	if (file >= 0)
		close(file);
	return done;
}

bool place_sync_folder(struct store_copy *copy, const char *path)
{
	char folder[PLACE_SIZE];

	snprintf(folder, sizeof(folder), "%s", path);
	return sync_path(dirname(folder), O_RDONLY | O_DIRECTORY)
	       || place_refuse(copy, "may not be on the disk", path, NULL);
}

bool place_sync(struct store_copy *copy, const char *part)
{
	return sync_path(part, O_RDWR) || place_refuse(copy, "cannot be written", part, NULL);
}

bool place_finish(struct store_copy *copy, const char *part, const char *path)
{
	if (!place_sync(copy, part))
		return false;
	if (rename(part, path) < 0)
		return place_refuse(copy, "cannot be written", path, NULL);
	return place_sync_folder(copy, path);
}

void place_remove(const char *part)
{
	static const char *const suffixes[] = { "", "-journal", "-wal", "-shm" };
	char name[PLACE_SIZE];

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		snprintf(name, sizeof(name), "%.4080s%s", part, suffixes[i]);
		unlink(name);
	}
}
