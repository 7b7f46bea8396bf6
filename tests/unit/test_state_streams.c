/* test_state_streams.c - streams as rows: who writes, who comes back to what, and what goes where there is
 * too much. */
#include "stream_bytes.h"
#include "rows.h"
#include "stream_rows.h"

static void begin_streams(void)
{
	begin_rows();
	(void)heard();
}

/* ---- Streams ---- */

static struct append_errand append_of(const char *session, int64_t stream, int64_t from, int count,
                                      const char *text)
{
	struct append_errand append = { .errand.arena = arena, .session = session, .stream = stream,
		.fresh = from == 1, .ids = from == 1 ? "[7]" : NULL, .count = count, .last = from + count - 1,
		.events = arena_array(arena, struct state_event, count) };

	for (int i = 0; i < count; i++)
		append.events[i] = (struct state_event) { from + i, text };
	return append;
}

static bool appends(struct append_errand *append)
{
	return stream_rows_append(&append->errand, 1, store);
}

static struct read_errand come_back(const char *session, int64_t stream, int64_t after)
{
	struct read_errand read = { .errand.arena = arena, .session = session, .stream = stream,
	                            .after = after };

	ck_assert(stream_rows_attach(&read.errand, store));
	return read;
}

START_TEST(what_was_written_is_read_from_anywhere)
{
	struct append_errand first = append_of("a", 1, 1, 3, "one"), more = append_of("a", 1, 4, 2, "two");

	make_session("a", "alice");
	ck_assert(appends(&first) && !first.lost);
	ck_assert_int_eq(first.attached, ME);
	more.over = true;
	ck_assert(appends(&more) && !more.lost);
	ck_assert(appends(&more));      /* it may be told twice */

	struct read_errand read = come_back("a", 1, 2);
	const struct state_event *events = read.events.first;
	ck_assert(read.there && read.over);
	ck_assert_int_eq(read.events.count, 3);
	ck_assert_int_eq(events[0].number, 3);
	ck_assert_str_eq(events[0].text, "one");
	ck_assert_str_eq(events[2].text, "two");
	ck_assert_int_eq(read.last, 5);
	ck_assert_str_eq(read.ids, "[7]");
	ck_assert(!come_back("a", 1, 6).there);
	ck_assert(!come_back("a", 2, 0).there);
}
END_TEST

START_TEST(several_streams_are_written_together)
{
	struct append_errand a = append_of("a", 1, 1, 2, "a"), b = append_of("b", 2, 1, 1, "b"),
		again = append_of("a", 1, 3, 1, "c"), gone = append_of("none", 3, 1, 1, "d");

	make_session("a", "alice");
	make_session("b", "bob");
	a.errand.next = &b.errand;
	b.errand.next = &again.errand;
	again.errand.next = &gone.errand;
	ck_assert(stream_rows_append(&a.errand, 4, store));
	ck_assert(!a.lost && !b.lost && !again.lost && gone.lost);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_event"), 4);
	ck_assert_int_eq(count_of("select last as value from mcp_stream where number = 1"), 3);
}
END_TEST

START_TEST(who_is_not_its_home_writes_nothing)
{
	struct append_errand first = append_of("a", 1, 1, 1, "one"), more = append_of("a", 1, 2, 1, "two");

	make_session("a", "alice");
	ck_assert(appends(&first));
	script("update mcp_stream set home = 2");
	ck_assert(appends(&more) && more.lost);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_event"), 1);
}
END_TEST

START_TEST(a_stream_that_listens_carries_the_messages_until_its_client_leaves)
{
	struct append_errand one = append_of("a", 1, 1, 1, "x"), two = append_of("a", 2, 1, 1, "y");
	struct leave_errand leave = { .errand.arena = arena, .session = "a", .stream = 2 };

	make_session("a", "alice");
	one.listens = two.listens = true;
	ck_assert(appends(&one) && appends(&two));
	ck_assert_int_eq(count_of("select listener as value from mcp_session"), 2);
	ck_assert(stream_rows_leave(&leave.errand, store));
	ck_assert_int_eq(count_of("select listener as value from mcp_session"), 1);
	ck_assert_int_eq(count_of("select attached as value from mcp_stream where number = 2"), 0);
	ck_assert_str_eq(heard(), "mcp_all carries a 1\nmcp_all carries a 2\nmcp_all carries a 1\n");
	/* The last one stays, for whoever comes back. */
	leave.stream = 1;
	ck_assert(stream_rows_leave(&leave.errand, store));
	ck_assert_int_eq(count_of("select listener as value from mcp_session"), 1);
}
END_TEST

/* They go in one statement, and have to agree on one of them. */
START_TEST(of_two_that_begin_to_listen_at_once_the_later_carries_the_messages)
{
	struct append_errand one = append_of("a", 1, 1, 1, "x"), two = append_of("a", 2, 1, 1, "y");

	make_session("a", "alice");
	one.listens = two.listens = true;
	one.errand.next = &two.errand;
	ck_assert(stream_rows_append(&one.errand, 2, store));
	ck_assert_int_eq(count_of("select listener as value from mcp_session"), 2);
	const char *latest = strrchr(heard(), 'c');
	ck_assert(latest);
	ck_assert_str_eq(latest, "carries a 2\n");
}
END_TEST

START_TEST(who_comes_back_takes_the_stream_from_a_dead_process)
{
	struct append_errand one = append_of("a", 1, 1, 1, "x"), two = append_of("a", 2, 1, 1, "y");

	make_session("a", "alice");
	one.listens = true;
	ck_assert(appends(&one) && appends(&two));
	script("update mcp_stream set home = 2, attached = 2");
	bury_the_other();
	struct read_errand read = come_back("a", 1, 1);
	ck_assert(read.there && read.moved && !read.over);
	read = come_back("a", 2, 1);
	ck_assert(read.there && read.over);
	ck_assert_int_eq(read.events.count, 1);
	ck_assert_str_eq(((struct state_event *)read.events.first)->text, "last words");
}
END_TEST

START_TEST(who_was_buried_writes_nothing_more)
{
	struct append_errand first = append_of("a", 1, 1, 1, "one"), more = append_of("a", 1, 2, 2, "two");

	make_session("a", "alice");
	state_set_me(OTHER);
	ck_assert(appends(&first));
	state_set_me(ME);
	bury_the_other();
	state_set_me(OTHER);
	more.over = true;
	ck_assert(appends(&more) && more.lost);
	state_set_me(ME);
	ck_assert_int_eq(count_of("select last as value from mcp_stream"), 2);
	ck_assert_str_eq(text_of("select data as text from mcp_event where number = 2"), "last words");
}
END_TEST

/* Its process was buried without knowing, and opened or took it since. */
START_TEST(a_stream_of_no_process_is_ended_by_whoever_tidies_up)
{
	struct append_errand one = append_of("a", 1, 1, 1, "x"), two = append_of("a", 2, 1, 1, "y");

	make_session("a", "alice");
	one.listens = true;
	ck_assert(appends(&one) && appends(&two));
	ck_assert(beat_tidy(store));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_stream where ended <> 0"), 0);
	script("update mcp_stream set home = 99");
	ck_assert(beat_tidy(store));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_stream"
	                          " where ended <> 0 and home = 0"), 2);
	struct read_errand read = come_back("a", 2, 1);
	ck_assert(read.there && read.over);
	ck_assert_str_eq(((struct state_event *)read.events.first)->text, "last words");
}
END_TEST

START_TEST(only_where_the_client_is_attached_it_is_read_for)
{
	struct append_errand first = append_of("a", 1, 1, 1, "one");
	struct read_errand read = { .errand.arena = arena, .session = "a", .stream = 1 };

	make_session("a", "alice");
	ck_assert(appends(&first));
	ck_assert(stream_rows_read(&read.errand, store) && read.there);
	script("update mcp_stream set attached = 2");
	ck_assert(stream_rows_read(&read.errand, store) && !read.there);
	ck_assert(come_back("a", 1, 0).there);
	ck_assert(stream_rows_read(&read.errand, store) && read.there);
}
END_TEST

/* ---- Room ---- */

static int64_t bytes_of(const char *where)
{
	return count_of(arena_print(arena, "select coalesce(sum(bytes), 0) as value from mcp_stream s"
	                            " join mcp_session o on o.id = s.session where %s", where));
}

static int64_t bytes_there(const char *where)
{
	return count_of(arena_print(arena, "select coalesce(sum(octet_length(data) + 64), 0)"
		" + (select coalesce(sum(256 + octet_length(ids)), 0) from mcp_stream s where %s) as value"
		" from mcp_event s where %s", where, where));
}

static const char *text_of_size(int64_t size)
{
	char *text = arena_alloc(arena, (size_t)size + 1);

	memset(text, 'x', (size_t)size);
	return text;
}

START_TEST(a_stream_has_its_newest_events)
{
	const char *text = text_of_size(1000);

	make_session("a", "alice");
	for (int i = 0; i < 40; i++) {
		struct append_errand append = append_of("a", 1, 1 + 10 * i, 10, text);
		ck_assert(appends(&append) && !append.lost);
		ck_assert_int_le(bytes_there("true"), 150000);
		ck_assert_int_eq(bytes_there("true"), bytes_of("true"));
	}
	ck_assert_int_ge(bytes_there("true"), 90000);
	ck_assert_int_eq(count_of("select max(number) - min(number) + 1 - count(*) as value from mcp_event"),
	                 0);
	ck_assert_int_eq(count_of("select max(number) as value from mcp_event"), 400);
	ck_assert(!come_back("a", 1, 0).there);
	ck_assert(come_back("a", 1, 399).there);
}
END_TEST

START_TEST(an_event_larger_than_what_is_kept_is_kept_alone)
{
	struct append_errand small = append_of("a", 1, 1, 5, "x"),
		large = append_of("a", 1, 6, 1, text_of_size(300000));

	make_session("a", "alice");
	ck_assert(appends(&small) && appends(&large));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_event"), 1);
	ck_assert(come_back("a", 1, 5).there);
}
END_TEST

START_TEST(who_listens_goes_on_with_what_there_is)
{
	const char *text = text_of_size(1000);

	make_session("a", "alice");
	for (int i = 0; i < 20; i++) {
		struct append_errand append = append_of("a", 1, 1 + 10 * i, 10, text);
		append.listens = true;
		ck_assert(appends(&append));
	}
	int64_t first = count_of("select min(number) as value from mcp_event");
	ck_assert_int_gt(first, 2);
	struct read_errand read = come_back("a", 1, 1);
	ck_assert(read.there && read.moved);
	ck_assert_int_eq(read.after, first - 1);
	read = come_back("a", 1, INT64_MAX);
	ck_assert(read.there && read.moved);
	ck_assert_int_eq(read.after, 200);
	read = come_back("a", 1, INT64_MIN);
	ck_assert(read.there && read.moved);
	read = come_back("a", 1, 200);
	ck_assert(read.there && !read.moved);
}
END_TEST

START_TEST(what_a_listener_was_told_long_ago_goes_and_counts_no_more)
{
	struct append_errand old = append_of("a", 1, 1, 5, "old"), new = append_of("a", 1, 6, 2, "new");

	make_session("a", "alice");
	old.listens = true;
	ck_assert(appends(&old));
	script("update mcp_event set at = mcp_now() - 61000");
	ck_assert(appends(&new));
	ck_assert(beat_tidy(store));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_event"), 2);
	ck_assert_int_eq(bytes_there("true"), bytes_of("true"));
	ck_assert(come_back("a", 1, 5).there);
}
END_TEST

/* As long ago as its number is small. */
static void write_stream(const char *session, int64_t number, int64_t size, bool over)
{
	struct append_errand append = append_of(session, number, 1, 1, text_of_size(size));

	append.over = over;
	ck_assert(appends(&append) && !append.lost);
	script(arena_print(arena, "update mcp_stream set written = %lld where number = %lld",
	                   (long long)number, (long long)number));
}

START_TEST(of_a_caller_the_streams_written_longest_ago_lose_what_is_kept)
{
	make_session("a", "alice");
	make_session("b", "bob");
	state_set.kept_max = 400000;
	stream_bytes_look(store);
	write_stream("b", 1, 10000, true);
	for (int i = 2; i <= 60; i++) {
		write_stream("a", i, 10000, i % 2);
		stream_bytes_look(store);
		ck_assert_int_le(bytes_of("caller = 'alice'"), 200000 + 400000 / 16);
	}
	ck_assert_int_ge(bytes_of("caller = 'alice'"), 150000);
	ck_assert_int_eq(bytes_there("session = 'a'"), bytes_of("caller = 'alice'"));
	ck_assert_int_eq(bytes_there("session = 'b'"), bytes_of("caller = 'bob'"));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_event where session = 'b'"), 1);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_event where stream = 60"), 1);
	/* One that goes on is still there, one that is over is not. */
	ck_assert_int_eq(count_of("select count(*) as value from mcp_stream where number = 2"), 1);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_stream where number = 3"), 0);
	ck_assert(come_back("a", 2, 1).there);
	ck_assert(!come_back("a", 2, 0).there);
}
END_TEST

START_TEST(of_too_much_in_all_whoever_has_most_loses)
{
	static const char *const callers[] = { "alice", "bob", "carol" };
	int64_t number = 0;

	state_set.kept_max = 400000;
	for (int i = 0; i < 3; i++)
		make_session(callers[i], callers[i]);
	for (int i = 0; i < 5; i++)
		write_stream("alice", ++number, 10000, true);
	stream_bytes_look(store);
	for (int i = 0; i < 40; i++) {
		write_stream("bob", ++number, 10000, true);
		write_stream("carol", ++number, 10000, true);
		stream_bytes_look(store);
		ck_assert_int_le(bytes_of("true"), 400000 + 400000 / 8);
	}
	ck_assert_int_eq(count_of("select count(*) as value from mcp_stream where session = 'alice'"), 5);
	ck_assert_int_ge(bytes_of("caller = 'bob'"), 120000);
	ck_assert_int_ge(bytes_of("caller = 'carol'"), 120000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("shared streams");
	TCase *tests = tcase_create("shared streams");

	tcase_add_checked_fixture(tests, begin_streams, end_rows);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, what_was_written_is_read_from_anywhere);
	tcase_add_test(tests, several_streams_are_written_together);
	tcase_add_test(tests, who_is_not_its_home_writes_nothing);
	tcase_add_test(tests, a_stream_that_listens_carries_the_messages_until_its_client_leaves);
	tcase_add_test(tests, of_two_that_begin_to_listen_at_once_the_later_carries_the_messages);
	tcase_add_test(tests, who_comes_back_takes_the_stream_from_a_dead_process);
	tcase_add_test(tests, who_was_buried_writes_nothing_more);
	tcase_add_test(tests, a_stream_of_no_process_is_ended_by_whoever_tidies_up);
	tcase_add_test(tests, only_where_the_client_is_attached_it_is_read_for);
	tcase_add_test(tests, a_stream_has_its_newest_events);
	tcase_add_test(tests, an_event_larger_than_what_is_kept_is_kept_alone);
	tcase_add_test(tests, who_listens_goes_on_with_what_there_is);
	tcase_add_test(tests, what_a_listener_was_told_long_ago_goes_and_counts_no_more);
	tcase_add_test(tests, of_a_caller_the_streams_written_longest_ago_lose_what_is_kept);
	tcase_add_test(tests, of_too_much_in_all_whoever_has_most_loses);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
