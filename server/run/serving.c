/* serving.c - the layers of a server, started one upon the other, and taken down again. */
#include <stdlib.h>

#include "access.h"
#include "commands.h"
#include "databases.h"
#include "fatal.h"
#include "fetch.h"
#include "metrics.h"
#include "otlp.h"
#include "run.h"
#include "self_check.h"
#include "serving.h"
#include "settings.h"
#include "spans.h"

#define OTLP_PART 15                    /* of SHUTDOWN_TIMEOUT: for the last spans */

/* ---- Threads that run tools ---- */

static void *make_place(struct workplace what)
{
	struct workplace *place = malloc(sizeof(*place));
	if (!place)
		fatal();
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
		log_error("not started: %s can't be used, for the reason above; DATABASE_URL (--database-url)"
		          " names the database", store_place(options->database, place));
	serving->status = ready ? statements_prepare(options->server, store, true) : 1;
	return !serving->status;
}

static void close_first(struct serving *serving)
{
	store_close(serving->first);
	serving->first = NULL;
}

static bool not_started(const char *why)
{
	log_error("not started: %s", why);
	return false;
}

static bool start_pool(struct serving *serving)
{
	struct options *options = &serving->options;
	serving->pool = pool_start(options->workers, options->worker_queue, open_worker,
	                           close_place, options);
	if (!serving->pool)
		return not_started("no worker could be started");
	protocol_use_pool(serving->pool);
	return true;
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

/* What CloudWatch is told, beside what the metrics know by themselves. */
static struct emf what_is_told(const struct serving *serving)
{
	return (struct emf) {
		.namespace = serving->options.metrics_emf, .service = serving->server->name,
		.streams = &http_counters.streams,
		.sign_ins = issuer_name() ? count_sign_ins : NULL,
		.lost_spans = spans_on ? spans_lost : NULL,
		.server = serving->server,
	};
}

bool serving_start(struct serving *serving)
{
	const struct mcp_server *server = serving->server;

	auth_share(&serving->options.requests, &serving->options.streams);
	if (!start_store(serving) || !access_start(&serving->options))
		return false;
	if (server->start && !server->start())
		return not_started("for the reason above");
	serving->started = true;
	/* Once more, for what it may have filled in. */
	if (server->start && !tables_sound(server))
		return false;
	otlp_start(server->name, server->version);
	serving->protocol = true;
	const char *wrong = protocol_start(&serving->options.protocol);
	if (wrong)
		return not_started(wrong);
	if (!protocol_share(serving->options.database))
		return not_started("there is no place for sessions, streams and tasks");
	issuer_start();
	self_check_begin(server, serving->options.database);
	if (!start_pool(serving) || !start_http(serving) || !start_monitor(serving))
		return false;
	close_first(serving);
	serving->jobs = jobs_create((const struct mcp_job *const []) { self_checks, server->jobs, NULL }, serving->pool);
	self_check_planned(serving->jobs);
	serving->emf = emf_begin(what_is_told(serving), serving->pool);
	return true;
}

/* ---- Stopping ---- */

void serving_stop(struct serving *serving)
{
	close_first(serving);
	monitor_stop(serving->monitor);
	self_check_planned(NULL);
	pool_close(serving->pool);      /* a late request is refused, not lost in freed memory */
	http_settle(serving->http);     /* the last answers go where they belong */
	issuer_stop();
	protocol_unshare();
	http_stop(serving->http);
	pool_stop(serving->pool);
	metrics_stop();
	if (serving->protocol)
		protocol_stop();
	otlp_stop(serving->options.shutdown_ms / OTLP_PART);
	if (serving->started && serving->server->stop)
		serving->server->stop();
	jobs_destroy(serving->jobs);
	fetch_stop();
	self_check_end();
	options_release(&serving->options);
}
