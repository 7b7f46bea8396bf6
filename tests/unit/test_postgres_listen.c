/* test_postgres_listen.c - what is said in a database of PostgreSQL is heard, also after an outage. */
#include <poll.h>

#include "things.h"

struct ear {
	int count;
	char latest[64];
};

static struct store *ears;
static struct ear heard;

static void say(const char *channel, const char *payload)
{
	struct thing said = { .name = channel, .price = { 0, payload } };
	struct number number;

	ck_assert_int_eq(store_find_one(store, arena, "select length(pg_notify(:name,"
	                 " :price_currency)::text) as value", thing_shape, &said, number_shape,
	                 &number), 1);
}

static void listen_to_both(void)
{
	ck_assert(store_listen(ears, "first \"channel\""));
	ck_assert(store_listen(ears, "second"));
}

static void hear(void)
{
	struct store_notice notice;

	while (store_heard(ears, &notice)) {
		heard.count++;
		snprintf(heard.latest, sizeof(heard.latest), "%s: %s", notice.channel, notice.words);
		ck_assert(!notice.mine);
		store_heard_free(ears, &notice);
	}
}

static void wait_to_hear(int count)
{
	for (int64_t end = tick_ms() + 5000; heard.count < count && tick_ms() < end;) {
		struct pollfd about = { store_socket(ears), POLLIN, 0 };
		hear();                 /* some came with an answer */
		if (heard.count < count)
			poll(&about, 1, 1000);
	}
	ck_assert_int_eq(heard.count, count);
}

static void lose_the_connection(void)
{
	struct number number;

	ck_assert_int_ge(store_find_one(store, arena, "select count(pg_terminate_backend(pid)) as value"
	                 " from pg_stat_activity where datname = current_database()"
	                 " and (query like 'listen%' or query = 'select 1')",
	                 NULL, NULL, number_shape, &number), 1);
	for (int64_t end = tick_ms() + 5000; store_socket(ears) >= 0 && tick_ms() < end; hear()) {
		struct pollfd about = { store_socket(ears), POLLIN, 0 };
		poll(&about, 1, 1000);
	}
}

START_TEST(what_others_say_is_heard_also_after_an_outage)
{
	heard = (struct ear) { 0 };
	ears = store_open(url, STORE_WRITES);
	ck_assert_int_eq(store_socket(ears), -1);
	ck_assert_uint_eq(store_connection(ears), 0);
	listen_to_both();
	unsigned first = store_connection(ears);
	ck_assert_uint_ne(first, 0);
	say("second", "a");
	say("third", "nobody hears this");
	say("first \"channel\"", "b");
	wait_to_hear(2);
	ck_assert_str_eq(heard.latest, "first \"channel\": b");
	/* News that waits is no reason to take the connection for dead. */
	say("second", "while it does something else");
	ck_assert(store_reachable(ears));
	wait_to_hear(3);
	ck_assert_uint_eq(store_connection(ears), first);

	catch_log(lose_the_connection);
	ck_assert_int_eq(store_socket(ears), -1);
	ck_assert_uint_eq(store_connection(ears), 0);
	listen_to_both();
	ck_assert_uint_ne(store_connection(ears), first);
	say("second", "c");
	wait_to_hear(4);
	ck_assert_str_eq(heard.latest, "second: c");
	store_close(ears);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("postgres listen");
	TCase *tcase = tcase_create("listening");

	if (!on_postgres()) {
		puts("POSTGRES_URL is not set: see tests/postgres.sh");
		return 77;
	}
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, what_others_say_is_heard_also_after_an_outage);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
