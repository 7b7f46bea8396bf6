/* test_metrics.c - what is counted, and that the text says it as Prometheus reads it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "http.h"
#include "metrics.h"
#include "store_internal.h"
#include "suite.h"

enum { SOLD, GIVEN };
static const struct mcp_counter counters[] = {
	[SOLD] = { "shop_sold_total", "Things sold." },
	[GIVEN] = { "shop_given_total", "Things given away." },
	{ 0 },
};
static const struct mcp_server server = {
	.name = "shop \"one\"\\\n", .version = "1.0.0", .counters = counters
};

/* What a layer counts. */
static atomic_llong open_doors = 5, knocks = 9;
static const struct counted doors[] = {
	{ "shop_open_doors", "gauge", "Doors that are open.", &open_doors },
	{ "shop_knocks_total", "counter", "Knocks heard.", &knocks },
	{ 0 },
}, nothing[] = { { 0 } };
static const struct counted *const layers[] = { nothing, doors, http_counted, store_counted, NULL };

static struct arena *arena;

static void begin(void)
{
	arena = arena_create();
}

static void end(void)
{
	arena_destroy(arena);
}

/* ---- A strict reader of the text format ---- */

#define FAMILIES_MAX 100

struct reading {
	char families[FAMILIES_MAX][80];
	int families_count;
	char name[80], type[16];        /* of the family being read */
	int samples;
};

static bool name_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':'
	       || (!first && c >= '0' && c <= '9');
}

static const char *skip_name(const char *text)
{
	const char *start = text;
	while (name_char(*text, text == start))
		text++;
	ck_assert_msg(text > start, "a name is missing before: %.40s", start);
	return text;
}

static const char *skip_labels(const char *text)
{
	if (*text != '{')
		return text;
	do {
		text = skip_name(text + 1);
		ck_assert_msg(text[0] == '=' && text[1] == '"', "no label value: %.40s", text);
		for (text += 2; *text != '"'; text++) {
			if (!*text)
				ck_abort_msg("a label value is not closed");
			if (*text == '\\')
				ck_assert_msg(*++text && strchr("\\\"n", *text), "bad escape \\%c", *text);
		}
		text++;
	} while (*text == ',');
	ck_assert_msg(*text == '}', "labels are not closed: %.40s", text);
	return text + 1;
}

static bool belongs(const struct reading *reading, str name)
{
	static const char *const parts[] = { "_bucket", "_sum", "_count", NULL };
	char whole[100];

	if (strcmp(reading->type, "histogram") != 0)
		return str_is(name, reading->name);
	for (int i = 0; parts[i]; i++) {
		snprintf(whole, sizeof(whole), "%s%s", reading->name, parts[i]);
		if (str_is(name, whole))
			return true;
	}
	return false;
}

static void read_sample(struct reading *reading, const char *line)
{
	const char *after = skip_name(line);
	char *rest;
	ck_assert_msg(belongs(reading, (str) { line, (size_t)(after - line) }),
	              "a sample outside of its family %s: %s", reading->name, line);
	after = skip_labels(after);
	ck_assert_msg(*after == ' ', "no space before the value: %s", line);
	double value = strtod(after + 1, &rest);
	ck_assert_msg(rest > after + 1 && *rest == '\0', "not a value: %s", line);
	ck_assert_msg(value >= 0, "negative: %s", line);
	reading->samples++;
}

static void read_type(struct reading *reading, const char *line)
{
	char name[80];
	ck_assert_int_eq(sscanf(line, "# TYPE %79s %15s", name, reading->type), 2);
	ck_assert_str_eq(name, reading->name);
	ck_assert_msg(strstr("counter gauge histogram", reading->type), "type %s", reading->type);
	bool total = strlen(name) > 6 && strcmp(name + strlen(name) - 6, "_total") == 0;
	ck_assert_msg(total == (strcmp(reading->type, "counter") == 0),
	              "%s: counters, and only they, end in _total", name);
}

static void read_line(struct reading *reading, const char *line)
{
	if (strncmp(line, "# HELP ", 7) == 0) {
		int size = 0;
		ck_assert_int_eq(sscanf(line, "# HELP %79s %n", reading->name, &size), 1);
		ck_assert_msg(line[size], "no words: %s", line);
		for (int i = 0; i < reading->families_count; i++)
			if (strcmp(reading->families[i], reading->name) == 0)
				ck_abort_msg("a family twice: %s", reading->name);
		ck_assert_int_lt(reading->families_count, FAMILIES_MAX);
		strcpy(reading->families[reading->families_count++], reading->name);
		reading->type[0] = '\0';
	} else if (strncmp(line, "# TYPE ", 7) == 0) {
		read_type(reading, line);
	} else {
		ck_assert_msg(reading->type[0], "a sample before its TYPE: %s", line);
		read_sample(reading, line);
	}
}

/* No two samples of the same name and labels. */
static void check_distinct(char *const *lines, int count)
{
	for (int i = 0; i < count; i++) {
		size_t size = (size_t)(strrchr(lines[i], ' ') - lines[i]) + 1;
		for (int k = i + 1; k < count && lines[i][0] != '#'; k++)
			if (strncmp(lines[i], lines[k], size) == 0)
				ck_abort_msg("twice: %s", lines[i]);
	}
}

static int read_all(const char *text)
{
	struct reading reading = { .families_count = 0 };
	char *lines[10000], *copy = arena_copy(arena, str_of(text));
	int count = 0;

	for (char *end_of_line; (end_of_line = strchr(copy, '\n')) != NULL; copy = end_of_line + 1) {
		*end_of_line = '\0';
		ck_assert_int_lt(count, 10000);
		lines[count++] = copy;
		read_line(&reading, copy);
	}
	ck_assert_msg(*copy == '\0', "the last line has no end");
	check_distinct(lines, count);
	return reading.samples;
}

static const char *print(void)
{
	str text = metrics_print(arena, &server, layers, 3, 2);
	ck_assert_uint_eq(strlen(text.at), text.size);
	return text.at;
}

/* The value of a sample, by its name with labels; -1: it is not there. */
static double sample(const char *text, const char *name)
{
	char *wanted = arena_print(arena, "\n%s ", name);
	const char *at = strstr(text, wanted);
	return at ? strtod(at + strlen(wanted), NULL) : -1;
}

/* ---- Tests ---- */

START_TEST(the_text_is_well_formed)
{
	metrics_request("tools/call", "search", "ok", 100);
	metrics_request("tools/list", NULL, "ok", 10);
	ck_assert_int_gt(read_all(print()), 40);
}
END_TEST

START_TEST(requests_are_counted_by_method_tool_and_outcome)
{
	static const char again[] = "count/me";         /* another address, the same text */
	char outcome[] = "fine";

	metrics_request("count/me", "one", "fine", 100);
	metrics_request(again, "one", outcome, 100);
	metrics_request("count/me", "two", "fine", 100);
	metrics_request("count/me", NULL, "error", 100);
	const char *text = print();
	read_all(text);
#define COUNTED(tool, outcome) \
	sample(text, "mcp_requests_total{method=\"count/me\",tool=\"" tool "\",outcome=\"" outcome "\"}")
	ck_assert(COUNTED("one", "fine") == 2);
	ck_assert(COUNTED("two", "fine") == 1);
	ck_assert(COUNTED("", "error") == 1);
	ck_assert(COUNTED("two", "error") == -1);
}
END_TEST

static const struct { const char *method; int64_t micros; const char *le; } latencies[] = {
	{ "m0", 0, "0.00025" }, { "m1", 250, "0.00025" }, { "m2", -5, "0.00025" },
	{ "m3", 251, "0.0005" }, { "m4", 1000, "0.001" }, { "m5", 1001, "0.0025" },
	{ "m6", 10000000, "10" }, { "m7", 10000001, "30" }, { "m8", 55000000, "60" }, { "m9", 600000000, "600" },
	{ "m10", 600000001, "+Inf" },
};
static const char *const bounds[] = {
	"0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5",
	"1", "2.5", "5", "10", "30", "60", "300", "600", "+Inf"
};

START_TEST(a_latency_is_in_its_bucket_and_all_above)
{
	const char *method = latencies[_i].method;
	bool reached = false;

	metrics_request(method, NULL, "ok", latencies[_i].micros);
	const char *text = print();
	for (size_t i = 0; i < sizeof(bounds) / sizeof(*bounds); i++) {
		reached = reached || strcmp(bounds[i], latencies[_i].le) == 0;
		double there = sample(text, arena_print(arena,
			"mcp_request_duration_seconds_bucket{method=\"%s\",tool=\"\",le=\"%s\"}", method, bounds[i]));
		ck_assert_msg(there == (reached ? 1 : 0), "%s: %g", bounds[i], there);
	}
	ck_assert(sample(text, arena_print(arena,
		"mcp_request_duration_seconds_count{method=\"%s\",tool=\"\"}", method)) == 1);
}
END_TEST

/* A server's names may be where those of the one before it were. */
START_TEST(a_server_that_ends_takes_its_names_along)
{
	char tool[] = "one";

	metrics_request("m11", tool, "ok", 200);
	ck_assert_ptr_nonnull(strstr(print(), "tool=\"one\""));
	metrics_stop();
	strcpy(tool, "two");
	metrics_request("m11", tool, "ok", 200);
	const char *text = print();
	ck_assert_ptr_null(strstr(text, "tool=\"one\""));
	ck_assert(sample(text, "mcp_requests_total{method=\"m11\",tool=\"two\",outcome=\"ok\"}") == 1);
	ck_assert(sample(text, "mcp_request_duration_seconds_count{method=\"m11\",tool=\"two\"}") == 1);
	metrics_stop();
}
END_TEST

START_TEST(label_values_are_escaped)
{
	ck_assert_ptr_nonnull(strstr(print(),
		"mcp_build_info{server=\"shop \\\"one\\\"\\\\\\n\",version=\"1.0.0\",build=\"\"} 1\n"));
}
END_TEST

START_TEST(gauges_and_counters_show_their_value)
{
	int64_t before = metric_value(METRIC_SESSIONS);
	metric_add(METRIC_SESSIONS, 5);
	metric_add(METRIC_SESSIONS, -2);
	metric_add(METRIC_LIMIT_RATE_CALLER, 1);
	atomic_store(&http_counters.bytes_out, 12345678901);
	const char *text = print();
	ck_assert_int_eq(metric_value(METRIC_SESSIONS), before + 3);
	ck_assert(sample(text, "mcp_sessions") == (double)before + 3);
	ck_assert(sample(text, "mcp_limit_hits_total{limit=\"rate_caller\"}") == 1);
	ck_assert(sample(text, "mcp_bytes_out_total") == 12345678901.0);
	ck_assert(sample(text, "mcp_worker_queue") == 3);
	ck_assert(sample(text, "mcp_workers_busy") == 2);
}
END_TEST

START_TEST(a_program_counts_what_it_did)
{
	ck_assert(sample(print(), "shop_sold_total") == 0);
	mcp_count(GIVEN, 2);
	mcp_count(GIVEN, 1);
	const char *text = print();
	read_all(text);
	ck_assert(sample(text, "shop_sold_total") == 0);
	ck_assert(sample(text, "shop_given_total") == 3);
	ck_assert_ptr_nonnull(strstr(text, "# TYPE shop_given_total counter\n"));
}
END_TEST

START_TEST(what_layers_count_is_printed)
{
	const char *text = print();
	ck_assert(sample(text, "shop_open_doors") == 5);
	ck_assert(sample(text, "shop_knocks_total") == 9);
	ck_assert_ptr_nonnull(strstr(text, "# TYPE shop_open_doors gauge\n"));
	ck_assert(sample(text, "mcp_connections") == 0);
	ck_assert(sample(text, "mcp_database_reruns_total") == 0);
}
END_TEST

START_TEST(the_process_is_described)
{
	const char *text = print();
	double began = sample(text, "process_start_time_seconds");
	ck_assert_double_gt(began, (double)now_ms() / 1000 - 3600);
	ck_assert_double_le(began, (double)now_ms() / 1000 + 1);
	ck_assert_double_gt(sample(text, "process_resident_memory_bytes"), 500000);
	ck_assert_double_ge(sample(text, "process_open_fds"), 1);
	ck_assert_double_ge(sample(text, "process_cpu_seconds_total"), 0);
	ck_assert(sample(print(), "process_start_time_seconds") == began);
}
END_TEST

#define THREADS 4
#define ROUNDS 5000
static const char *const words[] = { "ok", "error", "fault", "cancelled", "deadline" };

static void *count_requests(void *unused UNUSED)
{
	for (int i = 0; i < ROUNDS; i++)
		metrics_request("threads", "tool", words[i % 5], i);
	return NULL;
}

START_TEST(threads_lose_no_count)
{
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, count_requests, NULL), 0);
	read_all(print());
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	const char *text = print();
	for (int i = 0; i < 5; i++)
		ck_assert(sample(text, arena_print(arena,
			"mcp_requests_total{method=\"threads\",tool=\"tool\",outcome=\"%s\"}", words[i]))
			== THREADS * ROUNDS / 5);
	ck_assert(sample(text, "mcp_request_duration_seconds_count{method=\"threads\",tool=\"tool\"}")
	          == THREADS * ROUNDS);
}
END_TEST

/* Last, since the table stays full. */
START_TEST(what_has_no_place_is_counted_as_other)
{
	enum { MANY = 1500 };
	for (int i = 0; i < MANY; i++)
		metrics_request(arena_print(arena, "many/%d", i), NULL, "ok", 1);
	const char *text = print();
	read_all(text);
	double other = sample(text, "mcp_requests_total{method=\"other\",tool=\"\",outcome=\"other\"}");
	ck_assert_double_gt(other, MANY - 1024);
	ck_assert_double_lt(other, MANY);
	metrics_request("one/more", NULL, "ok", 1);
	ck_assert(sample(print(), "mcp_requests_total{method=\"other\",tool=\"\",outcome=\"other\"}")
	          == other + 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("metrics");
	TCase *tcase = tcase_create("metrics");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, the_text_is_well_formed);
	tcase_add_test(tcase, requests_are_counted_by_method_tool_and_outcome);
	tcase_add_loop_test(tcase, a_latency_is_in_its_bucket_and_all_above, 0,
	                    sizeof(latencies) / sizeof(*latencies));
	tcase_add_test(tcase, a_server_that_ends_takes_its_names_along);
	tcase_add_test(tcase, label_values_are_escaped);
	tcase_add_test(tcase, gauges_and_counters_show_their_value);
	tcase_add_test(tcase, a_program_counts_what_it_did);
	tcase_add_test(tcase, what_layers_count_is_printed);
	tcase_add_test(tcase, the_process_is_described);
	tcase_add_test(tcase, threads_lose_no_count);
	tcase_add_test(tcase, what_has_no_place_is_counted_as_other);
	suite_add_tcase(suite, tcase);

	return run_suite(suite);
}
