/* self_check.c - looks at the database as calls will need it: its tables by some of the program's statements at a time, the
 * place of what is written, and the state beside it. */
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>

#include "databases.h"
#include "jobs.h"
#include "prepare.h"
#include "readiness.h"
#include "self_check.h"
#include "served.h"
#include "state.h"
#include "store_internal.h"

#define PAUSE_MS 5000
#define PAUSE_UNREADY_MS 1000
#define STATEMENTS_AT_ONCE 16           /* some ms of a database server's, all of them within a minute */

static struct {
	const struct mcp_server *server;
	const char *database;           /* NULL: it has none */
	int next;                       /* statement */
	char wrong[256];                /* the first that can't be run since they were last gone through */
} the;

static void note_wrong(void *context, const char *line)
{
	(void)context;
	if (!*the.wrong)
		snprintf(the.wrong, sizeof(the.wrong), "%s", line);
}

/* Once one can't be run all are looked at each time, so that it is known when all can. */
static void look_at_tables(struct store *store)
{
	bool all = *the.wrong;

	if (all)
		the.next = 0;
	*the.wrong = '\0';
	int next = store_prepare_some(store, store_program_statements(), the.next, all ? INT_MAX / 2 : STATEMENTS_AT_ONCE,
	                              note_wrong, NULL);
	if (next >= 0) {
		the.next = next;
		readiness_set(READINESS_TABLES, *the.wrong ? "its tables are not those that this version needs" : NULL,
		              the.wrong);
	}
}

/* Who has no connection gets none while the file is away; what else keeps it from one it can't tell. */
static void look_at_place(struct store *store)
{
	struct store_why why = { "" };

	if (the.database && store_gone(the.database, &why))
		readiness_set(READINESS_WRITES, READINESS_GONE, why.text);
	else if (store)
		readiness_set(READINESS_WRITES, store_well(store, &why) ? NULL : READINESS_NO_WRITES, why.text);
}

static void look_at_needs(void)
{
	struct arena *arena = arena_create();
	const char *why = the.server->why_not(arena);

	readiness_set(READINESS_NEEDS, why ? READINESS_NOT_THERE : NULL, why ? why : "");
	arena_destroy(arena);
}

/* What every call does is no part of it: a database that does not answer is the state's to tell. */
static int64_t look(struct store *store)
{
	bool healthy = state_healthy();

	readiness_set(READINESS_STATE, healthy ? NULL : READINESS_NO_ANSWER, "");
	look_at_place(store);
	if (store && healthy && the.server->migrations)
		look_at_tables(store);
	if (the.server->why_not)
		look_at_needs();
	if (readiness_is_well_before(READINESS_CALLS))
		served_look(tick_ms());
	else
		served_explained(tick_ms());
	return readiness_why_not() ? PAUSE_UNREADY_MS : PAUSE_MS;
}

const struct mcp_job self_checks[] = { { "self check", look }, { 0 } };

void self_check_begin(const struct mcp_server *server, const char *database)
{
	the.server = server;
	the.database = database;
	the.next = 0;
	*the.wrong = '\0';
	if (server->why_not)
		look_at_needs();
}

/* By whoever finds that a call failed: the job is not its own, nor is its thread. */
static _Atomic(struct jobs *) planned;

static void look_soon(void)
{
	struct jobs *jobs = atomic_load(&planned);

	if (jobs)
		jobs_soon(jobs, self_checks);
}

void self_check_planned(struct jobs *jobs)
{
	atomic_store(&planned, jobs);
	served_tell(jobs ? look_soon : NULL);
}

void self_check_end(void)
{
	served_forget();
	/* Whether it stops is nothing that was looked at, and stays so to the end. */
	for (int part = 0; part < READINESS_PARTS; part++)
		if (part != READINESS_STOPS)
			readiness_set((enum readiness_part)part, NULL, "");
}
