/* test_support_items.c - a history in DynamoDB: what it is there beside what every history does, which the other tests of support ask of it too. */
#include "support_fixture.h"

#include "erase.h"
#include "item_index.h"
#include "item_size.h"
#include "item_ttl.h"
#include "person.h"
#include "turn_store.h"

#define DAY_MS INT64_C(86400000)
#define DAY_S INT64_C(86400)

/* As it lies there, whether its time is over or not; NULL: there is none. */
static yyjson_val *item_at(struct mcp_test *test, const char *pk, const char *sk)
{
	struct arena *into = mcp_test_arena(test);

	return yyjson_obj_get(ask_table(into, "GetItem", str_of(arena_print(into, "{\"TableName\":\"%s\",\"ConsistentRead\":true,\"Key\":{\"pk\":{\"S\":\"%s\"},"
	                      "\"sk\":{\"S\":\"%s\"}}}", table_name, pk, sk))), "Item");
}

static struct mcp_test *open_test(void)
{
	return mcp_test_open(&support_server, DATABASE);
}

/* ---- Its time ---- */

static const struct message keyed = { .role = "person", .author = "eva", .text = "Hello.", .idempotency_key = "k-1", .call = 77 };

static void say_keyed(struct mcp_test *test, const char *id)
{
	struct message message = keyed;

	message.at = now_ms();
	say_more(test, id, &message);
}

START_TEST(each_item_says_when_it_may_go)
{
	struct mcp_test *test = open_test();
	int64_t least = (now_ms() / 1000) + (90 + ITEM_MARGIN_DAYS) * DAY_S;
	static const char *const items_of[][2] = {
		{ "c#CNV-A", "head" }, { "c#CNV-A", "m#000000000001" }, { "c#CNV-A", "m#000000000002" }, { "k#77", "call" },
		{ "k#person#eva", "k-1" }, { "u#C-ada", "c#CNV-A" },
	};

	begin(test, "CNV-A", "C-ada");
	say_keyed(test, "CNV-A");
	for (size_t i = 0; i < sizeof(items_of) / sizeof(*items_of); i++) {
		int64_t ttl = item_number(item_at(test, items_of[i][0], items_of[i][1]), "ttl");
		ck_assert_int_ge(ttl, least);
		ck_assert_int_le(ttl, least + 60);
	}
	mcp_test_close(test);
}
END_TEST

START_TEST(for_ever_is_for_ever)
{
	struct mcp_test *test = mcp_test_open(&support_server, IN_DATABASE, .settings = (const char *const[]) { "HISTORY_DAYS=0", history_at(), NULL });

	begin(test, "CNV-A", "C-ada");
	ck_assert_ptr_nonnull(item_at(test, "c#CNV-A", "head"));
	ck_assert_int_eq(item_number(item_at(test, "c#CNV-A", "head"), "ttl"), 0);
	ck_assert_int_eq(item_number(item_at(test, "c#CNV-A", "m#000000000001"), "ttl"), 0);
	mcp_test_close(test);
}
END_TEST

static enum lookup find(struct mcp_test *test, const char *id)
{
	struct conversation conversation;

	return conversation_find(mcp_test_store(test), mcp_test_arena(test), id, NULL, &conversation);
}

static int64_t listed(struct mcp_test *test, const char *customer)
{
	struct listing listing = { .customer = customer, .before_at = INT64_MAX, .before_id = "", .limit = 50 };
	struct conversations found;

	ck_assert(conversations_list(mcp_test_store(test), mcp_test_arena(test), &listing, &found));
	return found.count;
}

/* DynamoDB lets it go late by days; a stand-in never. */
START_TEST(what_is_over_is_shown_to_nobody)
{
	struct mcp_test *test = open_test();
	struct message found;

	begin(test, "CNV-A", "C-ada");
	say_keyed(test, "CNV-A");
	mcp_test_pass(test, (90 + ITEM_MARGIN_DAYS - 1) * DAY_MS);
	ck_assert_int_eq(find(test, "CNV-A"), FOUND);
	ck_assert_int_eq(listed(test, "C-ada"), 1);
	ck_assert_int_eq(row_of_call(mcp_test_store(test), mcp_test_arena(test), 77, &found), 1);
	mcp_test_pass(test, 2 * DAY_MS);
	ck_assert_int_eq(find(test, "CNV-A"), NOT_FOUND);
	ck_assert_int_eq(listed(test, "C-ada"), 0);
	ck_assert_int_eq(listed(test, NULL), 0);
	ck_assert_int_eq(row_of_call(mcp_test_store(test), mcp_test_arena(test), 77, &found), 0);
	ck_assert_int_eq(row_of_key(mcp_test_store(test), mcp_test_arena(test), &keyed, &found), 0);
	ck_assert_int_eq(items_in_table("head"), 1);
	/* Its key, which is still there, is in nobody's way. */
	begin(test, "CNV-B", "C-ada");
	say_keyed(test, "CNV-B");
	ck_assert_int_eq(row_of_key(mcp_test_store(test), mcp_test_arena(test), &keyed, &found), 1);
	ck_assert_str_eq(found.conversation_id, "CNV-B");
	mcp_test_close(test);
}
END_TEST

START_TEST(a_conversation_that_goes_on_keeps_its_first_messages)
{
	struct mcp_test *test = open_test();

	begin(test, "CNV-A", "C-ada");
	int64_t first = item_number(item_at(test, "c#CNV-A", "m#000000000001"), "ttl");
	mcp_test_pass(test, (ITEM_MARGIN_DAYS - 1) * DAY_MS);
	say_keyed(test, "CNV-A");
	ck_assert_int_eq(item_number(item_at(test, "c#CNV-A", "m#000000000001"), "ttl"), first);
	mcp_test_pass(test, 2 * DAY_MS);
	say_more(test, "CNV-A", &(struct message) { .at = now_ms(), .role = "customer", .author = "C-ada", .text = "Still there?" });
	int64_t least = (now_ms() / 1000) + (90 + ITEM_MARGIN_DAYS) * DAY_S - 60;
	ck_assert_int_ge(item_number(item_at(test, "c#CNV-A", "m#000000000001"), "ttl"), least);
	ck_assert_int_ge(item_number(item_at(test, "c#CNV-A", "m#000000000002"), "ttl"), least);
	ck_assert_int_ge(item_number(item_at(test, "u#C-ada", "c#CNV-A"), "ttl"), least);
	ck_assert_int_ge(item_number(item_at(test, "c#CNV-A", "head"), "kept_to"), least);
	/* What it writes is counted: whoever read it before does not write over that. */
	say_more(test, "CNV-A", &(struct message) { .at = now_ms(), .role = "customer", .author = "C-ada", .text = "Hello?" });
	ck_assert_int_eq(conversation_now(test, "CNV-A").messages, 4);
	mcp_test_close(test);
}
END_TEST

/* ---- While it goes ---- */

static struct turn turn_in(struct mcp_test *test, const char *id, const char *customer, int64_t call)
{
	struct turn turn = { .customer = customer, .id = id, .text = "Where is it?", .idempotency_key = arena_print(mcp_test_arena(test), "t-%lld", (long long)call),
		.call = call, .share = 500 };

	ck_assert_int_eq(turn_begin(mcp_test_store(test), mcp_test_arena(test), &turn), TURN_OURS);
	return turn;
}

START_TEST(nothing_is_written_where_it_is_being_erased)
{
	struct mcp_test *test = open_test();
	struct store *store = mcp_test_store(test);
	struct erasing_some some = { .id = "CNV-A", .before = INT64_MAX, .limit = 1 };
	const char *id = "CNV-A";

	begin(test, id, "C-ada");
	struct turn turn = turn_in(test, id, "C-ada", 5);
	ck_assert_int_eq(turn_tell(store, mcp_test_arena(test), id, 5, STR("It is")), 1);
	ck_assert_int_eq(history_transact(store, row_erase_some, &some), STORE_COMMITTED);
	ck_assert(!some.over);
	ck_assert_int_eq(turn_tell(store, mcp_test_arena(test), id, 5, STR("It is here")), 0);
	ck_assert(!turn_keep(store, &turn, "[]", NULL));
	ck_assert(!turn_resume(store, &turn));
	ck_assert(!turn_summarize(store, &turn, "They asked.", 1, &(struct tokens) { .in = 1 }));
	ck_assert(conversation_rate(store, id, 5, "Fine."));
	yyjson_val *head = item_at(test, "c#CNV-A", "head");
	ck_assert(str_is(item_word(head, "turn_text"), "It is"));
	ck_assert_ptr_null(yyjson_obj_get(head, "turn_steps"));
	ck_assert_ptr_null(yyjson_obj_get(head, "summary"));
	ck_assert_ptr_null(yyjson_obj_get(head, "rating"));
	struct more more = { mcp_test_arena(test), id, { .at = now_ms(), .role = "customer", .author = "C-ada", .text = "Hello?" } };
	ck_assert_int_eq(history_transact(store, add_more, &more), STORE_TAKEN_BACK);
	/* Whoever goes on with it leaves nothing: no message, no key, nothing of the customer. */
	struct erased erased = { 0 };
	ck_assert_int_eq(erase_of_customer(store, "C-ada", &erased), ERASED_ONE);
	ck_assert_int_eq(erase_of_customer(store, "C-ada", &erased), ERASED_ALL);
	ck_assert_int_eq(items_in_table(""), 0);
	mcp_test_close(test);
}
END_TEST

/* ---- What is written ---- */

static bool keep_long(struct store *store, void *context)
{
	struct more *more = context;
	struct conversation *conversation = (struct conversation *)(void *)more->message.cards;

	return conversation_find(store, more->arena, more->id, NULL, conversation) == FOUND &&
	       message_add(store, more->arena, conversation, &(struct message) { .at = now_ms(), .role = "customer", .author = "C-ada", .text = more->message.text }) &&
	       conversation_keep(store, conversation);
}

/* What a transaction makes for itself is gone with it; the conversation that the rules read is not. */
START_TEST(what_the_rules_read_outlives_the_transaction)
{
	struct mcp_test *test = open_test();
	struct conversation now;
	char text[400];
	struct more more = { mcp_test_arena(test), "CNV-A", { .text = text, .cards = (const char *)&now } };

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	begin(test, "CNV-A", "C-ada");
	ck_assert_int_eq(history_transact(mcp_test_store(test), keep_long, &more), STORE_COMMITTED);
	ck_assert_str_eq(now.first_words, "Where is my teapot? I am C-ada.");
	ck_assert_str_eq(now.latest_words, "Where is my teapot? I am C-ada.");
	ck_assert_uint_eq(strlen(conversation_now(test, "CNV-A").latest_words), 119 + strlen("…"));
	mcp_test_close(test);
}
END_TEST

static char *long_text(struct mcp_test *test, size_t size)
{
	char *text = arena_alloc(mcp_test_arena(test), size + 1);

	for (size_t i = 0; i + 1 < size; i += 2)
		memcpy(text + i, "é", 2);
	text[size] = '\0';
	return text;
}

START_TEST(what_is_too_much_for_an_item_is_cut)
{
	struct mcp_test *test = open_test();
	struct store *store = mcp_test_store(test);
	const char *id = "CNV-A", *half = long_text(test, 200000);
	struct messages found;

	begin(test, id, "C-ada");
	say_more(test, id, &(struct message) { .at = now_ms(), .role = "model", .author = "m", .text = long_text(test, 500000), .answers = 1 });
	say_more(test, id, &(struct message) { .at = now_ms(), .role = "model", .author = "m", .text = half, .cards = "[1]", .steps = half, .answers = 1 });
	ck_assert(messages_page(store, mcp_test_arena(test), &(struct page) { .id = id, .before = INT64_MAX, .limit = 9 }, &found));
	ck_assert_int_eq(found.count, 3);
	ck_assert_uint_eq(strlen(found.messages[1].text), ITEM_TEXT_MAX);
	ck_assert_str_eq(found.messages[1].cut, "it was too long to be kept whole");
	ck_assert_str_eq(found.messages[2].text, half);
	ck_assert_str_eq(found.messages[2].cards, "[1]");
	ck_assert_ptr_null(found.messages[2].cut);
	turn_in(test, id, "C-ada", 5);
	ck_assert_int_eq(turn_tell(store, mcp_test_arena(test), id, 5, str_of(long_text(test, 500000))), 1);
	ck_assert_uint_eq(strlen(conversation_now(test, id).turn_text), ITEM_TEXT_MAX);
	mcp_test_close(test);
}
END_TEST

static bool add_both(struct store *store, void *context)
{
	struct more *more = context;
	struct conversation conversation;
	struct message again = more->message;
	struct tokens one = { .in = 1 };

	return conversation_find(store, more->arena, more->id, NULL, &conversation) == FOUND &&
	       message_add(store, more->arena, &conversation, &more->message) && message_add(store, more->arena, &conversation, &again) &&
	       conversation_keep(store, &conversation) && row_add_tokens(store, more->id, 1, &one) && row_add_tokens(store, more->id, 1, &one);
}

/* What a customer takes is known in the next turn, whichever conversation it is in. */
START_TEST(what_models_took_is_the_customers)
{
	struct mcp_test *test = open_test();
	struct store *store = mcp_test_store(test);
	int64_t day_ago = now_ms() - DAY_MS;

	begin(test, "CNV-A", "C-ada");
	struct turn one = turn_in(test, "CNV-A", "C-ada", 5), other = turn_in(test, NULL, "C-ada", 6);
	ck_assert_int_eq(turn_tokens_since(store, mcp_test_arena(test), &one, day_ago), 500);
	ck_assert(turn_keep(store, &one, "[]", &(struct tokens) { .in = 30, .out = 3 }));
	ck_assert_int_eq(turn_tokens_since(store, mcp_test_arena(test), &other, day_ago), 533);
	struct turn_end end = { .answer = { .role = "model", .author = "m", .text = "Here.", .tokens_in = 70, .tokens_out = 7 }, .beside = { .in = 5 } };
	ck_assert_int_eq(turn_finish(store, mcp_test_arena(test), &other, &end), TURN_ANSWERED);
	/* Its share is its own no more: of the other's 500 and 33 are left, and what the answer took. */
	ck_assert_int_eq(turn_tokens_since(store, mcp_test_arena(test), &one, day_ago), 33 + 77 + 5);
	/* Two messages of one hour long ago, and one message twice, are one item each. */
	struct more both = { mcp_test_arena(test), "CNV-A", { .at = now_ms() - 3 * DAY_MS, .role = "model", .author = "m", .text = "Old.", .tokens_in = 1 } };
	ck_assert_int_eq(history_transact(store, add_both, &both), STORE_COMMITTED);
	mcp_test_pass(test, 26 * 3600000);
	ck_assert_int_eq(turn_tokens_since(store, mcp_test_arena(test), &one, now_ms() - DAY_MS), 0);
	mcp_test_close(test);
}
END_TEST

/* Everybody's lie in several partitions, and are read as one list. */
START_TEST(many_are_one_list)
{
	struct mcp_test *test = open_test();
	struct listing listing = { .before_at = INT64_MAX, .before_id = "", .limit = 5 };
	struct conversations found;
	bool parts[ITEM_PARTS] = { false };
	int64_t now = now_ms(), seen = 0;

	for (int i = 0; i < 23; i++)
		begin_at(test, arena_print(mcp_test_arena(test), "CNV-%d", i), "C-ada", now - i * 1000);
	do {
		ck_assert(conversations_list(mcp_test_store(test), mcp_test_arena(test), &listing, &found));
		for (int64_t i = 0; i < found.count; i++, seen++) {
			const char *id = arena_print(mcp_test_arena(test), "CNV-%lld", (long long)seen);
			ck_assert_str_eq(found.conversations[i].id, id);
			str part = item_word(item_at(test, arena_print(mcp_test_arena(test), "c#%s", id), "head"), "status_part");
			parts[part.at[part.size - 1] - '0'] = true;
			listing.before_at = found.conversations[i].updated_at;
			listing.before_id = id;
		}
	} while (found.count == listing.limit);
	ck_assert_int_eq(seen, 23);
	for (int i = 0; i < ITEM_PARTS; i++)
		ck_assert(parts[i]);
	mcp_test_close(test);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("a history in DynamoDB");
	TCase *tests = tcase_create("items");

	if (!getenv("DYNAMODB_URL"))
		return 77;
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, each_item_says_when_it_may_go);
	tcase_add_test(tests, for_ever_is_for_ever);
	tcase_add_test(tests, what_is_over_is_shown_to_nobody);
	tcase_add_test(tests, a_conversation_that_goes_on_keeps_its_first_messages);
	tcase_add_test(tests, nothing_is_written_where_it_is_being_erased);
	tcase_add_test(tests, what_the_rules_read_outlives_the_transaction);
	tcase_add_test(tests, what_is_too_much_for_an_item_is_cut);
	tcase_add_test(tests, what_models_took_is_the_customers);
	tcase_add_test(tests, many_are_one_list);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
