/* test_metrics_emf.c - what CloudWatch is told of what is counted, in its embedded metric format. */
#include <stdlib.h>

#include "emf.h"
#include "json.h"
#include "metrics.h"
#include "suite.h"
#include "trouble.h"

static atomic_llong open_doors = 5;
static struct arena *arena;

static void begin(void)
{
	arena = arena_create();
}

static void end(void)
{
	arena_destroy(arena);
}

static yyjson_val *emf_line(struct emf *emf, int running)
{
	str line = emf_print(arena, emf, running);
	ck_assert_ptr_eq(memchr(line.at, '\n', line.size), line.at + line.size - 1);
	/* A pipe takes so much whole. */
	ck_assert_uint_lt(line.size, 4096);
	enum json_trouble trouble;
	yyjson_val *value = json_parse_copy(arena, line, 8, &trouble);
	ck_assert_int_eq(trouble, JSON_FINE);
	return value;
}

static int64_t emf_value(yyjson_val *line, const char *name)
{
	yyjson_val *value = yyjson_obj_get(line, name);
	ck_assert_msg(yyjson_is_int(value), "%s is missing", name);
	return yyjson_get_sint(value);
}

START_TEST(cloudwatch_finds_each_metric_it_is_told_of)
{
	struct emf emf = { .namespace = "shop/test", .service = "products", .streams = &open_doors };
	int64_t before = now_ms();
	yyjson_val *line = emf_line(&emf, 3), *about = yyjson_obj_get(line, "_aws");
	int64_t at = yyjson_get_sint(yyjson_obj_get(about, "Timestamp"));

	ck_assert_int_ge(at, before);
	ck_assert_int_le(at, now_ms());
	ck_assert_uint_eq(yyjson_arr_size(yyjson_obj_get(about, "CloudWatchMetrics")), 1);
	yyjson_val *directive = yyjson_arr_get_first(yyjson_obj_get(about, "CloudWatchMetrics"));
	ck_assert_str_eq(yyjson_get_str(yyjson_obj_get(directive, "Namespace")), "shop/test");
	char *dimensions = yyjson_val_write(yyjson_obj_get(directive, "Dimensions"), 0, NULL);
	ck_assert_str_eq(dimensions, "[[\"Service\"]]");
	free(dimensions);
	ck_assert_str_eq(yyjson_get_str(yyjson_obj_get(line, "Service")), "products");
	yyjson_val *metrics = yyjson_obj_get(directive, "Metrics"), *metric;
	size_t i, count;
	yyjson_arr_foreach(metrics, i, count, metric) {
		ck_assert_str_eq(yyjson_get_str(yyjson_obj_get(metric, "Unit")), "Count");
		(void)emf_value(line, yyjson_get_str(yyjson_obj_get(metric, "Name")));
	}
	ck_assert_uint_eq(count, 9);
	ck_assert_uint_eq(yyjson_obj_size(line), count + 2);
	ck_assert_int_eq(emf_value(line, "CallsRunning"), 3);
}
END_TEST

START_TEST(cloudwatch_hears_of_each_call_once)
{
	atomic_llong streams = 7;
	struct emf emf = { .namespace = "shop/test", .service = "products", .streams = &streams };

	(void)emf_line(&emf, 0);
	metrics_request("tools/call", "search", "ok", 100);
	metrics_request("tools/call", "search", "error", 100);
	metrics_request("tools/call", "sell", "deadline", 100);
	metrics_request("tools/call", NULL, "fault", 100);
	metrics_request("tools/call", "sell", "cancelled", 100);
	metrics_request("tools/call", "sell", "unavailable", 100);
	metrics_request("tools/call", "sell", "mistake", 100);
	trouble_note(TROUBLE_STORE);
	trouble_note(TROUBLE_STORE);
	trouble_note(TROUBLE_SERVICE);
	metrics_request("tools/list", NULL, "fault", 100);
	metric_add(METRIC_LIMIT_RATE_CALLER, 2);
	metric_add(METRIC_LIMIT_DEADLINE, 1);
	metric_add(METRIC_COMPAT_TWICE, 5);
	yyjson_val *line = emf_line(&emf, 0);
	ck_assert_int_eq(emf_value(line, "Calls"), 7);
	ck_assert_int_eq(emf_value(line, "Errors"), 2);
	ck_assert_int_eq(emf_value(line, "Unavailable"), 3);
	ck_assert_int_eq(emf_value(line, "FailedStatements"), 2);
	ck_assert_int_eq(emf_value(line, "FailedCallsOut"), 1);
	ck_assert_int_eq(emf_value(line, "LimitHits"), 3);
	ck_assert_int_eq(emf_value(line, "OpenStreams"), 7);
	line = emf_line(&emf, 0);
	ck_assert_int_eq(emf_value(line, "Calls") + emf_value(line, "Errors")
	                 + emf_value(line, "LimitHits"), 0);
	ck_assert_int_eq(emf_value(line, "OpenStreams"), 7);
}
END_TEST

static struct emf_sign_ins signed_in;

static void sign_ins_now(struct emf_sign_ins *now)
{
	*now = signed_in;
}

START_TEST(cloudwatch_hears_of_sign_ins_where_there_are_any)
{
	struct emf emf = { .namespace = "shop/test", .service = "products", .streams = &open_doors };

	ck_assert_ptr_null(yyjson_obj_get(emf_line(&emf, 0), "AcceptedTokens"));
	emf.sign_ins = sign_ins_now;
	signed_in = (struct emf_sign_ins) { 5, 3, 1, 2, -1 };
	yyjson_val *line = emf_line(&emf, 0);
	ck_assert_ptr_null(yyjson_obj_get(line, "KeysAge"));
	signed_in = (struct emf_sign_ins) { 7, 6, 1, 2, 90 };
	line = emf_line(&emf, 0);
	ck_assert_int_eq(emf_value(line, "AcceptedTokens"), 2);
	ck_assert_int_eq(emf_value(line, "RefusedTokens"), 3);
	ck_assert_int_eq(emf_value(line, "FailedKeyFetches"), 0);
	ck_assert_int_eq(emf_value(line, "RefusedFrom"), 2);
	ck_assert_int_eq(emf_value(line, "KeysAge"), 90);
	yyjson_val *about = yyjson_arr_get_first(
		yyjson_obj_get(yyjson_obj_get(line, "_aws"), "CloudWatchMetrics"));
	yyjson_val *metrics = yyjson_obj_get(about, "Metrics");
	ck_assert_uint_eq(yyjson_arr_size(metrics), 14);
	ck_assert_str_eq(yyjson_get_str(yyjson_obj_get(yyjson_arr_get_last(metrics), "Unit")), "Seconds");
}
END_TEST

static int64_t lost_spans;

static int64_t lost_spans_now(void)
{
	return lost_spans;
}

START_TEST(cloudwatch_hears_of_lost_spans_where_there_are_traces)
{
	struct emf emf = { .namespace = "shop/test", .service = "products", .streams = &open_doors };

	ck_assert_ptr_null(yyjson_obj_get(emf_line(&emf, 0), "LostSpans"));
	emf.lost_spans = lost_spans_now;
	emf.sign_ins = sign_ins_now;
	signed_in = (struct emf_sign_ins) { 5, 3, 1, 2, 90 };
	lost_spans = 5;
	ck_assert_int_eq(emf_value(emf_line(&emf, 0), "LostSpans"), 5);
	lost_spans = 7;
	yyjson_val *line = emf_line(&emf, 0);
	ck_assert_int_eq(emf_value(line, "LostSpans"), 2);
	ck_assert_int_eq(emf_value(line, "KeysAge"), 90);
	ck_assert_int_eq(emf_value(emf_line(&emf, 0), "LostSpans"), 0);
}
END_TEST

/* ---- What others tell ---- */

static atomic_llong asked[3];
static const struct told some[] = {
	{ "Asked", "Model", "openai:a", &asked[0] }, { "Asked", "Model", "openai:a", &asked[1] }, { "Asked", "Model", "bedrock:b", &asked[2] },
	{ "Failed", NULL, NULL, &asked[2] }, { 0 },
};
static const struct mcp_server program = {
	.counters = (const struct mcp_counter []) { { "things_made_total", "made" }, { "things_waiting", "waiting" }, { "things_kept", "kept" }, { 0 } },
	.told = "things_made_total things_waiting",
};

/* The lines behind the first. */
static const char *lines_by(str lines, size_t *size)
{
	const char *first = memchr(lines.at, '\n', lines.size);
	*size = lines.size - (size_t)(first + 1 - lines.at);
	return first + 1;
}

START_TEST(cloudwatch_hears_of_what_others_tell_once_and_by_what_it_is_of)
{
	struct emf emf = { .namespace = "shop/test", .service = "products", .streams = &open_doors, .server = &program };
	size_t size;

	told_add(some);
	atomic_store(&asked[0], 3);
	atomic_store(&asked[1], 4);
	str lines = emf_print(arena, &emf, 0);
	const char *by = lines_by(lines, &size);
	enum json_trouble trouble;
	yyjson_val *line = json_parse_copy(arena, (str) { lines.at, lines.size - size }, 8, &trouble);
	ck_assert_int_eq(emf_value(line, "Asked"), 7);
	ck_assert_int_eq(emf_value(line, "Failed"), 0);
	ck_assert_int_eq(emf_value(line, "ThingsMade"), 0);
	/* Of the other nothing is new. */
	line = json_parse_copy(arena, (str) { by, size }, 8, &trouble);
	ck_assert_int_eq(trouble, JSON_FINE);
	ck_assert_int_eq(emf_value(line, "Asked"), 7);
	ck_assert_str_eq(yyjson_get_str(yyjson_obj_get(line, "Model")), "openai:a");
	yyjson_val *declared = yyjson_arr_get_first(yyjson_obj_get(yyjson_obj_get(line, "_aws"), "CloudWatchMetrics"));
	char *dimensions = yyjson_val_write(yyjson_obj_get(declared, "Dimensions"), 0, NULL);
	ck_assert_str_eq(dimensions, "[[\"Service\",\"Model\"]]");
	free(dimensions);
	ck_assert_uint_eq(yyjson_arr_size(yyjson_obj_get(declared, "Metrics")), 1);

	atomic_fetch_add(&asked[2], 2);
	mcp_count(0, 5);
	mcp_gauge(1, 9);
	mcp_gauge(2, 9);
	(void)emf_print(arena, &emf, 0);
	mcp_count(0, 1);
	lines = emf_print(arena, &emf, 0);
	(void)lines_by(lines, &size);
	ck_assert_uint_eq(size, 0);
	line = json_parse_copy(arena, lines, 8, &trouble);
	ck_assert_int_eq(emf_value(line, "Asked") + emf_value(line, "Failed"), 0);
	ck_assert_int_eq(emf_value(line, "ThingsMade"), 1);
	ck_assert_int_eq(emf_value(line, "ThingsWaiting"), 9);
	ck_assert_ptr_null(yyjson_obj_get(line, "ThingsKept"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("metrics for CloudWatch");
	TCase *tcase = tcase_create("metrics for CloudWatch");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, cloudwatch_finds_each_metric_it_is_told_of);
	tcase_add_test(tcase, cloudwatch_hears_of_each_call_once);
	tcase_add_test(tcase, cloudwatch_hears_of_sign_ins_where_there_are_any);
	tcase_add_test(tcase, cloudwatch_hears_of_lost_spans_where_there_are_traces);
	tcase_add_test(tcase, cloudwatch_hears_of_what_others_tell_once_and_by_what_it_is_of);
	suite_add_tcase(suite, tcase);

	return run_suite(suite);
}
