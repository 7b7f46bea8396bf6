/* test_core_log.c - lines of the log: what stands in them, escaped and bounded. */
#include "clock.h"
#include "json.h"
#include "log_fixture.h"
#include "log_line.h"

/* The one line there is, as JSON. */
static yyjson_val *line_written(void)
{
	enum json_trouble trouble;
	str text = written();

	ck_assert_uint_gt(text.size, 0);
	ck_assert(memchr(text.at, '\n', text.size) == text.at + text.size - 1);
	yyjson_val *line = json_parse_copy(arena, text, 1, &trouble);
	ck_assert_msg(line != NULL, "%.*s", STR_FORMAT(text));
	return line;
}

#define ASSERT_MEMBER(line, key, text) ck_assert_str_eq(json_member(line, key).at, text)

START_TEST(a_message_is_a_json_object)
{
	int64_t before = now_ms(), at_ms;
	struct about about = { 0 };

	log_start(LOG_INFO, true);
	about_take_id(&about, STR("r-1"));
	about_set(&about);
	log_warning("%d \"keys\"\nexpired, serving cached ones", 2);
	log_stop();
	yyjson_val *line = line_written();
	ck_assert(time_parse(json_member(line, "time"), &at_ms));
	ck_assert_int_ge(at_ms, before);
	ck_assert_int_le(at_ms, now_ms());
	ck_assert_uint_eq(json_member(line, "time").size, 24);
	ASSERT_MEMBER(line, "level", "warning");
	ASSERT_MEMBER(line, "id", "r-1");
	ASSERT_MEMBER(line, "message", "2 \"keys\"\nexpired, serving cached ones");
}
END_TEST

START_TEST(a_request_has_its_fields)
{
	struct about about = { 0 };

	about_take_id(&about, STR("r-2"));
	log_start(LOG_INFO, true);
	log_request(&(struct log_request) {
		.about = &about, .method = "tools/call", .target = STR("search_products"),
		.caller = "desk", .client = STR("Claude Code"), .client_version = STR("2.1"),
		.revision = "2026-07-28", .address = STR("192.0.2.7"), .outcome = "ok", .status = 200, .micros = 12034 });
	log_stop();
	yyjson_val *line = line_written();
	ASSERT_MEMBER(line, "level", "info");
	ASSERT_MEMBER(line, "id", "r-2");
	ASSERT_MEMBER(line, "method", "tools/call");
	ASSERT_MEMBER(line, "target", "search_products");
	ASSERT_MEMBER(line, "caller", "desk");
	ASSERT_MEMBER(line, "client", "Claude Code/2.1");
	ASSERT_MEMBER(line, "revision", "2026-07-28");
	ASSERT_MEMBER(line, "address", "192.0.2.7");
	ASSERT_MEMBER(line, "outcome", "ok");
	ck_assert_int_eq(yyjson_get_int(yyjson_obj_get(line, "status")), 200);
	ck_assert(yyjson_get_real(yyjson_obj_get(line, "ms")) == 12.034);
}
END_TEST

START_TEST(empty_members_are_left_out)
{
	log_start(LOG_INFO, true);
	log_request(&(struct log_request) { .method = "GET", .micros = 7 });
	log_stop();
	yyjson_val *line = line_written();
	ck_assert_uint_eq(yyjson_obj_size(line), 4);
	ck_assert(yyjson_get_real(yyjson_obj_get(line, "ms")) == 0.007);
}
END_TEST

static const struct { str sent; const char *json, *text; } hostile[] = {
	{ { "a\"b\\c\n{}", 8 }, "a\"b\\c\n{}", "\"a\\\"b\\\\c?{}\"" },
	{ { "a\\b", 3 }, "a\\b", "a\\b" },
	{ { "x address=192.0.2.1", 19 }, "x address=192.0.2.1", "\"x address=192.0.2.1\"" },
	{ { "a=1", 3 }, "a=1", "\"a=1\"" },
	{ { "x\" address=192.0.2.1 \"", 22 }, "x\" address=192.0.2.1 \"", "\"x\\\" address=192.0.2.1 \\\"\"" },
	{ { "\x1b[2J\a\x7f", 6 }, "\x1b[2J\a\x7f", "?[2J??" },
	{ { "caf\xc3\xa9", 5 }, "caf\xc3\xa9", "caf\xc3\xa9" },
	{ { "\xc2\x9b" "2J", 4 }, "?2J", "?2J" },       /* CSI as one character */
	{ { "\xff\xfe:x", 4 }, "??:x", "??:x" },
	{ { "caf\xc3", 4 }, "caf?", "caf?" },
	{ { "\xc3\xa9\xff", 3 }, "\xc3\xa9?", "\xc3\xa9?" },
};

static const struct { const char *caller, *client, *version, *text; } named_so[] = {
	{ "ann", "claude code", "1.0", " info POST ann \"claude code/1.0\" address=192.0.2.7 refused 404 0.000 ms\n" },
	{ "ann", "x", "1 address=192.0.2.1", " info POST ann \"x/1 address=192.0.2.1\" address=192.0.2.7 refused 404 0.000 ms\n" },
	{ "an n", "x", "1", " info POST \"an n\" x/1 address=192.0.2.7 refused 404 0.000 ms\n" },
};

START_TEST(who_calls_can_name_no_other_address)
{
	log_start(LOG_INFO, false);
	log_request(&(struct log_request) { .method = "POST", .caller = named_so[_i].caller, .client = str_of(named_so[_i].client),
		.client_version = str_of(named_so[_i].version), .address = STR("192.0.2.7"), .outcome = "refused", .status = 404 });
	log_stop();
	ck_assert_str_eq(written().at + strlen("09:30:00.000"), named_so[_i].text);
}
END_TEST

START_TEST(what_a_client_sent_can_forge_nothing)
{
	struct log_request request = { .method = "POST", .target = hostile[_i].sent,
		.status = 404 };

	log_start(LOG_INFO, true);
	log_request(&request);
	log_stop();
	ASSERT_MEMBER(line_written(), "target", hostile[_i].json);
	for (size_t i = 0; i < written().size - 1; i++)
		ck_assert_int_ge((unsigned char)written().at[i], 0x20);

	ck_assert_int_eq(ftruncate(captured, 0), 0);
	lseek(captured, 0, SEEK_SET);
	log_start(LOG_INFO, false);
	log_request(&request);
	log_stop();
	const char *expected = arena_print(arena, " info POST %s 404 0.000 ms\n", hostile[_i].text);
	str line = written();
	ck_assert_uint_eq(line.size, strlen("09:30:00.000") + strlen(expected));
	ck_assert_str_eq(line.at + strlen("09:30:00.000"), expected);
}
END_TEST

/* Many bytes are looked at at once: what has to be escaped is, whatever stands beside it. */
START_TEST(every_byte_is_escaped_wherever_it_stands)
{
	for (int c = 0; c < 0x80; c++) {
		for (size_t at = 0; at < 27; at++) {
			char text[27], shown[sizeof(text)];
			struct line line = { .style = LINE_JSON };
			enum json_trouble trouble;
			memset(text, '~', sizeof(text));
			text[at] = (char)c;
			line_message(&line, LOG_INFO, NULL, (str) { text, sizeof(text) });
			ck_assert_ptr_null(memchr(line.text, 0x7f, line.size));
			yyjson_val *message = yyjson_obj_get(json_parse_copy(arena,
				(str) { line.text, line.size }, 1, &trouble), "message");
			ck_assert_uint_eq(yyjson_get_len(message), sizeof(text));
			ck_assert_mem_eq(yyjson_get_str(message), text, sizeof(text));

			line.style = LINE_BARE;
			line_message(&line, LOG_INFO, NULL, (str) { text, sizeof(text) });
			memcpy(shown, text, sizeof(text));
			shown[at] = c < 0x20 || c == 0x7f ? '?' : (char)c;
			ck_assert_uint_eq(line.size, strlen("info ") + sizeof(text) + 1);
			ck_assert_mem_eq(line.text + strlen("info "), shown, sizeof(text));
		}
	}
}
END_TEST

/* Everything at its longest, and all of it to be escaped. */
START_TEST(a_line_is_bounded)
{
	char *text = arena_alloc(arena, 100001);

	memset(text, '\x01', 100000);
	log_start(LOG_INFO, true);
	struct about about = { 0 };
	about_begin(&about);
	memset(about.id, 'x', REQUEST_ID_MAX);
	about.id_size = REQUEST_ID_MAX;
	log_request(&(struct log_request) { .about = &about, .method = "tools/call", .target = str_of(text),
		.caller = text, .client = str_of(text), .client_version = str_of(text), .revision = "2026-07-28",
		.address = str_of(text), .outcome = "deadline", .status = 500, .micros = INT64_MAX });
	log_stop();
	ck_assert_uint_eq(json_member(line_written(), "id").size, REQUEST_ID_MAX);
	ck_assert_uint_eq(json_member(line_written(), "trace").size, TRACE_ID_SIZE);
	ck_assert_uint_lt(written().size, 4096);
}
END_TEST

/* What comes when the line is full: parts of characters, alone and in their place. */
START_TEST(a_full_line_takes_no_part_of_a_character)
{
	static const char *const ends[] = { "\x80", "\xbf\x80", "\xc3\xa9", "\xf0\x9f\x99\x82", "\"" };
	char *text = arena_alloc(arena, 3001);

	memset(text, '\x01', 660);
	for (size_t at = 660, size = strlen(ends[_i]); at + size <= 2048; at += size)
		memcpy(text + at, ends[_i], size);
	log_start(LOG_INFO, true);
	log_info("%s", text);
	log_stop();
	ck_assert(utf8_valid(json_member(line_written(), "message")));
	ck_assert_uint_gt(written().size, 4000);
	ck_assert_uint_le(written().size, 4096);
}
END_TEST

START_TEST(a_long_message_is_cut_between_two_characters)
{
	char *text = arena_alloc(arena, 10001);

	for (int i = 0; i < 10000; i += 2)
		memcpy(text + i, _i ? "\x01" "x" : "\xc3\xa9", 2);
	log_start(LOG_INFO, true);
	log_info("-%s", text);
	log_stop();
	str message = json_member(line_written(), "message");
	ck_assert_uint_gt(message.size, 1000);
	ck_assert(utf8_valid(message));
	ck_assert(!memchr(message.at, '?', message.size));
}
END_TEST

START_TEST(levels_below_are_not_shown)
{
	log_start(LOG_WARNING, true);
	ck_assert(log_shows(LOG_ERROR) && log_shows(LOG_WARNING) && !log_shows(LOG_INFO));
	log_info("hidden");
	log_request(&(struct log_request) { .method = "GET" });
	log_error("shown");
	log_stop();
	ASSERT_MEMBER(line_written(), "message", "shown");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lines of the log");
	TCase *tests = tcase_create("lines of the log");
	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_message_is_a_json_object);
	tcase_add_test(tests, a_request_has_its_fields);
	tcase_add_test(tests, empty_members_are_left_out);
	tcase_add_loop_test(tests, who_calls_can_name_no_other_address, 0, COUNT(named_so));
	tcase_add_loop_test(tests, what_a_client_sent_can_forge_nothing, 0, COUNT(hostile));
	tcase_add_test(tests, every_byte_is_escaped_wherever_it_stands);
	tcase_add_test(tests, a_line_is_bounded);
	tcase_add_loop_test(tests, a_full_line_takes_no_part_of_a_character, 0, 5);
	tcase_add_loop_test(tests, a_long_message_is_cut_between_two_characters, 0, 2);
	tcase_add_test(tests, levels_below_are_not_shown);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
