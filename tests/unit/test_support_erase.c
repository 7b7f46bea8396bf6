/* test_support_erase.c - what is older than it is kept goes, and all of a customer who is to be forgotten. */
#include "support_fixture.h"

#define DAY_MS INT64_C(86400000)

struct number { int64_t number; };
static SHAPE(number_shape, struct number, PARAM(struct number, number));

/* More than go at once; each is a round trip to a table, so they are fewer there. */
static int many(int on_database, int on_table)
{
	return table_name ? on_table : on_database;
}

static int64_t messages_left(struct mcp_test *test)
{
	struct number found;

	if (table_name)
		return items_in_table("m#");
	ck_assert_int_eq(store_find_one(mcp_test_store(test), mcp_test_arena(test), "select count(*) as number from message", NULL, NULL,
	                                number_shape, &found), 1);
	return found.number;
}

static bool is_there(struct mcp_test *test, const char *id)
{
	struct conversation conversation;

	return conversation_find(mcp_test_store(test), mcp_test_arena(test), id, NULL, &conversation) == FOUND;
}

/* ---- By time ---- */

START_TEST(what_is_old_goes)
{
	struct mcp_test *test = mcp_test_open(&support_server, DATABASE);
	int64_t now = now_ms();

	begin_at(test, "CNV-OLD", "C-ada", now - 91 * DAY_MS);
	begin_at(test, "CNV-YOUNG", "C-ada", now - 89 * DAY_MS);
	/* It began long ago, and something was said since. */
	begin_at(test, "CNV-ALIVE", "C-ada", now - 200 * DAY_MS);
	say_more(test, "CNV-ALIVE", &(struct message) { .at = now, .role = "customer", .author = "C-ada", .text = "Hello again." });
	for (int i = 0; i < many(1200, 520); i++)
		say_more(test, "CNV-OLD", &(struct message) { .at = now - 91 * DAY_MS, .role = "customer", .author = "C-ada", .text = "Hello?" });
	mcp_test_job(test, "retention");
	ck_assert(!is_there(test, "CNV-OLD"));
	ck_assert(is_there(test, "CNV-YOUNG"));
	ck_assert(is_there(test, "CNV-ALIVE"));
	ck_assert_int_eq(messages_left(test), 3);
	mcp_test_pass(test, 2 * DAY_MS);
	mcp_test_job(test, "retention");
	ck_assert(!is_there(test, "CNV-YOUNG"));
	ck_assert_int_eq(messages_left(test), 2);
	mcp_test_close(test);
}
END_TEST

static const struct { const char *setting; int64_t days; bool kept; } settings[] = {
	{ "HISTORY_DAYS=0", 5000, true }, { "HISTORY_DAYS=1", 2, false }, { "HISTORY_DAYS=30", 29, true },
};

START_TEST(how_long_is_a_setting)
{
	struct mcp_test *test = mcp_test_open(&support_server, IN_DATABASE, .settings = (const char *const[]) { settings[_i].setting, history_at(), NULL });

	begin_at(test, "CNV-A", "C-ada", now_ms() - settings[_i].days * DAY_MS);
	mcp_test_job(test, "retention");
	ck_assert_int_eq(is_there(test, "CNV-A"), settings[_i].kept);
	mcp_test_close(test);
}
END_TEST

/* A run takes fifty, and begins again at once. */
START_TEST(many_go_in_batches)
{
	struct mcp_test *test = mcp_test_open(&support_server, DATABASE);
	int64_t runs = 0;

	for (int i = 0; i < 60; i++)
		begin_at(test, arena_print(mcp_test_arena(test), "CNV-%d", i), "C-ada", 1 + i);
	while (messages_left(test) && runs < 10) {
		ck_assert_int_eq(messages_left(test), runs ? 10 : 60);
		ck_assert_int_eq(mcp_test_job(test, "retention") < 1000, runs == 0);
		runs++;
	}
	ck_assert_int_eq(runs, 2);
	mcp_test_close(test);
}
END_TEST

/* ---- forget_customer ---- */

START_TEST(a_customer_is_forgotten)
{
	struct mcp_test *admin = mcp_test_open(&support_server, DATABASE, .revision = revisions[_i % 2], .caller = "erin", .scopes = "support:admin",
	                                       .knows_tasks = _i == 2);
	struct mcp_test *ada = mcp_test_also(admin, .revision = revisions[_i % 2], .caller = "ada", .scopes = "support:chat", .customer = "C-ada");

	int more = many(600, _i ? 20 : 520);

	for (int i = 0; i < 3; i++)
		begin(admin, arena_print(mcp_test_arena(admin), "CNV-A%d", i), "C-ada");
	begin(admin, "CNV-B", "C-bob");
	for (int i = 0; i < more; i++)
		say_more(admin, "CNV-A1", &(struct message) { .at = 1, .role = "customer", .author = "C-ada", .text = "Hello?" });
	mcp_test_follow(ada, "support://conversation/CNV-A1");
	mcp_test_when_asked(admin, arena_print(mcp_test_arena(admin), "Erase all 3 conversations of customer C-ada, with %d messages?", 3 + more),
	                    MCP_DECLINED, NULL);
	mcp_test_refuses(mcp_test_call(admin, "forget_customer", "{'customer': 'C-ada'}"), "Nothing was erased");
	mcp_test_when_asked(admin, NULL, MCP_ACCEPTED, "{'sure': false}");
	mcp_test_refuses(mcp_test_call(admin, "forget_customer", "{'customer': 'C-ada'}"), "Nothing was erased");
	ck_assert_int_eq(messages_left(admin), 4 + more);
	mcp_test_when_asked(admin, NULL, MCP_ACCEPTED, "{'sure': true}");
	mcp_test_answers(mcp_test_call(admin, "forget_customer", "{'customer': 'C-ada'}"), "{'conversations': 3, 'messages': %d}", 3 + more);
	mcp_test_notice(ada, "resources/updated", "{'uri': 'support://conversation/CNV-A1'}");
	mcp_test_refuses(mcp_test_read(ada, "support://conversation/CNV-A1"), "There is no conversation CNV-A1.");
	mcp_test_answers(mcp_test_call(ada, "list_conversations", "{}"), "{'conversations': []}");
	ck_assert_int_eq(messages_left(admin), 1);
	/* Of whom there is nothing nobody is asked. */
	mcp_test_answers(mcp_test_call(admin, "forget_customer", "{'customer': 'C-ada'}"), "{'conversations': 0, 'messages': 0}");
	/* Again is the same; and nobody else is concerned. */
	mcp_test_answers(mcp_test_call(admin, "forget_customer", "{'customer': 'C-ada', 'confirm': true}"), "{'conversations': 0, 'messages': 0}");
	mcp_test_answers(mcp_test_call(admin, "forget_customer", "{'customer': 'C-bob', 'confirm': true}"), "{'conversations': 1, 'messages': 1}");
	ck_assert_int_eq(table_name ? items_in_table("") : 0, 0);
	mcp_test_refuses(mcp_test_call(ada, "forget_customer", "{'customer': 'C-ada', 'confirm': true}"), "support:admin");
	mcp_test_close(admin);
}
END_TEST

START_TEST(who_cannot_be_asked_confirms)
{
	struct mcp_test *admin = mcp_test_open(&support_server, DATABASE, .revision = revisions[_i], .scopes = "support:admin", .cannot_ask = true);

	begin(admin, "CNV-A", "C-ada");
	mcp_test_refuses(mcp_test_call(admin, "forget_customer", "{'customer': 'C-ada'}"), "confirm: true");
	mcp_test_answers(mcp_test_call(admin, "forget_customer", "{'customer': 'C-ada', 'confirm': true}"), "{'conversations': 1}");
	mcp_test_close(admin);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("what support erases");
	TCase *tests = tcase_create("erase");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, what_is_old_goes);
	tcase_add_loop_test(tests, how_long_is_a_setting, 0, COUNT(settings));
	tcase_add_test(tests, many_go_in_batches);
	tcase_add_loop_test(tests, a_customer_is_forgotten, 0, 3);
	tcase_add_loop_test(tests, who_cannot_be_asked_confirms, 0, COUNT(revisions));
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
