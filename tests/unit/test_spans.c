/* test_spans.c - a span as it is sent, whatever it is of; and which traces are recorded. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "about.h"
#include "clock.h"
#include "json.h"
#include "spans.h"
#include "suite.h"

#define HEAD "["
#define ROOM ((size_t)64 << 10)
#define LONG_MS ((int64_t)600000)

static struct arena *arena;
static struct trace trace;

static void begin(void)
{
	arena = arena_create();
	spans_start(SAMPLE_ALL, 1, ROOM, STR(HEAD));
	trace_begin(&trace);
}

static void end(void)
{
	spans_end();
	spans_stop();
	arena_destroy(arena);
}

/* All there are, as JSON: an array. */
static yyjson_val *sent(void)
{
	enum json_trouble trouble;
	struct span_batch batch;

	spans_take(&batch, 0);
	batch.text[batch.size++] = ']';
	ck_assert(utf8_valid((str) { batch.text, batch.size }));
	yyjson_val *spans = json_parse_copy(arena, (str) { batch.text, batch.size }, 16, &trouble);
	ck_assert_ptr_nonnull(spans);
	ck_assert_uint_eq(yyjson_arr_size(spans), (size_t)batch.count);
	return spans;
}

static yyjson_val *sent_one(void)
{
	yyjson_val *spans = sent();

	ck_assert_uint_eq(yyjson_arr_size(spans), 1);
	return yyjson_arr_get_first(spans);
}

/* What it has under a key, as text, which may have a NUL. */
static str attribute(yyjson_val *span, const char *key)
{
	size_t index, count;
	yyjson_val *each;

	yyjson_arr_foreach(yyjson_obj_get(span, "attributes"), index, count, each) {
		yyjson_val *value = yyjson_obj_get(yyjson_obj_get(each, "value"), "stringValue");
		if (str_is(json_member(each, "key"), key))
			return (str) { yyjson_get_str(value), yyjson_get_len(value) };
	}
	return (str) { 0 };
}

static str filled(char with, size_t size)
{
	char *text = arena_alloc(arena, size);

	memset(text, with, size);
	return (str) { text, size };
}

static void record_named(struct span_record *record, str name, str target)
{
	span_record_begin(record, &trace, SPAN_SERVER, tick_us(), name, target);
}

static int64_t nanos(yyjson_val *span, const char *key)
{
	int64_t value;

	ck_assert(str_to_int(json_member(span, key), &value));
	return value;
}

/* ---- The record ---- */

START_TEST(says_what_it_was_given)
{
	struct span_record record;
	struct trace inner;

	trace_inner(&inner, &trace);
	span_record_begin(&record, &inner, SPAN_CLIENT, tick_us(), STR("SELECT"), STR("orders"));
	span_text(&record, "a", STR("b\"\\\n\x7f\xc3\xa9"));
	span_text(&record, "none", (str) { 0 });
	span_int(&record, "n", INT64_MIN);
	span_record_end(&record);
	yyjson_val *span = sent_one();

	ck_assert(str_is(json_member(span, "name"), "SELECT orders"));
	ck_assert_int_eq(yyjson_get_int(yyjson_obj_get(span, "kind")), SPAN_CLIENT);
	ck_assert(memcmp(json_member(span, "traceId").at, trace.id, TRACE_ID_SIZE) == 0);
	ck_assert(memcmp(json_member(span, "spanId").at, inner.span, SPAN_ID_SIZE) == 0);
	ck_assert(memcmp(json_member(span, "parentSpanId").at, trace.span, SPAN_ID_SIZE) == 0);
	ck_assert(str_is(attribute(span, "a"), "b\"\\\n\x7f\xc3\xa9"));
	ck_assert_uint_eq(yyjson_arr_size(yyjson_obj_get(span, "attributes")), 2);
	ck_assert_ptr_null(yyjson_obj_get(span, "status"));
	ck_assert_ptr_null(yyjson_obj_get(span, "links"));
	ck_assert_ptr_null(yyjson_obj_get(span, "droppedAttributesCount"));
	ck_assert_int_le(nanos(span, "startTimeUnixNano"), nanos(span, "endTimeUnixNano"));
	ck_assert_int_lt(llabs(nanos(span, "endTimeUnixNano") / 1000000000 - time(NULL)), 5);
}
END_TEST

/* Each byte alone, and before and after others. */
START_TEST(any_bytes_are_json)
{
	for (int a = 0; a < 256; a++) {
		const char bytes[] = { 'x', (char)a, (char)(a * 7), (char)a, 'y', (char)0xe2, (char)0x82 };
		struct span_record record;
		for (size_t size = 0; size <= sizeof(bytes); size++) {
			record_named(&record, (str) { bytes, size }, (str) { bytes, size });
			span_text(&record, "bytes", (str) { bytes, size });
			span_record_end(&record);
			str read = attribute(sent_one(), "bytes");
			ck_assert(size == 0 || read.at[0] == 'x');
		}
	}
}
END_TEST

/* Whatever one that came before took, it stays whole, and says whether it went well. */
START_TEST(any_length_is_whole)
{
	static const char fillers[] = { 'a', '\x01', '"', '\xff' };

	for (size_t size = 0; size < SPAN_RECORD_MAX + 200; size += 1 + size % 7) {
		struct span_record record;
		char with = fillers[size % sizeof(fillers)];
		record_named(&record, filled(with, size), filled(with, size));
		for (int i = 0; i < 4; i++)
			span_text(&record, "filler", filled(with, size / (size_t)(i + 1)));
		record.error = "deadline";
		record.link = &trace;
		record.state = filled('"', size % (TRACE_STATE_MAX + 1));
		span_record_end(&record);
		ck_assert_uint_lt(record.size, SPAN_RECORD_MAX);
		yyjson_val *span = sent_one();
		ck_assert(str_is(attribute(span, "error.type"), "deadline"));
		ck_assert_int_eq(yyjson_get_int(yyjson_obj_get(yyjson_obj_get(span, "status"), "code")), 2);
		ck_assert_uint_eq(yyjson_arr_size(yyjson_obj_get(span, "links")), 1);
		ck_assert_uint_eq(json_member(span, "traceState").size, size % (TRACE_STATE_MAX + 1));
		ck_assert_uint_eq(yyjson_arr_size(yyjson_obj_get(span, "attributes")) - 1
		                  + yyjson_get_uint(yyjson_obj_get(span, "droppedAttributesCount")), 4);
	}
}
END_TEST

/* ---- What is kept ---- */

START_TEST(what_has_no_room_is_counted)
{
	long long before = atomic_load(&span_counters.dropped);
	struct span_record record;
	int all = 0;

	for (; atomic_load(&span_counters.dropped) < before + 3; all++) {
		ck_assert_int_lt(all, (int)ROOM);
		record_named(&record, STR("job"), filled('x', 100));
		span_record_end(&record);
	}
	ck_assert_uint_eq(yyjson_arr_size(sent()), (size_t)all - 3);
	record_named(&record, STR("job"), STR("next"));
	span_record_end(&record);
	ck_assert(str_is(json_member(sent_one(), "name"), "job next"));
}
END_TEST

START_TEST(at_the_end_what_is_there_is_given_and_no_more_taken)
{
	long long before = atomic_load(&span_counters.dropped);
	struct span_record record;
	struct span_batch batch;

	record_named(&record, STR("job"), STR("last"));
	span_record_end(&record);
	spans_end();
	ck_assert(!spans_pause(LONG_MS));
	record_named(&record, STR("job"), STR("late"));
	span_record_end(&record);
	ck_assert_int_eq(atomic_load(&span_counters.dropped), before + 1);
	ck_assert(!spans_take(&batch, LONG_MS));
	ck_assert_int_eq(batch.count, 1);
}
END_TEST

/* ---- What goes with a trace ---- */

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define LONG_VALUE LETTERS LETTERS LETTERS LETTERS LETTERS LETTERS      /* 156 bytes */

#define FULL "a=" LONG_VALUE ",b=" LONG_VALUE ",c=" LONG_VALUE ",d="

static const struct {
	const char *text, *state;       /* NULL: it is none */
} states[] = {
	{ "", NULL },
	{ " , ,", NULL },
	{ "a=1", "a=1" },
	{ "a=1 , ,b=2\t,", "a=1,b=2" },
	{ "1t@ven-dor_*/=x y\"\\", "1t@ven-dor_*/=x y\"\\" },
	{ "a", NULL }, { "a=", NULL }, { "=1", NULL }, { "a=1=2", NULL }, { "a =1", NULL },
	{ "A=1", NULL }, { "@a=1", NULL }, { "a=\xc3\xa9", NULL }, { "a=\x01", NULL },
	{ "b=2,a=1,A=1", NULL },
	{ "a=1,b=2,a=3", NULL },
	{ "ab=1,a=2", "ab=1,a=2" },
	{ "a=" LONG_VALUE LONG_VALUE, NULL },
	{ FULL "123456789012345678901234567890123", FULL "123456789012345678901234567890123" },  /* 512 bytes */
	{ FULL "1234567890123456789012345678901234", "a=" LONG_VALUE ",b=" LONG_VALUE ",c=" LONG_VALUE },
	{ "a=" LONG_VALUE ",b=" LONG_VALUE ",c=" LONG_VALUE ",d=" LONG_VALUE,
	  "a=" LONG_VALUE ",b=" LONG_VALUE ",c=" LONG_VALUE },
	{ "a=" LONG_VALUE ",b=" LONG_VALUE ",c=" LONG_VALUE ",d=" LONG_VALUE ",E=1", NULL },
};

START_TEST(a_state_is_whole_or_none)
{
	str state = trace_state(arena, str_of(states[_i].text));

	ck_assert_int_eq(state.at != NULL, states[_i].state != NULL);
	ck_assert(!state.at || str_is(state, states[_i].state));
	ck_assert_uint_le(state.size, TRACE_STATE_MAX);
}
END_TEST

static str members(int count)
{
	char *text = arena_alloc(arena, 8 * (size_t)count + 1);
	size_t size = 0;

	for (int i = 0; i < count; i++)
		size += (size_t)sprintf(text + size, "k%d=1,", i);
	return (str) { text, size };
}

START_TEST(a_state_has_32_members_at_most)
{
	ck_assert_ptr_nonnull(trace_state(arena, members(32)).at);
	ck_assert_ptr_null(trace_state(arena, members(33)).at);
}
END_TEST

/* ---- The sampler ---- */

#define ID_OF(bits) "00-0123456789abcdef01" bits "-00f067aa0ba902b7-"

static bool takes(enum span_sampler sampler, double ratio, const char *traceparent)
{
	struct trace one;

	trace_begin(&one);
	ck_assert(!traceparent || trace_continue(&one, str_of(traceparent)));
	spans_end();
	spans_stop();
	spans_start(sampler, ratio, ROOM, STR(HEAD));
	spans_sample(&one);
	ck_assert_int_eq(one.recorded, one.sampled);    /* what others are told */
	return one.recorded;
}

static const struct {
	enum span_sampler sampler;
	double ratio;
	const char *traceparent;
	bool taken;
} cases[] = {
	{ SAMPLE_ALL, 0, NULL, true },
	{ SAMPLE_ALL, 0, ID_OF("00000000000000") "00", true },
	{ SAMPLE_NONE, 1, NULL, false },
	{ SAMPLE_NONE, 1, ID_OF("ffffffffffffff") "01", false },
	{ SAMPLE_RATIO, 1, ID_OF("00000000000000") "00", true },
	{ SAMPLE_RATIO, 0, ID_OF("ffffffffffffff") "01", false },
	{ SAMPLE_RATIO, 0.25, ID_OF("c0000000000000") "00", true },
	{ SAMPLE_RATIO, 0.25, ID_OF("bfffffffffffff") "01", false },
	{ SAMPLE_RATIO, 0.5, ID_OF("80000000000000") "00", true },
	{ SAMPLE_RATIO, 0.5, ID_OF("7fffffffffffff") "01", false },
	{ SAMPLE_PARENT_ALL, 0, NULL, true },
	{ SAMPLE_PARENT_ALL, 0, ID_OF("ffffffffffffff") "00", false },
	{ SAMPLE_PARENT_ALL, 0, ID_OF("00000000000000") "01", true },
	{ SAMPLE_PARENT_NONE, 1, NULL, false },
	{ SAMPLE_PARENT_NONE, 1, ID_OF("00000000000000") "01", true },
	{ SAMPLE_PARENT_NONE, 1, ID_OF("ffffffffffffff") "00", false },
	{ SAMPLE_PARENT_RATIO, 1, NULL, true },
	{ SAMPLE_PARENT_RATIO, 0, NULL, false },
	{ SAMPLE_PARENT_RATIO, 0, ID_OF("00000000000000") "01", true },
	{ SAMPLE_PARENT_RATIO, 1, ID_OF("ffffffffffffff") "00", false },
};

START_TEST(a_sampler_takes_its_part)
{
	ck_assert_int_eq(takes(cases[_i].sampler, cases[_i].ratio, cases[_i].traceparent), cases[_i].taken);
}
END_TEST

START_TEST(of_ids_from_here_it_is_that_part)
{
	int taken = 0;

	takes(SAMPLE_RATIO, 0.25, NULL);
	for (int i = 0; i < 4000; i++) {
		struct trace one;
		trace_begin(&one);
		spans_sample(&one);
		taken += one.recorded;
	}
	ck_assert_int_gt(taken, 800);
	ck_assert_int_lt(taken, 1200);
}
END_TEST

/* ---- What is a part of what ---- */

START_TEST(what_begins_within_another_is_a_part_of_it)
{
	struct about about = { .trace = trace };
	struct span outer, inner, beside, after;

	about.trace.recorded = true;
	about_set(&about);
	span_begin(&outer);
	span_enter(&outer);
	span_begin(&inner);
	span_enter(&inner);
	span_leave(&inner);
	span_begin(&beside);
	span_leave(&outer);
	span_begin(&after);
	about.trace.recorded = false;
	struct span none;
	span_begin(&none);
	about_set(NULL);
	ck_assert(outer.recorded && inner.recorded && after.recorded && !none.recorded);
	ck_assert(memcmp(outer.trace.parent, trace.span, SPAN_ID_SIZE) == 0);
	ck_assert(memcmp(inner.trace.parent, outer.trace.span, SPAN_ID_SIZE) == 0);
	ck_assert(memcmp(beside.trace.parent, outer.trace.span, SPAN_ID_SIZE) == 0);
	ck_assert(memcmp(after.trace.parent, trace.span, SPAN_ID_SIZE) == 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("spans");
	TCase *group = tcase_create("spans");

	tcase_add_checked_fixture(group, begin, end);
	tcase_add_test(group, says_what_it_was_given);
	tcase_add_test(group, any_bytes_are_json);
	tcase_add_test(group, any_length_is_whole);
	tcase_add_test(group, what_has_no_room_is_counted);
	tcase_add_test(group, at_the_end_what_is_there_is_given_and_no_more_taken);
	tcase_add_loop_test(group, a_state_is_whole_or_none, 0, COUNT(states));
	tcase_add_test(group, a_state_has_32_members_at_most);
	tcase_add_loop_test(group, a_sampler_takes_its_part, 0, COUNT(cases));
	tcase_add_test(group, of_ids_from_here_it_is_that_part);
	tcase_add_test(group, what_begins_within_another_is_a_part_of_it);
	suite_add_tcase(suite, group);
	return run_suite(suite);
}
