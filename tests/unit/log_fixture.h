/* log_fixture.h - what the log writes, caught in a file. */
#ifndef LOG_FIXTURE_H
#define LOG_FIXTURE_H

#include <stdlib.h>
#include <unistd.h>

#include "log.h"
#include "suite.h"

static struct arena *arena;
static int stderr_before, captured;

/* From here to end(), stderr is a file without a name. */
static void begin(void)
{
	char path[] = "/tmp/test_core_log_XXXXXX";

	arena = arena_create();
	captured = mkstemp(path);
	ck_assert_int_ge(captured, 0);
	unlink(path);
	stderr_before = dup(STDERR_FILENO);
	dup2(captured, STDERR_FILENO);
}

static void end(void)
{
	log_stop();
	about_set(NULL);
	dup2(stderr_before, STDERR_FILENO);
	close(stderr_before);
	close(captured);
	arena_destroy(arena);
}

static str written(void)
{
	off_t size = lseek(captured, 0, SEEK_END);
	char *text = arena_alloc(arena, (size_t)size + 1);

	ck_assert_int_eq(pread(captured, text, (size_t)size, 0), size);
	text[size] = '\0';
	return (str) { text, (size_t)size };
}

#endif
