/* test_dynamodb.c - operations of DynamoDB against a server that does what it is told: what is tried again, and what is told of the rest. */
#include "client_fixture.h"

#include "counted.h"
#include "dynamodb.h"
#include "dynamodb_here.h"
#include "fetch.h"
#include "log.h"
#include "trouble.h"

static struct aws_self self;
static struct dynamodb *dynamodb;

static double little(void)
{
	return 0.01;
}

static void begin(void)
{
	set_up();
	snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%d", server->port);
	self = (struct aws_self) { credentials_start(variable, "/nobody/is/here"), variable, "eu-central-1" };
	ck_assert(credentials_wait(self.credentials, 20000));
	dynamodb = dynamodb_create(&self, "support", little);
	log_repeats = true;
}

static void end(void)
{
	dynamodb_destroy(dynamodb);
	credentials_stop(self.credentials);
	tear_down();
}

static struct dynamodb_answer answer;

static enum dynamodb_outcome call_within(enum dynamodb_action action, const char *body, int64_t most_ms)
{
	return dynamodb_call(dynamodb, arena, action, str_of(body), tick_ms() + most_ms, &answer);
}

static enum dynamodb_outcome call(enum dynamodb_action action, const char *body)
{
	return call_within(action, body, DYNAMODB_CALL_MS);
}

static int requests(void)
{
	return atomic_load(&server->requests);
}

#define FINE { ANSWER, "200 OK\r\nx-amz-crc32: 2745614147", "{}" }

START_TEST(it_is_signed_and_answered_over_one_connection)
{
	SCRIPT(server, { ANSWER, "200 OK\r\nx-amz-crc32: 763842504", "{\"Item\":{\"pk\":{\"S\":\"c#1\"}}}" });
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(call(DYNAMODB_GET_ITEM, "{\"TableName\":\"support\"}"), DYNAMODB_DONE);
		ck_assert(yyjson_is_obj(yyjson_obj_get(answer.said, "Item")));
	}
	ck_assert(server_was_sent("\r\nX-Amz-Target: DynamoDB_20120810.GetItem\r\n"));
	ck_assert(server_was_sent("/eu-central-1/dynamodb/aws4_request"));
	ck_assert(server_was_sent("{\"TableName\":\"support\"}"));
	ck_assert_int_eq(requests(), 3);
	ck_assert_int_eq(atomic_load(&server->connections), 1);
}
END_TEST

START_TEST(what_may_go_better_is_tried_again)
{
	SCRIPT(server, { ANSWER, "400 Bad Request", "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException\"}" },
	       { ANSWER, "500 Internal Server Error", "<html>nginx</html>" }, { HANG_UP, NULL, NULL }, FINE);
	ck_assert_int_eq(call(DYNAMODB_QUERY, "{}"), DYNAMODB_DONE);
	ck_assert_int_ge(requests(), 4);
}
END_TEST

START_TEST(an_answer_that_is_not_as_it_was_sent_is_none)
{
	SCRIPT(server, { ANSWER, "200 OK\r\nx-amz-crc32: 2745614146", "{}" }, { ANSWER, "200 OK\r\nx-amz-crc32: what", "{}" },
	       { ANSWER, "200 OK", "[]" }, FINE);
	ck_assert_int_eq(call(DYNAMODB_GET_ITEM, "{}"), DYNAMODB_DONE);
	ck_assert_int_eq(requests(), 4);
}
END_TEST

#define CANCELLED(reasons) { ANSWER, "400 Bad Request", "{\"__type\":\"com.amazonaws.dynamodb.v20120810#TransactionCanceledException\"," \
	"\"CancellationReasons\":[" reasons "]}" }

START_TEST(a_condition_that_does_not_hold_is_told_at_once)
{
	SCRIPT(server, { ANSWER, "400 Bad Request", "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException\"}" },
	       CANCELLED("{\"Code\":\"TransactionConflict\"},{\"Code\":\"ConditionalCheckFailed\"}"));
	ck_assert_int_eq(call(DYNAMODB_UPDATE_ITEM, "{}"), DYNAMODB_CONDITION);
	ck_assert_int_eq(requests(), 1);
	ck_assert_int_eq(call(DYNAMODB_TRANSACT_WRITE, "{}"), DYNAMODB_CONDITION);
	ck_assert_uint_eq(yyjson_arr_size(yyjson_obj_get(answer.said, "CancellationReasons")), 2);
	ck_assert_int_eq(requests(), 2);
}
END_TEST

START_TEST(who_was_in_the_way_is_waited_for)
{
	SCRIPT(server, CANCELLED("{\"Code\":\"None\"},{\"Code\":\"TransactionConflict\"}"), CANCELLED("{\"Code\":\"ThrottlingError\"}"),
	       { ANSWER, "400 Bad Request", "{\"__type\":\"TransactionInProgressException\"}" }, FINE);
	ck_assert_int_eq(call(DYNAMODB_TRANSACT_WRITE, "{}"), DYNAMODB_DONE);
	ck_assert_int_eq(requests(), 4);
	SCRIPT(server, { ANSWER, "400 Bad Request", "{\"__type\":\"TransactionConflictException\"}" }, FINE);
	ck_assert_int_eq(call(DYNAMODB_UPDATE_ITEM, "{}"), DYNAMODB_DONE);
}
END_TEST

START_TEST(what_does_not_go_better_has_failed)
{
	SCRIPT(server, { ANSWER, "400 Bad Request", "{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}" },
	       { ANSWER, "503 Service Unavailable", "" });
	ck_assert_int_eq(call(DYNAMODB_QUERY, "{}"), DYNAMODB_FAILED);
	ck_assert_int_eq(requests(), 1);
	ck_assert_str_eq(answer.code, "AccessDeniedException");
	ck_assert_str_eq(answer.why, "answers with 400 AccessDeniedException: no");
	ck_assert_int_eq(trouble_take(), TROUBLE_STORE);
	ck_assert_int_eq(call(DYNAMODB_QUERY, "{}"), DYNAMODB_FAILED);
	ck_assert_int_eq(requests(), 5);
}
END_TEST

static double much(void)
{
	return 0.99;
}

#define THROTTLED { ANSWER, "400 Bad Request", "{\"__type\":\"ThrottlingException\"}" }

/* The wait before the second try would be a second. */
START_TEST(it_is_never_waited_for_past_its_time)
{
	dynamodb_destroy(dynamodb);
	dynamodb = dynamodb_create(&self, "support", much);
	SCRIPT(server, THROTTLED, FINE);
	int64_t from_ms = tick_ms();
	ck_assert_int_eq(call_within(DYNAMODB_QUERY, "{}", 400), DYNAMODB_FAILED);
	ck_assert_int_lt(tick_ms() - from_ms, 900);
	ck_assert_int_eq(requests(), 1);
}
END_TEST

static long long counted_as(const char *outcome)
{
	const char *name = arena_print(arena, "mcp_aws_requests_total{service=\"dynamodb\",outcome=\"%s\"}", outcome);

	for (int i = 0; counted_more(i); i++)
		for (const struct counted *each = counted_more(i); each->name; each++)
			if (strcmp(each->name, name) == 0)
				return atomic_load(each->value);
	return -1;
}

START_TEST(each_try_is_counted_by_what_came_of_it)
{
	static const char *const outcomes[] = { "throttled", "unavailable", "fine", "refused" };
	static const int more[] = { 2, 1, 1, 1 };
	long long before[COUNT(outcomes)];

	SCRIPT(server, FINE, THROTTLED, CANCELLED("{\"Code\":\"TransactionConflict\"}"), { ANSWER, "503 Service Unavailable", "" }, FINE,
	       { ANSWER, "400 Bad Request", "{\"__type\":\"AccessDeniedException\"}" });
	ck_assert_int_eq(call(DYNAMODB_QUERY, "{}"), DYNAMODB_DONE);
	for (int i = 0; i < COUNT(outcomes); i++)
		before[i] = counted_as(outcomes[i]);
	ck_assert_int_eq(call(DYNAMODB_TRANSACT_WRITE, "{}"), DYNAMODB_DONE);
	ck_assert_int_eq(call(DYNAMODB_TRANSACT_WRITE, "{}"), DYNAMODB_FAILED);
	for (int i = 0; i < COUNT(outcomes); i++)
		ck_assert_int_eq(counted_as(outcomes[i]) - before[i], more[i]);
}
END_TEST

START_TEST(a_clock_that_is_wrong_is_set_right)
{
	SCRIPT(server, { ANSWER, "400 Bad Request\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT", "{\"__type\":\"InvalidSignatureException\"}" }, FINE);
	ck_assert_int_eq(call(DYNAMODB_QUERY, "{}"), DYNAMODB_DONE);
	ck_assert(server_was_sent("\r\nX-Amz-Date: 19941106T0849"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("DynamoDB");
	TCase *tests = tcase_create("calls");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, it_is_signed_and_answered_over_one_connection);
	tcase_add_test(tests, what_may_go_better_is_tried_again);
	tcase_add_test(tests, an_answer_that_is_not_as_it_was_sent_is_none);
	tcase_add_test(tests, a_condition_that_does_not_hold_is_told_at_once);
	tcase_add_test(tests, who_was_in_the_way_is_waited_for);
	tcase_add_test(tests, what_does_not_go_better_has_failed);
	tcase_add_test(tests, it_is_never_waited_for_past_its_time);
	tcase_add_test(tests, each_try_is_counted_by_what_came_of_it);
	tcase_add_test(tests, a_clock_that_is_wrong_is_set_right);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
