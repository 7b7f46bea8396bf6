/* batch.c - what was recorded and is not sent yet: two pieces of memory, one that fills and one that is sent. */
#include "spans_private.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "clock.h"
#include "fatal.h"

#define ENOUGH 512                      /* spans: sent at once, as most exporters have it */
#define CLOCK_TRIES 10
#define CLOCK_US 5
#define END_ROOM 16                     /* bytes of a batch for what stands behind its spans */

struct span_counters span_counters;
atomic_llong spans_wall_us;

#define SPANS(outcome, value) \
	{ "mcp_spans_total{outcome=\"" outcome "\"}", "counter", "Spans of traces that were recorded, by what became of them.", value }

static const struct counted spans_counted[] = {
	SPANS("exported", &span_counters.exported),
	SPANS("dropped", &span_counters.dropped),
	SPANS("failed", &span_counters.failed),
	{ 0 },
};

int64_t spans_lost(void)
{
	return atomic_load(&span_counters.dropped) + atomic_load(&span_counters.failed);
}

static struct {
	pthread_mutex_t lock;
	pthread_cond_t news;            /* enough of them, or the end */
	struct span_batch fills;
	size_t room, head;
	bool ends;
} the = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* One clock is read between two looks at the other; a look that took long, for the machine was busy, says little. */
static void look_at_clock(void)
{
	int64_t best_us = INT64_MAX;

	for (int tries = 0; tries < CLOCK_TRIES && best_us > CLOCK_US; tries++) {
		struct timespec wall;
		int64_t before = tick_us();
		clock_gettime(CLOCK_REALTIME, &wall);
		int64_t took_us = tick_us() - before;
		if (took_us < best_us)
			atomic_store(&spans_wall_us, wall.tv_sec * 1000000 + wall.tv_nsec / 1000 - before - took_us / 2);
		best_us = took_us < best_us ? took_us : best_us;
	}
}

static char *room_for(size_t room, str head)
{
	char *text = malloc(room);

	if (!text)
		fatal();
	memcpy(text, head.at, head.size);
	return text;
}

/* Both pieces: the one lent comes back with the next spans_take(). */
static char *spare;

/* Once: where a process serves twice, the counters go on. */
static void be_counted(void)
{
	static bool is;

	if (!is)
		counted_add(spans_counted);
	is = true;
}

void spans_start(enum span_sampler sampler, double ratio, size_t batch_bytes, str head)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&the.news, &monotonic);
	pthread_condattr_destroy(&monotonic);
	the.room = batch_bytes;
	the.head = head.size;
	the.fills = (struct span_batch) { room_for(batch_bytes, head), head.size, 0 };
	spare = room_for(batch_bytes, head);
	the.ends = false;
	be_counted();
	look_at_clock();
	spans_sample_by(sampler, ratio);
	spans_on = true;
}

static void add(str record)
{
	struct span_batch *batch = &the.fills;

	if (!batch->text || the.ends || batch->size + record.size + 1 + END_ROOM > the.room) {
		atomic_fetch_add_explicit(&span_counters.dropped, 1, memory_order_relaxed);
		return;
	}
	if (batch->count++ > 0)
		batch->text[batch->size++] = ',';
	memcpy(batch->text + batch->size, record.at, record.size);
	batch->size += record.size;
	if (batch->count == ENOUGH)
		pthread_cond_signal(&the.news);
}

void spans_add(str record)
{
	pthread_mutex_lock(&the.lock);
	add(record);
	pthread_mutex_unlock(&the.lock);
}

bool spans_take(struct span_batch *batch, int64_t wait_ms)
{
	struct timespec until = tick_in(wait_ms);
	int late = 0;

	look_at_clock();
	pthread_mutex_lock(&the.lock);
	while (!the.ends && the.fills.count < ENOUGH && late == 0)
		late = pthread_cond_timedwait(&the.news, &the.lock, &until);
	*batch = the.fills;
	the.fills = (struct span_batch) { spare, the.head, 0 };
	spare = batch->text;
	bool more = !the.ends;
	pthread_mutex_unlock(&the.lock);
	return more;
}

bool spans_pause(int64_t ms)
{
	struct timespec until = tick_in(ms);
	int late = 0;

	pthread_mutex_lock(&the.lock);
	while (!the.ends && late == 0)
		late = pthread_cond_timedwait(&the.news, &the.lock, &until);
	bool goes_on = !the.ends;
	pthread_mutex_unlock(&the.lock);
	return goes_on;
}

void spans_end(void)
{
	pthread_mutex_lock(&the.lock);
	the.ends = true;
	pthread_cond_broadcast(&the.news);
	pthread_mutex_unlock(&the.lock);
}

void spans_stop(void)
{
	spans_on = false;
	free(the.fills.text);
	free(spare);
	spare = the.fills.text = NULL;
	pthread_cond_destroy(&the.news);
}
