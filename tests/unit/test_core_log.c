/* test_core_log.c - lines of the log, and the thread that writes them. */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "log_line.h"
#include "log_repeats.h"
#include "suite.h"

#define THREADS 4
#define LINES_EACH 5000                 /* together more than both of the log's buffers hold */

static struct arena *arena;
static int stderr_before, captured;

/* From here to end(), stderr is a file without a name. */
static void begin(void)
{
	char path[] = "/tmp/test_core_log_XXXXXX";

	arena = arena_create();
	captured = mkstemp(path);
	ck_assert_int_ge(captured, 0);
	unlink(path);
	stderr_before = dup(STDERR_FILENO);
	dup2(captured, STDERR_FILENO);
}

static void end(void)
{
	log_stop();
	about_set(NULL);
	dup2(stderr_before, STDERR_FILENO);
	close(stderr_before);
	close(captured);
	arena_destroy(arena);
}

static str written(void)
{
	off_t size = lseek(captured, 0, SEEK_END);
	char *text = arena_alloc(arena, (size_t)size + 1);

	ck_assert_int_eq(pread(captured, text, (size_t)size, 0), size);
	text[size] = '\0';
	return (str) { text, (size_t)size };
}

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

/* ---- Lines ---- */

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
	{ { "a\"b\\c\n{}", 8 }, "a\"b\\c\n{}", "a\"b\\c?{}" },
	{ { "\x1b[2J\a\x7f", 6 }, "\x1b[2J\a\x7f", "?[2J??" },
	{ { "caf\xc3\xa9", 5 }, "caf\xc3\xa9", "caf\xc3\xa9" },
	{ { "\xc2\x9b" "2J", 4 }, "?2J", "?2J" },       /* CSI as one character */
	{ { "\xff\xfe:x", 4 }, "??:x", "??:x" },
	{ { "caf\xc3", 4 }, "caf?", "caf?" },
	{ { "\xc3\xa9\xff", 3 }, "\xc3\xa9?", "\xc3\xa9?" },
};

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

/* ---- The writer ---- */

START_TEST(without_the_writer_lines_are_written_at_once)
{
	log_error("first");
	ck_assert_uint_gt(written().size, 0);
	log_start(LOG_INFO, false);
	log_stop();
	log_error("last");
	ck_assert_ptr_nonnull(strstr(written().at, "error last\n"));
}
END_TEST

START_TEST(lines_are_written_without_being_waited_for)
{
	log_start(LOG_INFO, true);
	log_info("soon");
	for (int64_t until = tick_ms() + 10000; written().size == 0 && tick_ms() < until;)
		usleep(1000);
	ck_assert_uint_gt(written().size, 0);
}
END_TEST

static void *log_many(void *name)
{
	struct about about = { 0 };

	about_take_id(&about, str_of(name));
	about_set(&about);
	for (int i = 0; i < LINES_EACH; i++)
		log_info("%d %0100d", i, 0);
	about_set(NULL);
	return NULL;
}

static void run_threads(void *(*run)(void *name))
{
	static char *names[THREADS] = { "a", "b", "c", "d" };
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, run, names[i]), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static int64_t number_in(yyjson_val *line, const char *before)
{
	str text = json_member(line, "message");
	int64_t number = -1;

	if (before && !strstr(text.at, before))
		return -1;
	str rest = text;
	ck_assert(str_to_int(str_cut(&rest, ' '), &number));
	return number;
}

/* Checks that every line is whole and each thread's are in order; counts them and the dropped. */
static void count_lines(str text, int64_t *lines, int64_t *dropped)
{
	int64_t latest[THREADS] = { -1, -1, -1, -1 };
	enum json_trouble trouble;

	*lines = *dropped = 0;
	for (str rest = text; rest.size > 0;) {
		yyjson_val *line = json_parse_copy(arena, str_cut(&rest, '\n'), 1, &trouble);
		ck_assert_ptr_nonnull(line);
		int64_t lost = number_in(line, "dropped");
		if (lost >= 0) {
			*dropped += lost;
			continue;
		}
		int thread = json_member(line, "id").at[0] - 'a';
		int64_t number = number_in(line, NULL);
		ck_assert_int_gt(number, latest[thread]);
		latest[thread] = number;
		++*lines;
	}
}

START_TEST(threads_lose_no_line)
{
	int64_t lines, dropped;

	log_start(LOG_INFO, true);
	run_threads(log_many);
	log_stop();
	count_lines(written(), &lines, &dropped);
	ck_assert_int_eq(lines + dropped, THREADS * LINES_EACH);
}
END_TEST

static void *drain(void *pipe_end)
{
	char block[65536];
	ssize_t size;

	while ((size = read(*(int *)pipe_end, block, sizeof(block))) > 0)
		ck_assert_int_eq(write(captured, block, (size_t)size), size);
	return NULL;
}

/* Nobody reads while the threads log; what does not fit is dropped, counted, and said. */
START_TEST(a_reader_that_is_too_slow_costs_lines_not_time)
{
	int64_t lines, dropped;
	pthread_t reader;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	log_start(LOG_INFO, true);
	run_threads(log_many);
	ck_assert_int_eq(pthread_create(&reader, NULL, drain, &ends[0]), 0);
	log_stop();
	close(ends[1]);
	dup2(captured, STDERR_FILENO);
	pthread_join(reader, NULL);
	close(ends[0]);
	count_lines(written(), &lines, &dropped);
	ck_assert_int_eq(lines + dropped, THREADS * LINES_EACH);
	ck_assert_int_gt(dropped, 0);
}
END_TEST

static int occurrences(const char *words)
{
	int count = 0;

	for (const char *at = written().at; (at = strstr(at, words)); at += strlen(words))
		count++;
	return count;
}

/* Nobody reads and nobody will: a stop waits a moment and no longer, and the lines behind it wait for nobody. */
START_TEST(a_stop_does_not_wait_for_a_reader_that_takes_nothing)
{
	int64_t began = tick_ms();
	pthread_t reader;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	log_start(LOG_INFO, true);
	run_threads(log_many);
	for (int i = 0; i < 2; i++)
		log_stop();
	log_many("d");
	ck_assert_int_lt(tick_ms() - began, 20000);

	/* It goes on where somebody reads after all. */
	ck_assert_int_eq(pthread_create(&reader, NULL, drain, &ends[0]), 0);
	log_stop();
	close(ends[1]);
	dup2(captured, STDERR_FILENO);
	pthread_join(reader, NULL);
	close(ends[0]);
	ck_assert_int_gt(occurrences("\n"), 1000);
}
END_TEST

/* ---- What is logged time after time ---- */

static void await(const char *words)
{
	for (int64_t until = tick_ms() + 10000; occurrences(words) == 0 && tick_ms() < until;)
		usleep(1000);
	ck_assert_msg(occurrences(words) == 1, "\"%s\" in %s", words, written().at);
}

static void fail_at(int place, const char *how)
{
	if (place == 0)
		log_often(LOG_ERROR, "it failed: %s", how);
	else
		log_often(LOG_WARNING, "another failed: %s", how);
}

static void *fail_often(void *name)
{
	struct about about = { 0 };
	char id[16];

	for (int i = 0; i < LINES_EACH; i++) {
		snprintf(id, sizeof(id), "%s-%d", (const char *)name, i);
		about_take_id(&about, str_of(id));
		about_set(&about);
		fail_at(0, "no disk");
	}
	about_set(NULL);
	return NULL;
}

START_TEST(what_repeats_is_written_once_whatever_it_is_about)
{
	log_start(LOG_INFO, true);
	fail_often("a");
	ck_assert_int_eq(occurrences("more times"), 0);
	log_stop();
	ck_assert_int_eq(occurrences("\n"), 2);
	ck_assert_int_eq(occurrences("\"id\":\"a-0\",\"message\":\"it failed: no disk\"}"), 1);
	ck_assert_int_eq(occurrences("\"level\":\"error\",\"message\":\"it failed: no disk (4999 more times in 0 s)\"}"), 1);
}
END_TEST

/* Of a minute, each time, as long as it goes on; a minute without it is its end. */
START_TEST(how_often_it_was_is_said_after_a_minute)
{
	log_start(LOG_INFO, true);
	fail_at(0, "no disk");
	fail_at(0, "no disk");
	fail_at(0, "no disk");
	clock_pass(REPEATS_MS);
	log_info("wakes the writer");
	await("no disk (2 more times in 60 s)");
	fail_at(0, "no disk");
	clock_pass(REPEATS_MS);
	log_info("wakes the writer");
	await("no disk (1 more time in 60 s)");
	ck_assert_int_eq(occurrences("no disk\""), 1);
	clock_pass(REPEATS_MS);
	fail_at(0, "no disk");
	log_stop();
	ck_assert_int_eq(occurrences("no disk\""), 2);
	ck_assert_int_eq(occurrences("no disk"), 4);
}
END_TEST

START_TEST(threads_are_counted_together)
{
	log_start(LOG_INFO, true);
	run_threads(fail_often);
	log_stop();
	ck_assert_int_eq(occurrences("no disk (19999 more times in"), 1);
	ck_assert_int_eq(occurrences("no disk"), 2);
}
END_TEST

/* Whoever chooses what stands in a line fills no log with it, and hides nothing else. */
START_TEST(what_differs_each_time_is_bounded_for_its_place)
{
	log_start(LOG_INFO, true);
	for (int i = 0; i < 1000; i++)
		fail_at(0, arena_print(arena, "no file x%dx", i));
	fail_at(1, "no disk");
	fail_at(1, "no disk");
	log_stop();
	ck_assert_int_eq(occurrences("it failed: "), REPEATS_OF_PLACE);
	ck_assert_int_eq(occurrences("it failed: no file x46x\""), 1);
	ck_assert_int_eq(occurrences("it failed: no file x47x (one of 953 more like it in"), 1);
	ck_assert_int_eq(occurrences("another failed: no disk\""), 1);
	ck_assert_int_eq(occurrences("another failed: no disk (1 more time in"), 1);
}
END_TEST

/* Each place by itself is within its bound. */
START_TEST(all_places_together_are_bounded)
{
	char places[REPEATS_KEPT][4];
	int first = 0;

	repeats_forget();
	for (int place = 0; place < REPEATS_KEPT; place++)
		for (int i = 0; i < 10; i++)
			first += repeats_count(places[place], LOG_ERROR, str_of(arena_print(arena, "%d", i))) == REPEAT_FIRST;
	ck_assert_int_eq(first, REPEATS_KEPT);

	char text[REPEATS_ROOM];
	enum log_level level;
	ck_assert_int_gt(repeats_take(true, text, &level), 0);
	ck_assert_ptr_nonnull(strstr(text, "(one of 576 more like it in"));
	ck_assert_int_eq(repeats_take(true, text, &level), -1);
	repeats_forget();
}
END_TEST

START_TEST(a_long_message_is_told_again_with_no_half_character)
{
	char *text = arena_alloc(arena, 2001);
	for (int i = 0; i < 2000; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);

	log_start(LOG_INFO, true);
	for (int i = 0; i < 2; i++)
		fail_at(0, text + _i);
	log_stop();
	str rest = written();
	str_cut(&rest, '\n');
	ck_assert_uint_gt(rest.size, REPEATS_TEXT);
	ck_assert(utf8_valid(rest));
	ck_assert_int_eq(occurrences("\xc3\xa9 (1 more time in 0 s)"), 1);
}
END_TEST

START_TEST(without_the_writer_nothing_is_counted)
{
	fail_at(0, "no disk");
	fail_at(0, "no disk");
	ck_assert_int_eq(occurrences("no disk"), 2);
	log_start(LOG_INFO, true);
	fail_at(0, "no disk");
	log_stop();
	ck_assert_int_eq(occurrences("no disk"), 3);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("log");
	TCase *tests = tcase_create("log");
	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, without_the_writer_lines_are_written_at_once);
	tcase_add_test(tests, a_message_is_a_json_object);
	tcase_add_test(tests, a_request_has_its_fields);
	tcase_add_test(tests, empty_members_are_left_out);
	tcase_add_loop_test(tests, what_a_client_sent_can_forge_nothing, 0, COUNT(hostile));
	tcase_add_test(tests, every_byte_is_escaped_wherever_it_stands);
	tcase_add_test(tests, a_line_is_bounded);
	tcase_add_loop_test(tests, a_full_line_takes_no_part_of_a_character, 0, 5);
	tcase_add_loop_test(tests, a_long_message_is_cut_between_two_characters, 0, 2);
	tcase_add_test(tests, levels_below_are_not_shown);
	tcase_add_test(tests, lines_are_written_without_being_waited_for);
	tcase_add_test(tests, threads_lose_no_line);
	tcase_add_test(tests, a_reader_that_is_too_slow_costs_lines_not_time);
	tcase_add_test(tests, a_stop_does_not_wait_for_a_reader_that_takes_nothing);
	tcase_add_test(tests, what_repeats_is_written_once_whatever_it_is_about);
	tcase_add_test(tests, how_often_it_was_is_said_after_a_minute);
	tcase_add_test(tests, threads_are_counted_together);
	tcase_add_test(tests, what_differs_each_time_is_bounded_for_its_place);
	tcase_add_test(tests, all_places_together_are_bounded);
	tcase_add_loop_test(tests, a_long_message_is_told_again_with_no_half_character, 0, 2);
	tcase_add_test(tests, without_the_writer_nothing_is_counted);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
