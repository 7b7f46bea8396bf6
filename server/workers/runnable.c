/* runnable.c - which of this process's threads compute, and which wait: as proc(5) tells. */
#include "runnable.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The state's letter follows the name, which is in parentheses and may hold some itself. 0: nobody knows,
 * or there is no such thread any more. */
static char state_of(pid_t thread)
{
	char path[64], text[256];

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)thread);
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return 0;
	ssize_t size = read(file, text, sizeof(text) - 1);
	close(file);
	text[size > 0 ? size : 0] = '\0';
	const char *name_end = strrchr(text, ')');
	return name_end && name_end[1] == ' ' ? name_end[2] : 0;
}

bool runnable_look(const pid_t *threads, int count, bool *runnable)
{
	int told = 0;

	for (int i = 0; i < count; i++) {
		char state = state_of(threads[i]);
		told += state != 0;
		runnable[i] = state == 'R';
	}
	return count == 0 || told > 0;
}
