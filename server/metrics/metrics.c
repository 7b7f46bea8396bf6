/* metrics.c - counters and histograms that any thread adds to, without a lock.
 *
 * A request's series is found by the addresses of its words, which stay as long as their server, in a
 * cache that is only added to until then. Behind it stand the series themselves, one for each different text. */
#include <stdlib.h>

#include "fatal.h"
#include "log.h"
#include "series.h"

#define CACHE_SIZE 1024                 /* a power of two */
#define CACHE_STEPS 16                  /* places looked at before the cache counts as full */

const int64_t bucket_bounds_us[BUCKETS] = {
	250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000,
	1000000, 2500000, 5000000, 10000000, 30000000, 60000000, 300000000, 600000000
};

/* A series by the addresses of its words. */
struct known {
	const char *method, *tool, *outcome;
	struct series *series;
};

static atomic_llong metrics[METRIC_COUNT];
static atomic_llong counters[MCP_COUNTERS];     /* of the program */

/* The first of each list takes what has no place of its own. */
static struct histogram other_histogram = { .method = "other" };
static struct series other_series = {
	.method = "other", .outcome = "other", .histogram = &other_histogram
};
static _Atomic(struct histogram *) histograms[HISTOGRAMS_MAX + 1] = { &other_histogram };
static _Atomic(struct series *) all_series[SERIES_MAX + 1] = { &other_series };
static _Atomic(struct known *) cache[CACHE_SIZE];

static atomic_llong answers[VERBS][ANSWERED];

void metrics_answer(int verb, enum answered answered)
{
	atomic_fetch_add_explicit(&answers[verb][answered], 1, memory_order_relaxed);
}

int64_t answers_at(int verb, enum answered answered)
{
	return atomic_load_explicit(&answers[verb][answered], memory_order_relaxed);
}

void metric_add(enum metric metric, int64_t n)
{
	atomic_fetch_add_explicit(&metrics[metric], n, memory_order_relaxed);
}

int64_t metric_value(enum metric metric)
{
	return atomic_load_explicit(&metrics[metric], memory_order_relaxed);
}

/* By the run at hand on this thread, which may not count. */
static _Thread_local struct {
	bool holds, any;
	int64_t counts[MCP_COUNTERS];
} held;

void metrics_hold(void)
{
	held.holds = true;
}

void metrics_let_go(bool counts)
{
	held.holds = false;
	if (!held.any)
		return;
	for (int i = 0; i < MCP_COUNTERS; i++) {
		if (counts && held.counts[i])
			mcp_count(i, held.counts[i]);
		held.counts[i] = 0;
	}
	held.any = false;
}

void mcp_count(int counter, int64_t n)
{
	if (counter < 0 || counter >= MCP_COUNTERS) {
		log_often(LOG_ERROR, "mcp_count(%d): there is no such counter; they are from 0 to %d", counter,
		          MCP_COUNTERS - 1);
		return;
	}
	if (held.holds) {
		held.any = true;
		held.counts[counter] += n;
		return;
	}
	atomic_fetch_add_explicit(&counters[counter], n, memory_order_relaxed);
}

void mcp_gauge(int counter, int64_t now)
{
	if (counter >= 0 && counter < MCP_COUNTERS)
		atomic_store_explicit(&counters[counter], now, memory_order_relaxed);
	else
		log_error("mcp_gauge(%d): there is no such gauge; they are from 0 to %d", counter, MCP_COUNTERS - 1);
}

int64_t counter_value(int counter)
{
	return atomic_load_explicit(&counters[counter], memory_order_relaxed);
}

struct series *series_at(int index)
{
	return atomic_load_explicit(&all_series[index], memory_order_acquire);
}

struct histogram *histogram_at(int index)
{
	return atomic_load_explicit(&histograms[index], memory_order_acquire);
}

static void *copy_of(const void *what, size_t size)
{
	void *copy = malloc(size);
	if (!copy)
		fatal();
	return memcpy(copy, what, size);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_histogram(const struct histogram *a, const struct histogram *b)
{
	return same_text(a->method, b->method) && same_text(a->tool, b->tool);
}

/* The lists grow at their end: whoever finds the place it wanted taken in the meantime looks at
 * what is there now, so there is never a text twice. */
static struct histogram *histogram_for(const char *method, const char *tool)
{
	struct histogram empty = { .method = method, .tool = tool }, *new = NULL, *there;
	int i = 0;

	while ((there = histogram_at(i)) && !same_histogram(there, &empty))
		i++;
	while (!there && i < HISTOGRAMS_MAX) {
		if (!new)
			new = copy_of(&empty, sizeof(empty));
		if (atomic_compare_exchange_strong(&histograms[i], &there, new))
			return new;
		if (!same_histogram(there, &empty))
			there = histogram_at(++i);
	}
	free(new);
	return there ? there : &other_histogram;
}

static bool same_series(const struct series *a, const struct series *b)
{
	return same_text(a->method, b->method) && same_text(a->tool, b->tool)
	       && same_text(a->outcome, b->outcome);
}

static struct series *series_for(const char *method, const char *tool, const char *outcome)
{
	struct series empty = { .method = method, .tool = tool, .outcome = outcome };
	struct series *new = NULL, *there;
	int i = 0;

	while ((there = series_at(i)) && !same_series(there, &empty))
		i++;
	while (!there && i < SERIES_MAX) {
		if (!new) {
			empty.histogram = histogram_for(method, tool);
			new = copy_of(&empty, sizeof(empty));
		}
		if (atomic_compare_exchange_strong(&all_series[i], &there, new))
			return new;
		if (!same_series(there, &empty))
			there = series_at(++i);
	}
	free(new);
	return there ? there : &other_series;
}

static size_t hash_of(const char *method, const char *tool, const char *outcome)
{
	uint64_t hash = (uint64_t)(uintptr_t)method;
	hash = hash * 0x9e3779b97f4a7c15U + (uint64_t)(uintptr_t)tool;
	hash = hash * 0x9e3779b97f4a7c15U + (uint64_t)(uintptr_t)outcome;
	return (size_t)(hash * 0x9e3779b97f4a7c15U >> 40);
}

static struct series *find(const char *method, const char *tool, const char *outcome)
{
	size_t start = hash_of(method, tool, outcome);
	struct known *new = NULL;

	for (size_t step = 0; step < CACHE_STEPS; step++) {
		_Atomic(struct known *) *place = &cache[(start + step) % CACHE_SIZE];
		struct known *there = atomic_load_explicit(place, memory_order_acquire);
		if (!there) {
			struct known known = { method, tool, outcome, NULL };
			if (!new) {
				known.series = series_for(method, tool, outcome);
				new = copy_of(&known, sizeof(known));
			}
			if (atomic_compare_exchange_strong(place, &there, new))
				return new->series;
		}
		if (there->method == method && there->tool == tool && there->outcome == outcome) {
			free(new);
			return there->series;
		}
	}
	free(new);
	return series_for(method, tool, outcome);
}

void metrics_request(const char *method, const char *tool, const char *outcome, int64_t micros)
{
	struct series *series = find(method, tool, outcome);
	struct histogram *histogram = series->histogram;
	int bucket = 0;

	if (micros < 0)
		micros = 0;
	while (bucket < BUCKETS && micros > bucket_bounds_us[bucket])
		bucket++;
	atomic_fetch_add_explicit(&series->count, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&histogram->counts[bucket], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&histogram->sum_us, micros, memory_order_relaxed);
}

/* ---- The end of a server ---- */

static void forget(struct histogram *histogram)
{
	for (int i = 0; i <= BUCKETS; i++)
		atomic_store(&histogram->counts[i], 0);
	atomic_store(&histogram->sum_us, 0);
}

void metrics_stop(void)
{
	for (int i = 0; i < CACHE_SIZE; i++)
		free(atomic_exchange(&cache[i], NULL));
	for (int i = 1; i < SERIES_MAX; i++)
		free(atomic_exchange(&all_series[i], NULL));
	for (int i = 1; i < HISTOGRAMS_MAX; i++)
		free(atomic_exchange(&histograms[i], NULL));
	atomic_store(&other_series.count, 0);
	forget(&other_histogram);
}
