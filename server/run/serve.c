/* serve.c - the command `serve`: settings -> layers -> signals -> orderly stop. */
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "access.h"
#include "commands.h"
#include "databases.h"
#include "emf.h"
#include "jobs.h"
#include "memory_trim.h"
#include "monitor.h"
#include "run.h"
#include "settings.h"
#include "shutdown_timeout.h"

#define OTHER_ARENAS 2                  /* of malloc, for all threads that are no loops */
#define JITTER_PART 15                  /* of SHUTDOWN_TIMEOUT: streams end spread over that */

static int64_t began_us;

struct serving {
	const struct mcp_server *server;
	struct options options;
	struct store *first;            /* while it starts */
	struct pool *pool;
	struct http *http;
	struct monitor *monitor;        /* NULL: off */
	struct jobs *jobs;
	struct emf_clock emf;
	struct memory_clock memory;
	bool protocol, started;         /* protocol_start(), server->start() were called */
};

/* ---- Threads that run tools ---- */

static void *make_place(struct workplace what)
{
	struct workplace *place = malloc(sizeof(*place));
	if (!place)
		abort();
	*place = what;
	return place;
}

static void *open_worker(void *context)
{
	const struct options *options = context;
	struct store *store = NULL;
	if (options->database
	    && !(store = store_open_shared(options->database, options->database_connections)))
		return NULL;
	return make_place((struct workplace) { .store = store });
}

static void *open_loop(void *context, struct loop *loop UNUSED)
{
	return make_place((struct workplace) { .database = ((const struct options *)context)->database });
}

static void close_place(void *context)
{
	struct workplace *place = context;
	store_close(place->store);
	free(place->reads);
	free(place);
}

static void close_loop(void *context)
{
	protocol_end_loop();
	close_place(context);
}

/* ---- Starting: each step says why it can't ---- */

/* It stays open until others are: the last one to close a file of SQLite's tidies up, which takes as
 * long as opening it, and the next one would begin anew. */
static bool start_store(struct serving *serving)
{
	const struct options *options = &serving->options;
	if (!options->database)
		return true;
	char place[STORE_PLACE_SIZE];
	store_sign_in(setting_text("DATABASE_USER"), setting_text("DATABASE_PASSWORD"));
	struct store *store = serving->first = store_open(options->database, STORE_WRITES);
	bool ready = store && store_migrate(store, protocol_migrations(options->server, options->shared));
	if (!ready)
		log_error("not started: the database %s can't be used",
		          store_place(options->database, place));
	return ready;
}

static void close_first(struct serving *serving)
{
	store_close(serving->first);
	serving->first = NULL;
}

static bool start_pool(struct serving *serving)
{
	struct options *options = &serving->options;
	serving->pool = pool_start(options->workers, options->worker_queue, open_worker,
	                           close_place, options);
	if (!serving->pool)
		log_error("not started: no worker could be started");
	else
		protocol_use_pool(serving->pool);
	return serving->pool;
}

static bool start_http(struct serving *serving)
{
	struct http_settings *http = &serving->options.http;
	http->handler = protocol_handler;
	http->open = open_loop;
	http->close = close_loop;
	http->context = &serving->options;
	serving->http = http_start(http);
	if (serving->http)
		protocol_use_http(serving->http);
	return serving->http;
}

/* A port that was not asked for may be taken: that costs the metrics, not the service. */
static bool start_monitor(struct serving *serving)
{
	struct options *options = &serving->options;
	if (options->metrics_port == PORT_OFF)
		return true;
	serving->monitor = monitor_start(options, serving->pool);
	if (!serving->monitor && !options->metrics_asked)
		log_warning("serving without /metrics: port %d can't be had; METRICS_PORT sets"
		            " another", options->metrics_port);
	return serving->monitor || !options->metrics_asked;
}

static void count_sign_ins(struct emf_sign_ins *now)
{
	*now = (struct emf_sign_ins) {
		.accepted = atomic_load(&sign_ins.accepted), .refused = sign_ins_refused(),
		.failed_fetches = atomic_load(&sign_ins.failed_fetches),
		.refused_from = sign_ins_refused_from(), .keys_age_s = sign_ins_keys_age_s()
	};
}

static bool start(struct serving *serving)
{
	const struct mcp_server *server = serving->server;

	auth_share(&serving->options.requests, &serving->options.streams);
	if (!start_store(serving) || !access_start(&serving->options))
		return false;
	if (server->start && !server->start())
		return false;
	serving->started = true;
	/* Once more, for what it may have filled in. */
	if (server->start && !tables_sound(server))
		return false;
	serving->protocol = true;
	const char *wrong = protocol_start(&serving->options.protocol);
	if (wrong) {
		log_error("not started: %s", wrong);
		return false;
	}
	if (!protocol_share(serving->options.database)) {
		log_error("not started: there is no place for sessions, streams and tasks");
		return false;
	}
	issuer_start();
	if (!start_pool(serving) || !start_http(serving) || !start_monitor(serving))
		return false;
	close_first(serving);
	serving->jobs = jobs_create(server->jobs, serving->pool);
	serving->emf = emf_begin(serving->options.metrics_emf, server->name,
	                         &http_counters.streams, issuer_name() ? count_sign_ins : NULL,
	                         serving->pool);
	return true;
}

/* ---- Said at the start ---- */

static void greet(const struct serving *serving, const char *base, const char *metrics)
{
	const struct options *options = &serving->options;
	char url[URL_ROOM + 8], place[STORE_PLACE_SIZE];

	snprintf(url, sizeof(url), "%s/mcp", base);
	printf("\n%s %s is served at %s\n"
	       "  health    %s/healthz and /readyz\n", serving->server->name,
	       serving->server->version, url, base);
	if (serving->monitor)
		printf("  metrics   %s/metrics\n", metrics);
	if (options->database)
		printf("  database  %s\n", store_place(options->database, place));
	printf("  callers   %s\n\n", access_words(options));
	connect_print(stdout, options, options->public_url ? options->public_url : url);
	printf("\n");
	fflush(stdout);
}

static void say_serving(const struct serving *serving)
{
	const struct options *options = &serving->options;
	char base[URL_ROOM], metrics[URL_ROOM] = "";

	options_url(options->host, http_port(serving->http), base);
	if (serving->monitor)
		options_url(options->metrics_host, monitor_port(serving->monitor), metrics);
	log_info("serving %s %s at %s/mcp, %s%s; %d loops, up to %d workers; ready after %.1f ms",
	         serving->server->name, serving->server->version, base,
	         serving->monitor ? "metrics at " : "no metrics", metrics,
	         http_loops(serving->http), options->workers,
	         (double)(tick_us() - began_us) / 1000);
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
	const int64_t others_ms[] = { jobs_run_due(serving->jobs), emf_run_due(&serving->emf, tick_ms()) };
	for (int i = 0; i < 2; i++)
		if (others_ms[i] >= 0 && others_ms[i] < next_ms)
			next_ms = others_ms[i];
	return next_ms;
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
		if (signal == SIGHUP && access_reload(&serving->options))
			protocol_revoke(serving->http);
	}
}

/* ---- Stopping ---- */

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
	if (!http_drain(serving->http, left_ms > 0 ? left_ms : 0))
		log_warning("not all was finished in time: %lld streams are cut, %d workers are busy",
		            (long long)atomic_load(&http_counters.streams),
		            pool_busy(serving->pool));
	protocol_end_tasks(serving->http, until_ms);
}

/* Takes down what was started, also where that is not all. */
static void stop(struct serving *serving)
{
	close_first(serving);
	monitor_stop(serving->monitor);
	pool_close(serving->pool);      /* a late request is refused, not lost in freed memory */
	http_settle(serving->http);     /* the last answers go where they belong */
	issuer_stop();
	protocol_unshare();
	http_stop(serving->http);
	pool_stop(serving->pool);
	if (serving->protocol)
		protocol_stop();
	if (serving->started && serving->server->stop)
		serving->server->stop();
	jobs_destroy(serving->jobs);
	options_release(&serving->options);
}

static int run(struct serving *serving, const sigset_t *set)
{
	if (!start(serving)) {
		stop(serving);
		log_stop();
		return 1;
	}
	serving->memory = memory_begin();
	say_serving(serving);

	int signal = wait_for_stop(serving, set);
	int64_t shutdown_ms = serving->options.shutdown_ms;
	int64_t now = tick_ms();
	shutdown_timeout_start(shutdown_ms - shutdown_ms / 30);
	log_info("%s: stopping, within %lld s", signal == SIGTERM ? "SIGTERM" : "SIGINT",
	         (long long)(shutdown_ms + 999) / 1000);
	drain(serving, now + shutdown_ms - shutdown_ms / 10);
	emf_end(&serving->emf);
	stop(serving);
	log_info("stopped after %lld ms", (long long)(tick_ms() - now));
	log_stop();
	shutdown_timeout_stop();
	return 0;
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
		fprintf(stderr, "mcp-%s: %s\n", server->name, wrong);
		options_release(&serving.options);
		return 2;
	}
	mallopt(M_ARENA_MAX, serving.options.http.loops + OTHER_ARENAS);
	log_start(serving.options.log_level, serving.options.log_json);
	return run(&serving, &set);
}
