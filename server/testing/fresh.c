/* fresh.c - a database of a test's own, that is gone when the test is over. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "inside.h"

#define PLACE_ROOM 256

struct fresh {
	enum mcp_test_database kind;
	char folder[PLACE_ROOM];
	char url[PLACE_ROOM + 64];
};

/* In memory where that may be: what a test writes need not survive the machine. */
static const char *somewhere(void)
{
	const char *given = getenv("TMPDIR");

	if (given && *given)
		return given;
	return access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

static void make_folder(struct fresh *fresh)
{
	int size = snprintf(fresh->folder, sizeof(fresh->folder), "%s/mcp-test-XXXXXX", somewhere());

	if (size >= (int)sizeof(fresh->folder) || !mkdtemp(fresh->folder))
		fail_say("no folder for the database can be made: %s", fresh->folder);
	snprintf(fresh->url, sizeof(fresh->url), "sqlite:%s/data.db", fresh->folder);
}

static void remove_folder(const char *folder)
{
	char path[PLACE_ROOM + NAME_MAX + 2];
	DIR *files = opendir(folder);

	for (struct dirent *file; files && (file = readdir(files));) {
		snprintf(path, sizeof(path), "%s/%s", folder, file->d_name);
		if (file->d_name[0] != '.')
			unlink(path);
	}
	if (files)
		closedir(files);
	rmdir(folder);
}

struct fresh *fresh_create(enum mcp_test_database kind)
{
	struct fresh *fresh = calloc(1, sizeof(*fresh));

	if (!fresh)
		abort();
	fresh->kind = kind;
	make_folder(fresh);
	return fresh;
}

const char *fresh_url(const struct fresh *fresh)
{
	return fresh->url;
}

void fresh_destroy(struct fresh *fresh)
{
	if (!fresh)
		return;
	remove_folder(fresh->folder);
	free(fresh);
}
