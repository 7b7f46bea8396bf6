/* test_aws_frames.c - frames of an event stream: every split, every flipped bit, lengths that lie. */
#include <stdio.h>
#include <stdlib.h>

#include "frame_bytes.h"
#include "frames.h"
#include "suite.h"

static struct frame_bytes bytes;

/* What was told, a line a frame. */
static struct { char text[4096]; size_t size, count, most; } told;

static bool tell(UNUSED void *of, const struct frame *frame)
{
	int size = snprintf(told.text + told.size, sizeof(told.text) - told.size, "%.*s %.*s %.*s %.*s %.*s\n",
	                    STR_FORMAT(frame->kind), STR_FORMAT(frame->name), STR_FORMAT(frame->type),
	                    STR_FORMAT(frame->message), STR_FORMAT(frame->payload));
	if (told.size + (size_t)size < sizeof(told.text))
		told.size += (size_t)size;
	return ++told.count != told.most;
}

static void forget(void)
{
	memset(&told, 0, sizeof(told));
}

static void set_up(void)
{
	bytes.size = 0;
	forget();
}

static enum frames_outcome take_all(str body, size_t step, const char **wrong)
{
	struct frames *frames = frames_create(NULL, tell, NULL);

	for (size_t at = 0; at < body.size; at += step)
		frames_take(frames, (str) { body.at + at, body.size - at < step ? body.size - at : step });
	enum frames_outcome outcome = frames_end(frames);
	*wrong = frames_wrong(frames);
	frames_destroy(frames);
	return outcome;
}

static str body_of(const struct frame_bytes *of)
{
	return (str) { of->at, of->size };
}

/* As Bedrock answers, with a header of each type. */
static void put_conversation(void)
{
	char headers[512];
	size_t size = frame_header(headers, ":message-type", "event");

	size += frame_header(headers + size, ":event-type", "messageStart");
	size += frame_header(headers + size, ":content-type", "application/json");
	static const char others[] = "\1a\0\1b\1\1c\2x\1d\3xx\1e\4xxxx\1f\5xxxxxxxx\1g\6\0\3xxx\1h\x08xxxxxxxx\1i\x09xxxxxxxxxxxxxxxx";
	memcpy(headers + size, others, sizeof(others) - 1);
	frame_put_raw(&bytes, (str) { headers, size + sizeof(others) - 1 }, STR("{\"role\":\"assistant\"}"));
	frame_put_event(&bytes, "contentBlockDelta", STR("{\"delta\":{\"text\":\"h\xc3\xa9llo\"}}"));
	frame_put_raw(&bytes, STR(""), STR(""));
	size = frame_header(headers, ":message-type", "exception");
	size += frame_header(headers + size, ":exception-type", "throttlingException");
	frame_put_raw(&bytes, (str) { headers, size }, STR("{\"message\":\"slow down\"}"));
	size = frame_header(headers, ":message-type", "error");
	size += frame_header(headers + size, ":error-code", "InternalError");
	size += frame_header(headers + size, ":error-message", "it broke");
	frame_put_raw(&bytes, (str) { headers, size }, STR(""));
}

static const char conversation[] =
	"event messageStart application/json  {\"role\":\"assistant\"}\n"
	"event contentBlockDelta   {\"delta\":{\"text\":\"h\xc3\xa9llo\"}}\n"
	"    \n"
	"exception throttlingException   {\"message\":\"slow down\"}\n"
	"error InternalError  it broke \n";

START_TEST(frames_are_told_however_they_come)
{
	const char *wrong;

	put_conversation();
	for (size_t step = 1; step <= bytes.size; step++) {
		forget();
		ck_assert_int_eq(take_all(body_of(&bytes), step, &wrong), FRAMES_FINE);
		ck_assert_ptr_null(wrong);
		ck_assert_str_eq(told.text, conversation);
	}
}
END_TEST

/* In exactly sized memory, so that a sanitizer sees a byte read too many. */
static enum frames_outcome take_parts(const char *at, size_t first, size_t all)
{
	struct frames *frames = frames_create(NULL, tell, NULL);
	size_t sizes[] = { first, all - first };

	for (int i = 0; i < 2; at += sizes[i++]) {
		char *copy = malloc(sizes[i] + (sizes[i] == 0));
		memcpy(copy, at, sizes[i]);
		frames_take(frames, (str) { copy, sizes[i] });
		free(copy);
	}
	enum frames_outcome outcome = frames_end(frames);
	frames_destroy(frames);
	return outcome;
}

START_TEST(every_split_and_every_end_is_seen)
{
	size_t ends = 0;

	put_conversation();
	for (size_t first = 0; first <= bytes.size; first++) {
		forget();
		ck_assert_int_eq(take_parts(bytes.at, first, bytes.size), FRAMES_FINE);
		ck_assert_str_eq(told.text, conversation);
		forget();
		enum frames_outcome cut = take_parts(bytes.at, first / 2, first);
		ck_assert(cut == FRAMES_FINE || cut == FRAMES_BROKEN);
		ends += cut == FRAMES_FINE;
	}
	ck_assert_uint_eq(ends, 6); /* none of five frames, or one to all */
}
END_TEST

START_TEST(every_flipped_bit_is_seen)
{
	const char *wrong;

	put_conversation();
	for (size_t bit = 0; bit < 8 * bytes.size; bit++) {
		forget();
		bytes.at[bit / 8] = (char)(bytes.at[bit / 8] ^ 1 << bit % 8);
		ck_assert_int_eq(take_all(body_of(&bytes), 7, &wrong), FRAMES_BROKEN);
		ck_assert_ptr_nonnull(wrong);
		ck_assert(strncmp(told.text, conversation, told.size) == 0);
		bytes.at[bit / 8] = (char)(bytes.at[bit / 8] ^ 1 << bit % 8);
	}
}
END_TEST

/* ---- Sealed as they should be, and wrong ---- */

#define HEADERS(text) { "" text, sizeof(text) - 1 }
static const struct { str headers; bool fine; } header_cases[] = {
	{ HEADERS("\1a\7\0\1x"), true }, { HEADERS("\1a\7\0\0"), true }, { HEADERS("\1a\0\1a\0"), true },
	{ HEADERS("\0\7\0\1x"), false }, { HEADERS("\1"), false }, { HEADERS("\2a"), false }, { HEADERS("\1a"), false },
	{ HEADERS("\1a\7"), false }, { HEADERS("\1a\7\0"), false }, { HEADERS("\1a\7\0\2x"), false },
	{ HEADERS("\1a\7\xff\xffx"), false }, { HEADERS("\1a\6\0\2x"), false }, { HEADERS("\1a\x0a"), false },
	{ HEADERS("\1a\xff"), false }, { HEADERS("\1a\2"), false }, { HEADERS("\1a\x09xxxxxxxxxxxxxxx"), false },
	{ HEADERS("\x0d:message-type\7\0\5event\x0d:message-type\7\0\5error"), false },
	{ HEADERS("\x0b:event-type\7\0\1a\x0b:error-code\7\0\1b"), false },
	{ HEADERS("\x0b:event-type\2x\x0b:event-type\7\0\1b"), true },
};

START_TEST(headers_make_sense_or_end_it)
{
	const char *wrong;

	frame_put_raw(&bytes, header_cases[_i].headers, STR("{}"));
	ck_assert_int_eq(take_all(body_of(&bytes), bytes.size, &wrong), header_cases[_i].fine ? FRAMES_FINE : FRAMES_BROKEN);
	ck_assert_uint_eq(told.count, header_cases[_i].fine);
	if (!header_cases[_i].fine)
		ck_assert_ptr_nonnull(strstr(wrong, "headers"));
}
END_TEST

static const struct { size_t all, headers; const char *wrong; } lengths[] = {
	{ 0, 0, "contradict" }, { 15, 0, "contradict" }, { 16, 1, "contradict" }, { 20, 5, "contradict" },
	{ 20, 0xffffffff, "contradict" }, { FRAME_MAX + 1, 0, "longer" }, { 0xffffffff, 0, "longer" },
	{ 0xffffffff, 0xffffffff, "contradict" },
};

START_TEST(lengths_that_lie_end_it_before_anything_is_kept)
{
	const char *wrong;

	frame_number(&bytes, 0, lengths[_i].all);
	frame_number(&bytes, 4, lengths[_i].headers);
	frame_number(&bytes, 8, frame_sum(&bytes, 0, 8));
	bytes.size = 12;
	ck_assert_int_eq(take_all(body_of(&bytes), 12, &wrong), FRAMES_BROKEN);
	ck_assert_ptr_nonnull(strstr(wrong, lengths[_i].wrong));
}
END_TEST

START_TEST(the_longest_frame_is_told)
{
	static char payload[FRAME_MAX];
	const char *wrong;

	frame_put_raw(&bytes, STR(""), (str) { payload, FRAME_MAX - 16 });
	ck_assert_int_eq(take_all(body_of(&bytes), 4093, &wrong), FRAMES_FINE);
	ck_assert_uint_eq(told.count, 1);
}
END_TEST

START_TEST(what_is_kept_counts_until_it_is_over)
{
	struct budget budget = { .max = SIZE_MAX };
	struct frames *frames = frames_create(&budget, tell, NULL);

	put_conversation();
	ck_assert_uint_eq(budget.used, 0);
	for (size_t at = 0; at < bytes.size; at++)
		frames_take(frames, (str) { bytes.at + at, 1 });
	ck_assert_uint_gt(budget.used, 0);
	static char payload[100000];
	size_t before = bytes.size;
	frame_put_raw(&bytes, STR(""), (str) { payload, sizeof(payload) });
	frames_take(frames, (str) { bytes.at + before, bytes.size - before - 1 });
	ck_assert_uint_ge(budget.used, 100000);
	frames_destroy(frames);
	ck_assert_uint_eq(budget.used, 0);
}
END_TEST

START_TEST(what_has_ended_stays_so)
{
	struct frames *frames = frames_create(NULL, tell, NULL);

	told.most = 2;
	put_conversation();
	ck_assert_int_eq(frames_take(frames, body_of(&bytes)), FRAMES_STOPPED);
	ck_assert_int_eq(frames_take(frames, body_of(&bytes)), FRAMES_STOPPED);
	ck_assert_int_eq(frames_end(frames), FRAMES_STOPPED);
	ck_assert_uint_eq(told.count, 2);
	frames_destroy(frames);

	frames = frames_create(NULL, tell, NULL);
	ck_assert_int_eq(frames_take(frames, STR("<html>502 Bad Gateway</html>")), FRAMES_BROKEN);
	ck_assert_int_eq(frames_take(frames, body_of(&bytes)), FRAMES_BROKEN);
	ck_assert_uint_eq(told.count, 2);
	frames_destroy(frames);
	frames_destroy(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("aws_frames");
	TCase *cases = tcase_create("frames");
	tcase_add_checked_fixture(cases, set_up, NULL);
	tcase_add_test(cases, frames_are_told_however_they_come);
	tcase_add_test(cases, every_split_and_every_end_is_seen);
	tcase_add_test(cases, every_flipped_bit_is_seen);
	tcase_add_loop_test(cases, headers_make_sense_or_end_it, 0, COUNT(header_cases));
	tcase_add_loop_test(cases, lengths_that_lie_end_it_before_anything_is_kept, 0, COUNT(lengths));
	tcase_add_test(cases, the_longest_frame_is_told);
	tcase_add_test(cases, what_is_kept_counts_until_it_is_over);
	tcase_add_test(cases, what_has_ended_stays_so);
	suite_add_tcase(suite, cases);
	return run_suite(suite);
}
