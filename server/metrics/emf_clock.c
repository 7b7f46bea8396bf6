/* emf_clock.c - when the lines of the embedded metric format are due, and how they leave. */
#include <ctype.h>
#include <poll.h>
#include <unistd.h>

#include "emf.h"
#include "log.h"

#define NAMESPACE_MAX 255

const char *emf_check(const char *namespace)
{
	size_t size = strlen(namespace);

	if (size == 0 || size > NAMESPACE_MAX)
		return "it must have 1 to 255 characters";
	for (const char *at = namespace; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("._-/#", *at))
			return "it may have letters, digits and . _ - / # such as mcp/production";
	return strncmp(namespace, "AWS/", 4) == 0 ? "names that begin with AWS/ are Amazon's" : NULL;
}

struct emf_clock emf_begin(struct emf emf, const struct pool *pool)
{
	return (struct emf_clock) { .emf = emf, .pool = pool, .due_ms = tick_ms() + EMF_PERIOD_MS };
}

/* A line is shorter than what a pipe takes whole, so where there is room it leaves at once. */
static void write_line(str line)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	if (poll(&out, 1, 0) != 1 || !(out.revents & POLLOUT)
	    || write(STDOUT_FILENO, line.at, line.size) != (ssize_t)line.size)
		log_warning("a line of metrics was lost: stdout is not read");
}

static void write_lines(struct emf_clock *clock)
{
	struct arena *arena = arena_create();
	str rest = emf_print(arena, &clock->emf, pool_busy(clock->pool) + pool_queued(clock->pool));

	while (rest.size > 0) {
		const char *end = memchr(rest.at, '\n', rest.size);
		size_t size = end ? (size_t)(end - rest.at) + 1 : rest.size;
		write_line((str) { rest.at, size });
		rest = (str) { rest.at + size, rest.size - size };
	}
	arena_destroy(arena);
}

int64_t emf_run_due(struct emf_clock *clock, int64_t at_ms)
{
	if (!clock->emf.namespace)
		return -1;
	if (at_ms >= clock->due_ms) {
		write_lines(clock);
		/* After a sleep of the machine one line stands for all that were missed. */
		int64_t late_ms = at_ms - clock->due_ms;
		clock->due_ms += (late_ms / EMF_PERIOD_MS + 1) * EMF_PERIOD_MS;
	}
	return clock->due_ms - at_ms;
}

void emf_end(struct emf_clock *clock)
{
	if (clock->emf.namespace)
		write_lines(clock);
}
