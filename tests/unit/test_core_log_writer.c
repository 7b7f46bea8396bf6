/* test_core_log_writer.c - the thread that writes the log: what it drops, what it counts instead, and what a stop waits for. */
#include <pthread.h>

#include "clock.h"
#include "json.h"
#include "log_fixture.h"
#include "log_repeats.h"

#define THREADS 4
#define LINES_EACH 5000                 /* together more than both of the log's buffers hold */

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
	Suite *suite = suite_create("the log's writer");
	TCase *tests = tcase_create("the log's writer");
	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, without_the_writer_lines_are_written_at_once);
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
