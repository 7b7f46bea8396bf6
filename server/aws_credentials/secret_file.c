/* secret_file.c - see secret_file.h. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "secret_file.h"

/* False: it can't be read, or is longer. */
static bool read_whole(int file, char *at, size_t max, size_t *size)
{
	for (*size = 0; *size <= max;) {
		ssize_t more = read(file, at + *size, max + 1 - *size);
		if (more < 0 && errno == EINTR)
			continue;
		if (more < 0)
			return false;
		if (more == 0)
			return true;
		*size += (size_t)more;
	}
	return false;
}

static const char *read_open(struct arena *arena, int file, size_t max, str *text)
{
	struct stat about;
	size_t size;

	if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode))
		return "it is no file";
	char *at = arena_alloc_raw(arena, max + 1);
	if (!read_whole(file, at, max, &size))
		return "it can't be read, or is too long";
	*text = (str) { at, size };
	return NULL;
}

enum secret_file secret_file_read(struct arena *arena, const char *path, size_t max, str *text, const char **wrong)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (file < 0 && (errno == ENOENT || errno == ENOTDIR))
		return SECRET_FILE_ABSENT;
	const char *what = file < 0 ? strerror(errno) : read_open(arena, file, max, text);
	if (file >= 0)
		close(file);
	if (!what)
		return SECRET_FILE_READ;
	*wrong = arena_print(arena, "%s: %s", path, what);
	return SECRET_FILE_WRONG;
}
