/* skill_folder.c - the setting SKILLS: a folder's files into memory.
 *
 * Links are followed as long as they stay in the folder, so that nothing else of the machine is
 * served by mistake; the bounds below end a walk in circles. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "skill.h"

#define ENTRIES_MAX 4096
#define DEPTH_MAX 16
#define BYTES_MAX (64u << 20)           /* all together */

struct walk {
	struct arena *arena;
	const char *folder;             /* without links */
	struct mcp_file *files;
	int count, entries;
	size_t bytes;
};

static struct quote shown(const char *path)
{
	return str_quote(str_of(path), 200);
}

static const char *cannot(struct walk *walk, const char *path)
{
	return arena_print(walk->arena, "%s%s%s can't be read: %s", shown(walk->folder).text,
	                   *path ? "/" : "", shown(path).text, strerror(errno));
}

static void close_file(int *file)
{
	if (*file >= 0)
		close(*file);
}

static const char *read_bytes(struct walk *walk, int file, const char *path, size_t size)
{
	char *bytes = arena_alloc_raw(walk->arena, size + 1);
	size_t done = 0;
	ssize_t more;

	while (done < size && (more = read(file, bytes + done, size - done)) != 0) {
		if (more < 0)
			return cannot(walk, path);
		done += (size_t)more;
	}
	walk->bytes += done;
	walk->files[walk->count++] = (struct mcp_file) { path, bytes, done };
	return NULL;
}

static const char *read_file(struct walk *walk, int folder, const char *name, const char *path)
{
	/* What is no file must not hold the start up. */
	__attribute__((cleanup(close_file))) int file =
		openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat about;

	if (file < 0 || fstat(file, &about) != 0)
		return cannot(walk, path);
	if (!S_ISREG(about.st_mode))
		return arena_print(walk->arena, "%s is neither a file nor a folder; take it out",
		                   shown(path).text);
	if ((size_t)about.st_size > BYTES_MAX - walk->bytes)
		return "the folder has more than 64 MiB; name one with skills alone";
	return read_bytes(walk, file, path, (size_t)about.st_size);
}

/* Of a link; anything else is where it is. */
static const char *check_link(struct walk *walk, const char *path)
{
	char *target = realpath(arena_print(walk->arena, "%s/%s", walk->folder, path), NULL);
	size_t size = strlen(walk->folder);
	bool inside = target && strncmp(target, walk->folder, size) == 0 && target[size] == '/';

	free(target);
	return inside ? NULL : arena_print(walk->arena, "%s is a link that leads out of"
	                                   " the folder, or nowhere; put a copy in its place",
	                                   shown(path).text);
}

static const char *walk_folder(struct walk *walk, int folder, const char *path, int depth);

static const char *read_entry(struct walk *walk, int folder, const char *name, const char *path,
                              int depth)
{
	const char *why;
	struct stat about;

	if (walk->entries++ == ENTRIES_MAX)
		return "the folder has more than 4096 files and folders; name one with skills alone";
	if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0)
		return cannot(walk, path);
	if (S_ISLNK(about.st_mode) && (why = check_link(walk, path)))
		return why;
	if (fstatat(folder, name, &about, 0) != 0)
		return cannot(walk, path);
	if (!S_ISDIR(about.st_mode))
		return read_file(walk, folder, name, path);
	if (depth == DEPTH_MAX)
		return arena_print(walk->arena, "%s is nested too deep, or leads in circles",
		                   shown(path).text);
	return walk_folder(walk, openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path,
	                   depth + 1);
}

/* `file` is handed over. */
static const char *walk_folder(struct walk *walk, int file, const char *path, int depth)
{
	DIR *folder = file < 0 ? NULL : fdopendir(file);
	struct dirent *entry;
	const char *why = NULL;

	if (!folder) {
		why = cannot(walk, path);
		close_file(&file);
		return why;
	}
	while (!why && (errno = 0, entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		why = read_entry(walk, dirfd(folder), entry->d_name, arena_print(walk->arena, "%s%s%s",
		                 path, *path ? "/" : "", entry->d_name), depth);
	}
	if (!why && errno != 0)
		why = cannot(walk, path);
	closedir(folder);
	return why;
}

const char *skill_folder_read(struct arena *arena, const char *folder,
                              const struct mcp_file **files)
{
	char *real = realpath(folder, NULL);
	struct walk walk = { .arena = arena, .folder = real ? real : folder,
	                     .files = arena_array(arena, struct mcp_file, ENTRIES_MAX + 1) };
	const char *why = walk_folder(&walk, open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "", 1);

	free(real);
	*files = walk.files;
	if (!why && walk.count == 0)
		why = arena_print(arena, "there is nothing in %s; a skill is a folder in it with a"
		                  " SKILL.md. Leave SKILLS unset for the server's own", shown(folder).text);
	return why;
}
