/* fail.c - how a test fails: in words, where it stands in the test's source. */
#include <stdio.h>
#include <stdlib.h>

#include "inside.h"
#include "log.h"

static struct {
	const char *file;
	int line;
	mcp_test_fail_fn *fail;
} here;

void fail_at(const char *file, int line, mcp_test_fail_fn *fail)
{
	here.file = file;
	here.line = line;
	here.fail = fail;
}

/* What the server logged about it comes first. */
void fail_say(const char *format, ...)
{
	static char text[16384];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	log_stop();
	if (here.fail)
		here.fail(here.file, here.line, text);
	fprintf(stderr, "%s:%d: %s\n", here.file, here.line, text);
	abort(); /* Not fatal(): all is said, and nothing that the process needs is missing. */
}

struct mcp_test *mcp_test_at(struct mcp_test *test, const char *file, int line, mcp_test_fail_fn *fail)
{
	fail_at(file, line, fail);
	return test;
}

struct mcp_said mcp_test_said_at(struct mcp_said said, const char *file, int line, mcp_test_fail_fn *fail)
{
	fail_at(file, line, fail);
	return said;
}
