/* prometheus.c - everything that is counted, in Prometheus' text format 0.0.4. */
#include <stdlib.h>

#include "build.h"
#include "fatal.h"
#include "series.h"

void family_print(FILE *file, const char *name, const char *type, const char *help)
{
	int size = (int)strcspn(name, "{");

	fprintf(file, "# HELP %.*s %s\n# TYPE %.*s %s\n", size, name, help, size, name, type);
}

static void print_label(FILE *file, const char *name, const char *value)
{
	fprintf(file, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", file);
		else if (*value == '"' || *value == '\\')
			fprintf(file, "\\%c", *value);
		else
			fputc(*value, file);
	}
	fputc('"', file);
}

/* ---- Requests ---- */

static int compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare_series(const void *left, const void *right)
{
	const struct series *a = *(struct series *const *)left, *b = *(struct series *const *)right;
	int order = compare_text(a->method, b->method);
	if (order == 0)
		order = compare_text(a->tool, b->tool);
	return order ? order : compare_text(a->outcome, b->outcome);
}

static void print_series(FILE *file, struct series *series)
{
	long long count = atomic_load(&series->count);
	if (count == 0)
		return;
	fputs("mcp_requests_total{", file);
	print_label(file, "method", series->method);
	fputc(',', file);
	print_label(file, "tool", series->tool ? series->tool : "");
	fputc(',', file);
	print_label(file, "outcome", series->outcome);
	fprintf(file, "} %lld\n", count);
}

static void print_requests(FILE *file, struct arena *arena)
{
	struct series **sorted = arena_array(arena, struct series *, SERIES_MAX + 1);
	size_t count = 0;

	family_print(file, "mcp_requests_total", "counter",
	             "JSON-RPC requests that were finished, by method, tool and outcome.");
	while ((sorted[count] = series_at((int)count)) != NULL)
		count++;
	qsort(sorted, count, sizeof(*sorted), compare_series);
	for (size_t i = 0; i < count; i++)
		print_series(file, sorted[i]);
}

static void print_labels(FILE *file, const char *name, const char *of, const struct histogram *histogram)
{
	fprintf(file, "%s%s{", name, of);
	print_label(file, "method", histogram->method);
	fputc(',', file);
	print_label(file, "tool", histogram->tool ? histogram->tool : "");
	fputs("} ", file);
}

static void print_histogram(FILE *file, struct histogram *histogram)
{
	static const char name[] = "mcp_request_duration_seconds";
	long long counts[BUCKETS + 1], sum = 0;

	for (int i = 0; i <= BUCKETS; i++)
		sum += counts[i] = atomic_load(&histogram->counts[i]);
	if (sum == 0)
		return;
	sum = 0;
	for (int i = 0; i <= BUCKETS; i++) {
		sum += counts[i];
		fprintf(file, "%s_bucket{", name);
		print_label(file, "method", histogram->method);
		fputc(',', file);
		print_label(file, "tool", histogram->tool ? histogram->tool : "");
		if (i < BUCKETS)
			fprintf(file, ",le=\"%g\"} %lld\n", (double)bucket_bounds_us[i] / 1e6, sum);
		else
			fprintf(file, ",le=\"+Inf\"} %lld\n", sum);
	}
	print_labels(file, name, "_sum", histogram);
	fprintf(file, "%.6f\n", (double)atomic_load(&histogram->sum_us) / 1e6);
	print_labels(file, name, "_count", histogram);
	fprintf(file, "%lld\n", sum);
}

static void print_durations(FILE *file)
{
	struct histogram *histogram;
	family_print(file, "mcp_request_duration_seconds", "histogram",
	             "Time from a request's headers to its answer, by method and tool.");
	for (int i = 0; (histogram = histogram_at(i)) != NULL; i++)
		print_histogram(file, histogram);
}

const char *const metric_verbs[VERBS] = { "GET", "POST", "DELETE", "OPTIONS", "HEAD", "other" };
const char *const metric_answered[ANSWERED] = { "ok", "refused", "unavailable", "gone" };

static void print_answers(FILE *file)
{
	family_print(file, "mcp_http_answers_total", "counter",
	             "Requests of HTTP that came to no JSON-RPC request, by verb and what became of them.");
	for (int verb = 0; verb < VERBS; verb++)
		for (int i = 0; i < ANSWERED; i++)
			if (answers_at(verb, (enum answered)i))
				fprintf(file, "mcp_http_answers_total{verb=\"%s\",outcome=\"%s\"} %lld\n", metric_verbs[verb],
				        metric_answered[i], (long long)answers_at(verb, (enum answered)i));
}

/* ---- What is only counted ---- */

static void print_one(FILE *file, const char *name, const char *type, const char *help,
                      long long value)
{
	family_print(file, name, type, help);
	fprintf(file, "%s %lld\n", name, value);
}

static void print_counted(FILE *file)
{
	static const struct {
		enum metric metric;
		const char *name, *type, *help;
	} counted[] = {
		{ METRIC_SESSIONS, "mcp_sessions", "gauge",
		  "Sessions of the older revisions that were used here lately." },
		{ METRIC_SESSIONS_BEGUN, "mcp_sessions_begun_total", "counter", "Sessions begun." },
		{ METRIC_LISTENS, "mcp_listens", "gauge", "Open subscriptions/listen streams." },
		{ METRIC_CALLS_WAITING, "mcp_calls_waiting", "gauge",
		  "Calls that wait for a person or a change." },
		{ METRIC_EVENTS, "mcp_events_total", "counter", "Server-sent events sent." },
		{ METRIC_RESUMED, "mcp_streams_resumed_total", "counter",
		  "Streams a client came back to." },
		{ METRIC_QUESTIONS, "mcp_questions_total", "counter", "Questions put to people." },
		{ METRIC_REFUSED_ADDRESSES, "mcp_refused_addresses_total", "counter",
		  "Requests from addresses that may not call." },
		{ METRIC_MOVED_TO_WORKER, "mcp_moved_to_worker_total", "counter",
		  "Reads that took too long for an event loop and were run again on a worker." },
	};

	for (size_t i = 0; i < sizeof(counted) / sizeof(*counted); i++)
		print_one(file, counted[i].name, counted[i].type, counted[i].help,
		          metric_value(counted[i].metric));
}

static bool is_total(const char *name)
{
	static const char end[] = "_total";
	size_t size = strlen(name);

	return size >= sizeof(end) - 1 && strcmp(name + size - (sizeof(end) - 1), end) == 0;
}

static void print_own(FILE *file, const struct mcp_counter *counters)
{
	for (int i = 0; counters && counters[i].name && i < MCP_COUNTERS; i++)
		print_one(file, counters[i].name, is_total(counters[i].name) ? "counter" : "gauge", counters[i].about,
		          counter_value(i));
}

struct labelled {
	enum metric metric;
	const char *value;              /* of the label */
};

static void print_labelled(FILE *file, const char *name, const char *help, const char *label,
                           const struct labelled *each, size_t count)
{
	family_print(file, name, "counter", help);
	for (size_t i = 0; i < count; i++)
		fprintf(file, "%s{%s=\"%s\"} %lld\n", name, label, each[i].value,
		        (long long)metric_value(each[i].metric));
}

static void print_limits(FILE *file)
{
	static const struct labelled limits[] = {
		{ METRIC_LIMIT_RATE_ADDRESS, "rate_address" },
		{ METRIC_LIMIT_RATE_CALLER, "rate_caller" },
		{ METRIC_LIMIT_RATE_INITIALIZE, "rate_initialize" }, { METRIC_LIMIT_QUEUE, "queue" },
		{ METRIC_LIMIT_STREAMS, "streams" }, { METRIC_LIMIT_BACKLOG, "backlog" },
		{ METRIC_LIMIT_BODY, "body" }, { METRIC_LIMIT_DEPTH, "depth" },
		{ METRIC_LIMIT_BATCH, "batch" }, { METRIC_LIMIT_DEADLINE, "deadline" },
		{ METRIC_LIMIT_VALUES, "values" }, { METRIC_LIMIT_MEMORY, "memory" },
	}, compats[] = {
		{ METRIC_COMPAT_MISMATCH, "version-mismatch" }, { METRIC_COMPAT_TWICE, "version-twice" },
		{ METRIC_COMPAT_MISSING, "version-missing" },
		{ METRIC_COMPAT_PARAMS, "params-empty" },
		{ METRIC_COMPAT_ARGUMENTS, "extra-arguments" },
	};

	print_labelled(file, "mcp_limit_hits_total", "Times a limit refused or cut something.", "limit",
	               limits, sizeof(limits) / sizeof(*limits));
	print_labelled(file, "mcp_compat_total", "Wrong requests served because COMPAT says so.",
	               "request", compats, sizeof(compats) / sizeof(*compats));
}

/* `help` tells where a family ends, which may go on in the next table. */
static void print_table(FILE *file, const struct counted *table, const char **help)
{
	for (const struct counted *one = table; one->name; one++) {
		if (strcmp(one->help, *help) != 0)
			family_print(file, one->name, one->type, one->help);
		*help = one->help;
		long long value = atomic_load(one->value);
		if (strstr(one->name, "_seconds_total"))
			fprintf(file, "%s %lld.%06lld\n", one->name, value / 1000000, value % 1000000);
		else
			fprintf(file, "%s %lld\n", one->name, value);
	}
}

str metrics_print(struct arena *arena, const struct mcp_server *server,
                  const struct counted *const *layers, int queued, int busy)
{
	const char *help = "";
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	if (!file)
		fatal();

	family_print(file, "mcp_build_info", "gauge", "Which server this is; always 1.");
	fputs("mcp_build_info{", file);
	print_label(file, "server", server->name);
	fputc(',', file);
	print_label(file, "version", server->version ? server->version : "");
	fputc(',', file);
	print_label(file, "build", build_id());
	fputs("} 1\n", file);
	print_requests(file, arena);
	print_durations(file);
	print_answers(file);
	print_one(file, "mcp_worker_queue", "gauge", "Calls waiting for a worker.", queued);
	print_one(file, "mcp_workers_busy", "gauge", "Workers that run something.", busy);
	print_own(file, server->counters);
	print_counted(file);
	print_limits(file);
	for (int i = 0; layers[i]; i++)
		print_table(file, layers[i], &help);
	for (int i = 0; counted_more(i); i++)
		print_table(file, counted_more(i), &help);
	process_print(file);

	fclose(file);
	str printed = { arena_copy(arena, (str) { text, size }), size };
	free(text);
	return printed;
}
