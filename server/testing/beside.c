/* beside.c - what a program does beside answering: its commands, and what it counts. */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "inside.h"
#include "series.h"

#define WORDS_MAX 64

/* ---- Commands ---- */

/* What is printed goes there, until it is given back. */
struct printed {
	int file, out, err;
};

static struct printed divert(void)
{
	struct printed printed = { memfd_create("printed", MFD_CLOEXEC), dup(STDOUT_FILENO), dup(STDERR_FILENO) };

	if (printed.file < 0 || printed.out < 0 || printed.err < 0)
		fail_say("what a command prints can't be kept");
	fflush(NULL);
	dup2(printed.file, STDOUT_FILENO);
	dup2(printed.file, STDERR_FILENO);
	return printed;
}

static const char *give_back(struct arena *arena, struct printed printed)
{
	struct stat about = { 0 };

	fflush(NULL);
	dup2(printed.out, STDOUT_FILENO);
	dup2(printed.err, STDERR_FILENO);
	fstat(printed.file, &about);
	char *text = arena_alloc(arena, (size_t)about.st_size + 1);
	ssize_t size = pread(printed.file, text, (size_t)about.st_size, 0);
	text[size > 0 ? size : 0] = '\0';
	close(printed.file);
	close(printed.out);
	close(printed.err);
	return text;
}

static int take_words(struct arena *arena, const char *name, va_list list, char *words[WORDS_MAX + 1])
{
	int count = 0;

	for (const char *word = name; word; word = va_arg(list, const char *)) {
		if (count == WORDS_MAX)
			fail_say("a command has more words than %d", WORDS_MAX);
		words[count++] = arena_copy(arena, str_of(word));
	}
	return count;
}

struct mcp_said (mcp_test_command)(struct mcp_test *test, const char *name, ...)
{
	struct arena *arena = test->trial->arena;
	const struct mcp_command *command = command_own(test->trial->serving.server, name);
	struct store *store = mcp_test_store(test);
	char *words[WORDS_MAX + 1] = { 0 };
	va_list list;

	if (!command)
		fail_say("there is no command %s", name);
	va_start(list, name);
	int count = take_words(arena, name, list, words);
	va_end(list);
	struct printed printed = divert();
	int status = command_run_own(command, store, count, words);
	const char *text = give_back(arena, printed);
	return (struct mcp_said) { .test = test, .failed = status != 0, .text = text,
	                           .result = arena_print(arena, "the exit status %d", status) };
}

/* ---- Counters ---- */

void (mcp_test_counted)(struct mcp_test *test, const char *name, int64_t expected)
{
	const struct mcp_counter *counters = test->trial->serving.server->counters;

	int i = 0;

	while (counters && i < MCP_COUNTERS && counters[i].name && strcmp(counters[i].name, name) != 0)
		i++;
	if (!counters || i == MCP_COUNTERS || !counters[i].name)
		fail_say("there is no counter %s", name);
	int64_t came = counter_value(i) - test->trial->counted[i];
	if (came != expected)
		fail_say("expected %s %lld, got %lld", name, (long long)expected, (long long)came);
}
