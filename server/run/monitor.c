/* monitor.c - a second, small HTTP server, so that the counters are not where clients are. */
#include <stdlib.h>

#include "fatal.h"
#include "http.h"
#include "metrics.h"
#include "issuer.h"
#include "log.h"
#include "monitor.h"
#include "readiness.h"
#include "state.h"
#include "store_internal.h"

struct monitor {
	struct http *http;
	const struct mcp_server *server;
	const struct pool *pool;
};

static void refuse(struct exchange *x, int status, const char *words)
{
	exchange_answer(x, status, "text/plain; charset=utf-8", str_of(words));
}

static void on_headers(struct exchange *x)
{
	enum http_method method = exchange_method(x);
	str path = exchange_path(x);

	if (!str_is(path, "/metrics") && !str_is(path, "/healthz") && !str_is(path, "/readyz")) {
		refuse(x, 404, "There are only /metrics, /healthz and /readyz here.\n");
	} else if (method != HTTP_GET && method != HTTP_HEAD) {
		exchange_add_header(x, "Allow", "GET, HEAD");
		refuse(x, 405, "This is only to be read.\n");
	}
}

static void on_request(struct exchange *x)
{
	const struct counted *const layers[] = {
		log_counted, http_counted, store_counted, state_counted, readiness_counted,
		issuer_name() ? sign_ins_counted : NULL, NULL };
	const struct monitor *monitor = loop_context(exchange_loop(x));

	exchange_add_header(x, "Cache-Control", "no-store");
	if (str_is(exchange_path(x), "/healthz")) {
		exchange_answer(x, 200, "text/plain; charset=utf-8", STR("alive\n"));
		return;
	}
	struct arena *arena = arena_create();

	exchange_set_user(x, arena);
	if (str_is(exchange_path(x), "/readyz")) {
		exchange_answer(x, readiness_why_not() ? 503 : 200, "text/plain; charset=utf-8", readiness_print(arena));
		return;
	}
	str text = metrics_print(arena, monitor->server, layers, pool_queued(monitor->pool),
	                         pool_busy(monitor->pool));
	exchange_answer(x, 200, "text/plain; version=0.0.4; charset=utf-8", text);
}

static void on_finished(struct exchange *x)
{
	arena_destroy(exchange_user(x));
}

static void *open_loop(void *context, struct loop *loop UNUSED)
{
	return context;
}

static void close_loop(void *context UNUSED)
{
}

struct monitor *monitor_start(const struct options *options, const struct pool *pool)
{
	struct monitor *monitor = malloc(sizeof(*monitor));
	if (!monitor)
		fatal();
	*monitor = (struct monitor) { .server = options->server, .pool = pool };
	monitor->http = http_start(&(struct http_settings) {
		.host = options->metrics_host, .port = options->metrics_port, .loops = 1,
		.host_set_by = "METRICS_HOST", .port_set_by = "METRICS_PORT",
		.other_port_by = "METRICS_PORT (--metrics-port N; 0: no metrics)",
		.connection_bytes = 4096, .body_max = 1024,
		.backlog_max = 4096, .connections_max = 32,
		.header_deadline_ms = 5000, .body_deadline_ms = 5000, .idle_ms = 120000,
		.keep_alive_ms = 15000,
		.handler = { on_headers, on_request, on_finished },
		.open = open_loop, .close = close_loop, .context = monitor });
	if (monitor->http)
		return monitor;
	free(monitor);
	return NULL;
}

int monitor_port(const struct monitor *monitor)
{
	return http_port(monitor->http);
}

void monitor_stop(struct monitor *monitor)
{
	if (!monitor)
		return;
	http_stop(monitor->http);
	free(monitor);
}
