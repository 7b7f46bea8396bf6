/* test_items_table.c - whether a history's table in DynamoDB is there and fit, and in which words: against a server that says what it is told. */
#include "client_fixture.h"

#include "builder.h"
#include "dynamodb_here.h"
#include "item_table.h"

static const char *region = "eu-central-1";
static struct aws_self self;

static void begin(void)
{
	set_up();
	snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%d", server->port);
	self = (struct aws_self) { credentials_start(variable, "/nobody/is/here"), variable, region };
	ck_assert(credentials_wait(self.credentials, 20000));
	items = (struct items) { dynamodb_create(&self, "talks", NULL), "talks", 90 };
}

static void end(void)
{
	dynamodb_destroy(items.dynamodb);
	credentials_stop(self.credentials);
	tear_down();
}

/* The table as table.json has it, with `from` in it (each time) made `to`. */
static struct step described(const char *from, const char *to)
{
	extern const char table_json[];
	struct builder text = builder_begin(arena, 4096);
	const char *at = table_json, *next;

	builder_put(&text, STR("{\"Table\":{\"TableStatus\":\"ACTIVE\","));
	at = strchr(at, '{') + 1;
	while (from && (next = strstr(at, from))) {
		builder_put(&text, (str) { at, (size_t)(next - at) });
		builder_put(&text, str_of(to));
		at = next + strlen(from);
	}
	builder_put(&text, str_of(at));
	builder_put(&text, STR("}"));
	return (struct step) { ANSWER, "200 OK", builder_end(&text) };
}

static void expect(const struct step *step, enum item_table expected, const char *begins)
{
	const char *words;

	serve(server, step, 1);
	ck_assert_int_eq(item_table_look(arena, &words), expected);
	ck_assert_msg(str_starts(str_of(words), begins), "%s", words);
}

static const struct { const char *from, *to; enum item_table expected; const char *words; } tables[] = {
	{ NULL, NULL, TABLE_FINE, "DynamoDB's table talks in eu-central-1" },
	{ "ACTIVE", "UPDATING", TABLE_FINE, "DynamoDB's table talks in eu-central-1" },
	{ "by_status", "by_state", TABLE_UNFIT, "DynamoDB's table talks is not as this version needs it: it has no index by_status; support/items/table.json" },
	{ "\"moment\", \"KeyType\"", "\"at\", \"KeyType\"", TABLE_UNFIT, "DynamoDB's table talks is not as this version needs it: the keys of its index by_day are others" },
	{ "\"tokens_in\", ", "", TABLE_UNFIT, "DynamoDB's table talks is not as this version needs it: its index by_day does not have all attributes" },
	{ "\"INCLUDE\"", "\"ALL\"", TABLE_FINE, "DynamoDB's table talks in eu-central-1" },
	{ "\"sk\", \"KeyType\"", "\"key\", \"KeyType\"", TABLE_UNFIT, "DynamoDB's table talks is not as this version needs it: its keys are not pk and sk" },
};

START_TEST(what_it_is_to_be_is_looked_at)
{
	struct step step = described(tables[_i].from, tables[_i].to);

	expect(&step, tables[_i].expected, tables[_i].words);
}
END_TEST

static const struct { struct step step; enum item_table expected; const char *words; } answers[] = {
	{ { ANSWER, "400 Bad Request", "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException\",\"message\":\"Table: talks not found\"}" },
	  TABLE_UNFIT, "DynamoDB has no table talks in eu-central-1: make it with aws dynamodb create-table --table-name talks --cli-input-json" },
	{ { ANSWER, "400 Bad Request", "{\"__type\":\"AccessDeniedException\",\"message\":\"not you\"}" }, TABLE_UNFIT,
	  "DynamoDB's table talks may not be looked at: answers with 400 AccessDeniedException: not you; whoever this process is to AWS needs dynamodb:DescribeTable" },
	{ { ANSWER, "200 OK", "{\"Table\":{\"TableStatus\":\"CREATING\"}}" }, TABLE_UNFIT, "DynamoDB's table talks is not as this version needs it" },
	{ { HANG_UP, NULL, NULL }, TABLE_AWAY, "DynamoDB can't be reached: " },
	{ { ANSWER, "503 Service Unavailable", "" }, TABLE_AWAY, "DynamoDB answers with 503" },
};

START_TEST(what_is_wrong_is_told_with_what_to_do)
{
	expect(&answers[_i].step, answers[_i].expected, answers[_i].words);
}
END_TEST

START_TEST(it_does_not_wait_for_long)
{
	static const struct step silent = { HOLD, NULL, NULL };
	int64_t from_ms = tick_ms();

	expect(&silent, TABLE_AWAY, "DynamoDB can't be reached: ");
	ck_assert_int_lt(tick_ms() - from_ms, 6000);
}
END_TEST

START_TEST(a_region_is_needed)
{
	const char *words;

	self.region = NULL;
	ck_assert_int_eq(item_table_look(arena, &words), TABLE_UNFIT);
	ck_assert_str_eq(words, "HISTORY is in DynamoDB, and nobody says in which region: set AWS_REGION");
}
END_TEST

START_TEST(whether_it_can_be_read_is_known)
{
	static const struct step fine = { ANSWER, "200 OK", "{}" }, away = { ANSWER, "500 Internal Server Error", "" };

	serve(server, &fine, 1);
	ck_assert_ptr_null(item_table_why_not(arena));
	server->script = &away;
	ck_assert_str_eq(item_table_why_not(arena), "DynamoDB answers with 500 ");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("a history's table");
	TCase *tests = tcase_create("looks");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_loop_test(tests, what_it_is_to_be_is_looked_at, 0, COUNT(tables));
	tcase_add_loop_test(tests, what_is_wrong_is_told_with_what_to_do, 0, COUNT(answers));
	tcase_add_test(tests, it_does_not_wait_for_long);
	tcase_add_test(tests, a_region_is_needed);
	tcase_add_test(tests, whether_it_can_be_read_is_known);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
