/* serve.c - the command `serve`: settings -> layers (serving.c) -> signals -> orderly stop. */
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "access.h"
#include "commands.h"
#include "databases.h"
#include "readiness.h"
#include "run.h"
#include "runtime.h"
#include "serving.h"
#include "settings.h"
#include "shutdown_timeout.h"
#include "state.h"
#include "supervision.h"
#include "supervisor.h"

#define OTHER_ARENAS 2                  /* of malloc, for all threads that are no loops */
#define JITTER_PART 15                  /* of SHUTDOWN_TIMEOUT: streams end spread over that */
#define AWAY_MS 3000                    /* of a database while no worker is busy: then nobody waits for it */
#define LOOK_MS 100
#define ROUND_TRIPS_MS 500              /* after a stop's drain: others are told, and told what is over */

static int64_t began_us;

/* ---- Said at the start ---- */

static void greet(const struct serving *serving, const char *base, const char *metrics)
{
	const struct options *options = &serving->options;
	char url[URL_ROOM + 8], place[STORE_PLACE_SIZE];

	snprintf(url, sizeof(url), "%s/mcp", base);
	printf("\n%s %s is served at %s\n"
	       "  health    %s/healthz and /readyz\n", serving->server->name,
	       runtime.version, url, base);
	if (serving->monitor)
		printf("  metrics   %s/metrics\n", metrics);
	if (options->database)
		printf("  database  %s\n", store_place(options->database, place));
	printf("  callers   %s\n\n", access_words(options));
	connect_print(stdout, options, options->public_url ? options->public_url : url);
	printf("\n");
	fflush(stdout);
}

static void say_serving(struct serving *serving)
{
	const struct options *options = &serving->options;
	char base[URL_ROOM], metrics[URL_ROOM] = "", status[URL_ROOM + 16];

	options_url(options->host, http_port(serving->http), base);
	if (serving->monitor)
		options_url(options->metrics_host, monitor_port(serving->monitor), metrics);
	log_info("serving %s %s at %s/mcp, %s%s; %d loops, up to %d workers; ready after %.1f ms",
	         serving->server->name, runtime.version, base,
	         serving->monitor ? "metrics at " : "no metrics", metrics,
	         http_loops(serving->http), options->workers,
	         (double)(tick_us() - began_us) / 1000);
	snprintf(status, sizeof(status), "serving at %s/mcp", base);
	supervision_begin(&serving->supervision, status);
	if (options->greets)
		greet(serving, base, metrics);
}

/* ---- Signals ---- */

static const int signals[] = { SIGTERM, SIGINT, SIGHUP, JOBS_SIGNAL, SIGUSR2 };

/* In this thread and all that it starts; whoever waits for one takes it. */
static sigset_t block_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaddset(&set, signals[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return set;
}

/* Does what is due: the milliseconds until there is more. */
static int64_t run_due(struct serving *serving)
{
	int64_t next_ms = memory_run_due(&serving->memory, tick_ms());
	const int64_t others_ms[] = {
		jobs_run_due(serving->jobs), emf_run_due(&serving->emf, tick_ms()),
		supervision_run_due(&serving->supervision, serving->http, readiness_why_not(), tick_ms())
	};
	for (size_t i = 0; i < sizeof(others_ms) / sizeof(*others_ms); i++)
		if (others_ms[i] >= 0 && others_ms[i] < next_ms)
			next_ms = others_ms[i];
	return next_ms;
}

static void reload(struct serving *serving)
{
	supervisor_reloading();
	if (access_reload(&serving->options))
		protocol_revoke(serving->http);
	supervision_reloaded(&serving->supervision);
}

/* The main thread's life: until the signal to stop it reloads keys, plans jobs, tells CloudWatch, gives
 * memory back. */
static int wait_for_stop(struct serving *serving, const sigset_t *set)
{
	for (;;) {
		int64_t pause_ms = run_due(serving);
		struct timespec pause = { .tv_sec = pause_ms / 1000,
		                          .tv_nsec = pause_ms % 1000 * 1000000 };
		int signal = sigtimedwait(set, NULL, &pause);
		if (signal == SIGTERM || signal == SIGINT)
			return signal;
		if (signal == SIGHUP)
			reload(serving);
	}
}

/* ---- Stopping ---- */

/* No look is longer than what it looks for may take. */
static int64_t look_ms(int64_t until_ms)
{
	int64_t left_ms = until_ms - tick_ms();

	return left_ms < LOOK_MS ? left_ms > 0 ? left_ms : 0 : LOOK_MS;
}

/* A stream's end is not told before it is stored: while the database is away that would be never. What a worker
 * has begun is waited for, and what it led to. NULL: nothing is open; else why that is not waited for. */
static const char *wait_while_open(struct serving *serving, int64_t until_ms)
{
	int64_t hopeful_ms = tick_ms();

	while (!http_drained(serving->http, look_ms(until_ms))) {
		int64_t now = tick_ms();
		if (state_healthy() || pool_busy(serving->pool) > 0)
			hopeful_ms = now;
		if (now >= until_ms)
			return "not all was finished in time";
		if (now - hopeful_ms >= AWAY_MS)
			return "what is open waits for the database, which is away";
	}
	return NULL;
}

/* Until nobody is being served any more, or there is no time for more. */
static void drain(struct serving *serving, int64_t until_ms)
{
	const struct options *options = &serving->options;

	protocol_unready();
	http_leave_soon();
	nanosleep(&(struct timespec) { .tv_sec = options->pause_ms / 1000,
	                               .tv_nsec = options->pause_ms % 1000 * 1000000 }, NULL);
	http_quiesce(serving->http);
	protocol_end_streams(serving->http, options->shutdown_ms / JITTER_PART);
	int64_t left_ms = until_ms - tick_ms();
	http_drain(serving->http, left_ms > 0 ? left_ms : 0);
	const char *why = wait_while_open(serving, until_ms);
	if (why)
		log_warning("%s: %lld streams are cut, %d workers are busy", why,
		            (long long)atomic_load(&http_counters.streams),
		            pool_busy(serving->pool));
	protocol_end_tasks(serving->http, until_ms);
}

/* What a stop has for the answers of what was cut, and to tell others that it is over: a tenth, but a round trip is not shorter
 * because the whole is. */
static int64_t after_drain_ms(int64_t shutdown_ms)
{
	int64_t least = shutdown_ms / 3 < ROUND_TRIPS_MS ? shutdown_ms / 3 : ROUND_TRIPS_MS;

	return shutdown_ms / 10 > least ? shutdown_ms / 10 : least;
}

static int run(struct serving *serving, const sigset_t *set)
{
	if (!serving_start(serving)) {
		serving_stop(serving);
		log_stop();
		return serving->status ? serving->status : 1;
	}
	serving->memory = memory_begin();
	say_serving(serving);

	int signal = wait_for_stop(serving, set);
	int64_t shutdown_ms = serving->options.shutdown_ms;
	int64_t now = tick_ms();
	supervisor_stopping(shutdown_ms);
	shutdown_timeout_start(shutdown_ms - shutdown_ms / 30);
	log_info("%s: stopping, within %lld s", signal == SIGTERM ? "SIGTERM" : "SIGINT",
	         (long long)(shutdown_ms + 999) / 1000);
	drain(serving, now + shutdown_ms - after_drain_ms(shutdown_ms));
	emf_end(&serving->emf);
	serving_stop(serving);
	log_info("stopped after %lld ms", (long long)(tick_ms() - now));
	log_stop();
	shutdown_timeout_stop();
	return 0;
}

static void warn_of_misspelt(const char *name, const char *meant)
{
	log_warning("the environment has %s, which is no setting: is %s meant?", name, meant);
}

void serve_began(void)
{
	began_us = tick_us();
}

int serve(const struct mcp_server *server)
{
	struct serving serving = { .server = server };
	sigset_t set = block_signals();

	const char *wrong = options_make(server, &serving.options);
	if (wrong) {
		options_release(&serving.options);
		return command_misused(server, NULL, wrong, "");
	}
	mallopt(M_ARENA_MAX, serving.options.http.loops + OTHER_ARENAS);
	log_start(serving.options.log_level, serving.options.log_json);
	settings_misspelt(settings_tables(server), warn_of_misspelt);
	supervisor_begin();
	return run(&serving, &set);
}
