/* time.c - time passes when the test says so; and the work that is planned by it. */
#include "clock.h"
#include "inside.h"

void (mcp_test_pass)(struct mcp_test *test, int64_t ms)
{
	clock_pass(ms);
	/* The loops look at their timers, and what these led to is on its way. */
	http_settle(test->trial->serving.http);
}

int64_t (mcp_test_job)(struct mcp_test *test, const char *name)
{
	const struct mcp_job *job = test->trial->serving.server->jobs;
	struct store *store = mcp_test_store(test);

	for (; job && job->name; job++)
		if (strcmp(job->name, name) == 0)
			return job->run(store);
	fail_say("there is no job %s", name);
}
