/* jobs.c - the main thread plans, a worker runs and says when it wants to run again. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "jobs.h"
#include "fatal.h"
#include "log.h"
#include "mistake.h"
#include "protocol.h"
#include "self_check.h"
#include "spans.h"
#include "store_internal.h"

#define RETRY_MS 1000                   /* the workers' queue was full */
#define PAUSE_LEAST_MS 10               /* so that no job takes a worker for itself */
#define RUNNING INT64_MAX               /* or queued: not to be planned */

struct planned {
	struct job job;                 /* the first member */
	const struct mcp_job *what;
	pthread_t planner;
	atomic_llong due_ms;            /* by tick_ms(), or RUNNING */
};

struct jobs {
	struct pool *pool;
	int count;
	struct planned planned[];
};

static void write_span(const struct mcp_job *what, const struct about *about, int64_t began_us)
{
	struct span_record record;

	span_record_begin(&record, &about->trace, SPAN_INTERNAL, began_us, STR("job"), str_of(what->name));
	span_noted(&record, about);
	span_record_end(&record);
}

static void run(struct job *job, void *worker)
{
	struct planned *planned = (struct planned *)job;
	struct workplace *place = worker;

	struct about about = { 0 };

	if (place->store)
		store_for(place->store, 0);
	about_begin(&about);
	/* The runtime's own would stand among the others every few seconds, and say nothing. */
	if (planned->what != self_checks)
		spans_sample(&about.trace);
	int64_t began_us = about.trace.recorded ? tick_us() : 0;
	about.arena = arena_create();
	about_set(&about);
	mistake_by("job", planned->what->name);
	int64_t pause_ms = planned->what->run(place->store);
	mistake_by(NULL, NULL);
	about_set(NULL);
	if (about.trace.recorded)
		write_span(planned->what, &about, began_us);
	arena_destroy(about.arena);
	if (pause_ms < PAUSE_LEAST_MS)
		pause_ms = PAUSE_LEAST_MS;
	atomic_store(&planned->due_ms, tick_ms() + pause_ms);
	pthread_kill(planned->planner, JOBS_SIGNAL);
}

static void plan(struct jobs *jobs, const struct mcp_job *what)
{
	struct planned *planned = &jobs->planned[jobs->count++];

	planned->job.run = run;
	planned->what = what;
	planned->planner = pthread_self();
	atomic_init(&planned->due_ms, tick_ms());
}

struct jobs *jobs_create(const struct mcp_job *const *tables, struct pool *pool)
{
	int count = 0;

	for (int i = 0; tables[i]; i++)
		for (const struct mcp_job *what = tables[i]; what->name; what++)
			count++;
	struct jobs *jobs = calloc(1, sizeof(*jobs) + (size_t)count * sizeof(struct planned));
	if (!jobs)
		fatal();
	jobs->pool = pool;
	for (int i = 0; tables[i]; i++)
		for (const struct mcp_job *what = tables[i]; what->name; what++)
			plan(jobs, what);
	return jobs;
}

static int64_t start_if_due(struct jobs *jobs, struct planned *planned, int64_t at_ms)
{
	int64_t due_ms = atomic_load(&planned->due_ms);
	if (due_ms > at_ms)
		return due_ms;
	/* Said before it is handed over: the worker may be done before pool_add() returns. */
	atomic_store(&planned->due_ms, RUNNING);
	if (pool_add(jobs->pool, &planned->job))
		return RUNNING;
	log_warning("the job %s has to wait: the workers' queue is full", planned->what->name);
	atomic_store(&planned->due_ms, at_ms + RETRY_MS);
	return at_ms + RETRY_MS;
}

int64_t jobs_run_due(struct jobs *jobs)
{
	int64_t at_ms = tick_ms(), next_ms = RUNNING;

	for (int i = 0; i < jobs->count; i++) {
		int64_t due_ms = start_if_due(jobs, &jobs->planned[i], at_ms);
		if (due_ms < next_ms)
			next_ms = due_ms;
	}
	return next_ms == RUNNING ? -1 : next_ms - at_ms;
}

void jobs_soon(struct jobs *jobs, const struct mcp_job *what)
{
	for (int i = 0; i < jobs->count; i++) {
		struct planned *planned = &jobs->planned[i];
		long long due_ms = atomic_load(&planned->due_ms), now_ms = tick_ms();
		if (planned->what != what || due_ms <= now_ms)
			continue;
		while (due_ms != RUNNING && !atomic_compare_exchange_weak(&planned->due_ms, &due_ms, now_ms))
			;
		if (due_ms != RUNNING)
			pthread_kill(planned->planner, JOBS_SIGNAL);
	}
}

void jobs_destroy(struct jobs *jobs)
{
	free(jobs);
}
