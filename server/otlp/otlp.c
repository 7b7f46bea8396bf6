/* otlp.c - the thread that sends spans, batch by batch. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "fatal.h"
#include "log.h"
#include "otlp_private.h"
#include "settings.h"

#define BATCH_BYTES ((size_t)2 << 20)
#define CONNECT_MS 2000
#define ANSWER_MAX 65536
#define TRIES 5
#define PAUSE_MS 1000                   /* at first, then twice as long each time */
#define PAUSE_MOST_MS 60000             /* whatever a Retry-After says */

static struct {
	pthread_t thread;
	bool runs;
	struct arena *arena;            /* of what follows */
	const char *url, *shown;
	const char *const *headers;
	int64_t total_ms;               /* of a try */
	pthread_mutex_t lock;           /* of `done`, `until_ms` */
	pthread_cond_t over;
	bool done;
	int64_t until_ms;               /* of the last batches; 0: it does not end yet */
	atomic_bool gives_up;
} the = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* ---- A batch ---- */

/* Between half and all of it: processes that failed together do not come back together. */
static int64_t pause_ms(int tries, int64_t retry_after_ms)
{
	int64_t most = PAUSE_MS << (tries - 1), pause = most / 2 + tick_us() % (most / 2);

	if (pause < retry_after_ms)
		pause = retry_after_ms;
	return pause < PAUSE_MOST_MS ? pause : PAUSE_MOST_MS;
}

static int64_t time_left(void)
{
	pthread_mutex_lock(&the.lock);
	int64_t left = the.until_ms ? the.until_ms - tick_ms() : the.total_ms;
	pthread_mutex_unlock(&the.lock);
	return left < the.total_ms ? left : the.total_ms;
}

static void count(const struct span_batch *batch, const struct otlp_answer *answer)
{
	int64_t lost = answer->outcome == OTLP_TAKEN ? answer->refused : batch->count;

	lost = lost < 0 ? 0 : lost > batch->count ? batch->count : lost;
	atomic_fetch_add(&span_counters.failed, lost);
	atomic_fetch_add(&span_counters.exported, batch->count - lost);
	if (lost > 0)
		log_often(LOG_WARNING, "spans are lost: %s did not take them; %s", the.shown, answer->why);
	else if (answer->why[0])
		log_often(LOG_WARNING, "%s took spans; %s", the.shown, answer->why);
}

static void send_batch(struct span_batch *batch)
{
	struct otlp_answer answer;
	struct fetch_answer fetched;

	memcpy(batch->text + batch->size, OTLP_TAIL, sizeof(OTLP_TAIL) - 1);
	for (int tries = 1;; tries++) {
		int64_t left_ms = time_left();
		left_ms = left_ms > 0 ? left_ms : 1;
		struct arena *arena = arena_create();
		fetch(arena, &(struct fetch_request) {
			.method = "POST", .url = the.url, .headers = the.headers,
			.body = { batch->text, batch->size + sizeof(OTLP_TAIL) - 1 },
			.connect_ms = left_ms < CONNECT_MS ? left_ms : CONNECT_MS, .total_ms = left_ms,
			.answer_max = ANSWER_MAX, .give_up = &the.gives_up }, &fetched);
		otlp_judge(arena, &fetched, &answer);
		arena_destroy(arena);
		if (answer.outcome != OTLP_AGAIN || tries == TRIES)
			break;
		/* At the end there is one try more, and at once. */
		if (!spans_pause(pause_ms(tries, answer.retry_after_ms)))
			tries = TRIES - 1;
		if (time_left() <= 0)
			break;
	}
	count(batch, &answer);
}

/* ---- The thread ---- */

static void *run(UNUSED void *context)
{
	struct span_batch batch;
	bool more;

	do {
		more = spans_take(&batch, setting_int("OTEL_BSP_SCHEDULE_DELAY"));
		if (batch.count > 0 && time_left() > 0)
			send_batch(&batch);
		else
			atomic_fetch_add(&span_counters.dropped, batch.count);
	} while (more);
	pthread_mutex_lock(&the.lock);
	the.done = true;
	pthread_cond_signal(&the.over);
	pthread_mutex_unlock(&the.lock);
	return NULL;
}

/* ---- Settings ---- */

static const char *const samplers[] = {
	[SAMPLE_ALL] = "always_on", [SAMPLE_NONE] = "always_off", [SAMPLE_RATIO] = "traceidratio",
	[SAMPLE_PARENT_ALL] = "parentbased_always_on", [SAMPLE_PARENT_NONE] = "parentbased_always_off",
	[SAMPLE_PARENT_RATIO] = "parentbased_traceidratio",
};

static enum span_sampler sampler(void)
{
	const char *word = setting_text("OTEL_TRACES_SAMPLER");
	enum span_sampler which = SAMPLE_ALL;

	while (strcmp(word, samplers[which]) != 0)      /* the table of settings has the same words */
		which++;
	return which;
}

/* 0 to 1; false: it is no such number. */
static bool read_ratio(double *ratio)
{
	const char *text = setting_text("OTEL_TRACES_SAMPLER_ARG");
	char *end = NULL;

	*ratio = 1;
	if (!text || !*text)
		return true;
	*ratio = strtod(text, &end);
	return *end == '\0' && *ratio >= 0 && *ratio <= 1;
}

static bool is_switch(const char *text)
{
	return strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0;
}

const char *otlp_check(void)
{
	static char wrong[512];
	struct arena *arena = arena_create();
	const char *url = otlp_url(arena), *why = url ? fetch_check_url(url) : NULL;
	double ratio;

	wrong[0] = '\0';
	if (!is_switch(setting_text("OTEL_SDK_DISABLED")))
		snprintf(wrong, sizeof(wrong), "OTEL_SDK_DISABLED is \"%s\"; it is true or false",
		         str_quote(str_of(setting_text("OTEL_SDK_DISABLED")), 64).text);
	else if (why)
		snprintf(wrong, sizeof(wrong), "%s is \"%s\"; %s", otlp_url_setting(),
		         str_quote(str_of(otlp_shown(arena, url)), 200).text, why);
	else if (!otlp_headers(arena))
		snprintf(wrong, sizeof(wrong), "%s is no list such as api-key=…,tenant=…", otlp_headers_setting());
	else if (!otlp_head(arena, "", "").at)
		snprintf(wrong, sizeof(wrong), "OTEL_RESOURCE_ATTRIBUTES is no list such as"
		         " deployment.environment.name=staging,host.name=a1");
	else if (!read_ratio(&ratio))
		snprintf(wrong, sizeof(wrong), "OTEL_TRACES_SAMPLER_ARG is \"%s\"; it is the part that is recorded, 0 to 1",
		         str_quote(str_of(setting_text("OTEL_TRACES_SAMPLER_ARG")), 64).text);
	arena_destroy(arena);
	return wrong[0] ? wrong : NULL;
}

/* ---- From its start to its end ---- */

void otlp_start(const char *service, const char *version)
{
	struct arena *arena = arena_create();
	pthread_condattr_t monotonic;
	double ratio;

	the.url = otlp_url(arena);
	if (!the.url || !read_ratio(&ratio)) {
		arena_destroy(arena);
		return;
	}
	the.arena = arena;
	the.shown = otlp_shown(arena, the.url);
	the.headers = otlp_headers(arena);
	the.total_ms = setting_int("OTEL_EXPORTER_OTLP_TIMEOUT");
	the.done = false;
	the.until_ms = 0;
	atomic_store(&the.gives_up, false);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&the.over, &monotonic);
	pthread_condattr_destroy(&monotonic);
	spans_start(sampler(), ratio, BATCH_BYTES, otlp_head(arena, service, version));
	the.runs = pthread_create(&the.thread, NULL, run, NULL) == 0;
	if (!the.runs)
		fatal();
	log_info("traces go to %s, sampled by %s", the.shown, setting_text("OTEL_TRACES_SAMPLER"));
}

void otlp_stop(int64_t most_ms)
{
	struct timespec until = tick_in(most_ms);
	int late = 0;

	if (!the.runs)
		return;
	pthread_mutex_lock(&the.lock);
	the.until_ms = tick_ms() + most_ms;
	pthread_mutex_unlock(&the.lock);
	spans_end();
	pthread_mutex_lock(&the.lock);
	while (!the.done && late == 0)
		late = pthread_cond_timedwait(&the.over, &the.lock, &until);
	pthread_mutex_unlock(&the.lock);
	fetch_give_up(&the.gives_up);
	pthread_join(the.thread, NULL);
	spans_stop();
	arena_destroy(the.arena);
	pthread_cond_destroy(&the.over);
	the.runs = false;
}
