/* process_output.c - a command and what it writes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process_output.h"

#define POLL_MS 250

static const char too_late[] = "it did not end in time";

/* ---- Words ---- */

/* Takes a word off; false: a quote does not end. `into` has room for all of it. */
static bool take_word(const char **at, char *into)
{
	char quote = 0;

	for (; **at && (quote || !strchr(" \t\r\n", **at)); (*at)++) {
		char c = **at;
		bool escapes = c == '\\' && quote != '\'' && (*at)[1] && (!quote || strchr("\"\\", (*at)[1]));
		if (escapes)
			*into++ = *++*at;
		else if (quote ? c == quote : c == '"' || c == '\'')
			quote = quote ? 0 : c;
		else
			*into++ = c;
	}
	*into = '\0';
	return !quote;
}

char **process_words(struct arena *arena, const char *command)
{
	size_t size = strlen(command), count = 0;
	char **words = arena_array(arena, char *, size / 2 + 2);

	for (const char *at = command;;) {
		at += strspn(at, " \t\r\n");
		if (!*at)
			break;
		words[count] = arena_alloc(arena, strlen(at) + 1);
		if (!take_word(&at, words[count++]))
			return NULL;
	}
	return count > 0 ? words : NULL;
}

/* ---- The process ---- */

struct process {
	pid_t id;
	int output;
	int64_t until_ms;               /* by tick_ms() */
	const atomic_bool *give_up;
};

/* Its own group, so that what it begins can be ended with it; no signal of ours is blocked in it. And no file of ours is
 * open there: libcurl's connections are not closed by themselves, and what another holds open epoll goes on to tell of. */
static int start_with(char **words, posix_spawn_file_actions_t *files, posix_spawnattr_t *how, int write_end, pid_t *id)
{
	sigset_t none, usual;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGTERM);
	sigaddset(&usual, SIGINT);
	posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(files, write_end, 1);
	posix_spawn_file_actions_addopen(files, 2, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(files, 3);
	posix_spawnattr_setflags(how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(how, &none);
	posix_spawnattr_setsigdefault(how, &usual);
	return posix_spawnp(id, words[0], files, how, words, environ);
}

static const char *start(struct arena *arena, char **words, struct process *process)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return "too many files are open to run it";
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&how);
	int trouble = start_with(words, &files, &how, ends[1], &process->id);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	close(ends[1]);
	process->output = ends[0];
	if (trouble == 0)
		return NULL;
	close(ends[0]);
	return arena_print(arena, "it can't be run: %s", strerror(trouble));
}

/* False: not in time. */
static bool await(const struct process *process, int file)
{
	struct pollfd ready = { .fd = file, .events = POLLIN };

	while (!process->give_up || !atomic_load(process->give_up)) {
		int64_t left = process->until_ms - tick_ms();
		if (left <= 0)
			return false;
		if (poll(&ready, 1, (int)(left < POLL_MS ? left : POLL_MS)) > 0)
			return true;
	}
	return false;
}

/* Some of the output; 0: that is all, -1: none came in time. */
static ssize_t read_some(const struct process *process, char *into, size_t room)
{
	while (await(process, process->output)) {
		ssize_t size = read(process->output, into, room);
		if (size >= 0 || errno != EINTR)
			return size < 0 ? 0 : size;
	}
	return -1;
}

static const char *read_all(struct arena *arena, const struct process *process, size_t max, str *output)
{
	char *at = arena_alloc_raw(arena, max + 1);
	size_t size = 0;

	for (;;) {
		ssize_t more = read_some(process, at + size, max + 1 - size);
		if (more < 0)
			return too_late;
		size += (size_t)more;
		if (size > max)
			return "it writes too much";
		*output = (str) { at, size };
		if (more == 0)
			return NULL;
	}
}

/* Who has closed its output may still go on. */
static bool await_end(const struct process *process)
{
	int file = pidfd_open(process->id, 0);
	bool over = file >= 0 && await(process, file);

	if (file >= 0)
		close(file);
	return over;
}

static const char *end(struct arena *arena, const struct process *process, const char *wrong)
{
	int status = 0;

	close(process->output);
	if (!wrong && !await_end(process))
		wrong = too_late;
	if (wrong)
		kill(-process->id, SIGKILL);
	while (waitpid(process->id, &status, 0) < 0 && errno == EINTR)
		continue;
	if (wrong)
		return wrong;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return NULL;
	return WIFEXITED(status) ? arena_print(arena, "it ended with status %d", WEXITSTATUS(status))
	                         : arena_print(arena, "signal %d ended it", WTERMSIG(status));
}

const char *process_output(struct arena *arena, const char *command, const struct process_bounds *bounds, str *output)
{
	char **words = process_words(arena, command);
	struct process process = { .until_ms = tick_ms() + bounds->total_ms, .give_up = bounds->give_up };
	const char *wrong = words ? start(arena, words, &process) : "it is no command";

	return wrong ? wrong : end(arena, &process, read_all(arena, &process, bounds->output_max, output));
}
