/* test_aws_error.c - what answers of AWS say went wrong, and what is tried again when. */
#include <stdio.h>
#include <stdlib.h>

#include "retry.h"
#include "suite.h"

static struct arena *arena;
static struct retry_purse purse;

static void set_up(void)
{
	arena = arena_create();
	purse = (struct retry_purse) RETRY_PURSE;
}

static void tear_down(void)
{
	arena_destroy(arena);
}

/* ---- Errors ---- */

#define NOW_MS INT64_C(784111777000)    /* Sun, 06 Nov 1994 08:49:37 GMT */
#define ON_TIME "Sun, 06 Nov 1994 08:49:37 GMT"
#define LATE "Sun, 06 Nov 1994 08:54:38 GMT"
#define EARLY "Sun, 06 Nov 1994 08:44:36 GMT"
#define JSON(code) "{\"__type\":\"" code "\",\"message\":\"words\"}"
#define XML(code) "<ErrorResponse><Error><Type>Sender</Type><Code>" code "</Code><Message>words</Message></Error></ErrorResponse>"

static const struct {
	int status;
	const char *body, *header, *date;
	enum aws_fault fault;
	const char *code, *message;
} errors[] = {
	{ 200, JSON("ThrottlingException"), NULL, ON_TIME, AWS_FINE, "", "" },
	{ 204, "", NULL, NULL, AWS_FINE, "", "" },
	{ 0, "", NULL, NULL, AWS_TRANSIENT, "", "" },
	{ 400, JSON("AccessDeniedException"), NULL, ON_TIME, AWS_REFUSED, "AccessDeniedException", "words" },
	{ 400, JSON("com.amazonaws.ecs#ClusterNotFoundException"), NULL, NULL, AWS_REFUSED, "ClusterNotFoundException", "words" },
	{ 400, "{\"__type\":\"A#B\",\"Message\":\"Words\"}", NULL, NULL, AWS_REFUSED, "B", "Words" },
	{ 400, "{\"__type\":\"A\",\"message\":null,\"Message\":\"Words\"}", NULL, NULL, AWS_REFUSED, "A", "Words" },
	{ 400, "{}", "ValidationException:http://internal.amazon.com/coral/", NULL, AWS_REFUSED, "ValidationException", "" },
	{ 400, JSON("Of body"), "OfHeader", NULL, AWS_REFUSED, "OfHeader", "words" },
	{ 400, JSON("OfBody"), "OfHeader", NULL, AWS_REFUSED, "OfBody", "words" },
	{ 400, " \r\n" JSON("OfBody"), NULL, NULL, AWS_REFUSED, "OfBody", "words" },
	{ 400, JSON("ThrottlingException"), NULL, NULL, AWS_THROTTLED, "ThrottlingException", "words" },
	{ 400, JSON("x#LimitExceededException"), NULL, NULL, AWS_THROTTLED, "LimitExceededException", "words" },
	{ 400, XML("Throttling"), NULL, NULL, AWS_THROTTLED, "Throttling", "words" },
	{ 503, XML("SlowDown"), NULL, NULL, AWS_THROTTLED, "SlowDown", "words" },
	{ 429, JSON("SomethingNew"), NULL, NULL, AWS_THROTTLED, "SomethingNew", "words" },
	{ 429, "", NULL, NULL, AWS_THROTTLED, "", "" },
	{ 429, JSON("ModelNotReadyException"), NULL, NULL, AWS_TRANSIENT, "ModelNotReadyException", "words" },
	{ 400, JSON("RequestTimeoutException"), NULL, NULL, AWS_TRANSIENT, "RequestTimeoutException", "words" },
	{ 400, XML("IDPCommunicationError"), NULL, NULL, AWS_TRANSIENT, "IDPCommunicationError", "words" },
	{ 500, JSON("ServerException"), NULL, NULL, AWS_TRANSIENT, "ServerException", "words" },
	{ 501, "", NULL, NULL, AWS_REFUSED, "", "" },
	{ 502, "<html><head><title>502 Bad Gateway</title></head><body>nginx<br></html>", NULL, NULL, AWS_TRANSIENT, "", "" },
	{ 503, "<!DOCTYPE html><html></html>", NULL, NULL, AWS_TRANSIENT, "", "" },
	{ 504, "upstream timed out", NULL, NULL, AWS_TRANSIENT, "", "" },
	{ 404, XML("DBInstanceNotFound"), NULL, NULL, AWS_REFUSED, "DBInstanceNotFound", "words" },
	{ 403, "<Response><Errors><Error><Code>AuthFailure</Code><Message>no</Message></Error></Errors></Response>", NULL, NULL,
	  AWS_REFUSED, "AuthFailure", "no" },
	/* As moto has them, of whatever service. */
	{ 403, "<ErrorResponse><Errors><Error><Code>InvalidClientTokenId</Code><Message>no</Message></Error></Errors></ErrorResponse>", NULL, NULL,
	  AWS_REFUSED, "InvalidClientTokenId", "no" },
	{ 403, "<html>Forbidden by the proxy</html>", NULL, NULL, AWS_REFUSED, "", "" },
	{ 302, "", NULL, NULL, AWS_REFUSED, "", "" },
	{ 400, JSON("ExpiredTokenException"), NULL, ON_TIME, AWS_EXPIRED, "ExpiredTokenException", "words" },
	{ 403, XML("ExpiredToken"), NULL, ON_TIME, AWS_EXPIRED, "ExpiredToken", "words" },
	{ 400, JSON("InvalidSignatureException"), NULL, LATE, AWS_SKEWED, "InvalidSignatureException", "words" },
	{ 403, XML("RequestTimeTooSkewed"), NULL, EARLY, AWS_SKEWED, "RequestTimeTooSkewed", "words" },
	{ 403, XML("SignatureDoesNotMatch"), NULL, EARLY, AWS_SKEWED, "SignatureDoesNotMatch", "words" },
	{ 403, XML("SignatureDoesNotMatch"), NULL, ON_TIME, AWS_REFUSED, "SignatureDoesNotMatch", "words" },
	{ 403, XML("SignatureDoesNotMatch"), NULL, "yesterday", AWS_REFUSED, "SignatureDoesNotMatch", "words" },
	{ 400, JSON("AccessDenied"), NULL, LATE, AWS_REFUSED, "AccessDenied", "words" },
	{ 400, "{\"__type\":", NULL, NULL, AWS_REFUSED, "", "" },
	{ 400, "[1]", NULL, NULL, AWS_REFUSED, "", "" },
	{ 400, "{\"__type\":7,\"message\":[]}", NULL, NULL, AWS_REFUSED, "", "" },
	{ 400, JSON("\\u0000"), NULL, NULL, AWS_REFUSED, "", "words" },
	{ 400, "{\"__type\":\"A\",\"message\":\"a\\nb\\u001b[31m\"}", NULL, NULL, AWS_REFUSED, "A", "a" REPLACEMENT "b" REPLACEMENT "[31m" },
};

START_TEST(an_answer_says_what_went_wrong)
{
	struct aws_answer answer = {
		errors[_i].status, str_of(errors[_i].body), str_of(errors[_i].header), str_of(errors[_i].date)
	};
	struct aws_error error;

	aws_error_read(arena, &answer, NOW_MS, &error);
	ck_assert_str_eq(error.code, errors[_i].code);
	ck_assert_str_eq(error.message, errors[_i].message);
	ck_assert_int_eq(error.fault, errors[_i].fault);
	int64_t skew = errors[_i].date && strcmp(errors[_i].date, LATE) == 0 ? 301000 : -301000;
	ck_assert_int_eq(error.skew_ms, error.fault == AWS_SKEWED ? skew : 0);
}
END_TEST

START_TEST(a_long_body_is_not_looked_at_nor_a_long_code)
{
	char *body = arena_alloc(arena, 128 * 1024);
	struct aws_error error;

	sprintf(body, "{\"__type\":\"%0*d\",\"message\":\"words\"}", 200, 1);
	aws_error_read(arena, &(struct aws_answer) { .status = 400, .body = str_of(body) }, NOW_MS, &error);
	ck_assert_str_eq(error.code, "");
	ck_assert_str_eq(error.message, "words");
	sprintf(body, "{\"__type\":\"A\",\"message\":\"%0*d\"}", 100 * 1024, 1);
	aws_error_read(arena, &(struct aws_answer) { .status = 503, .body = str_of(body) }, NOW_MS, &error);
	ck_assert_str_eq(error.code, "");
	ck_assert_int_eq(error.fault, AWS_TRANSIENT);
}
END_TEST

static const struct { const char *code, *other; bool same; } codes[] = {
	{ "DBInstanceNotFound", "DBInstanceNotFound", true }, { "DBInstanceNotFoundFault", "DBInstanceNotFound", true },
	{ "DBInstanceNotFound", "DBInstanceNotFoundFault", true }, { "ThrottlingException", "Throttling", true },
	{ "ThrottledException", "Throttling", false }, { "DBInstanceNotFoundQuota", "DBInstanceNotFound", false },
	{ "DBInstance", "DBInstanceNotFound", false }, { "", "Exception", false }, { "Exception", "Exception", true },
};

START_TEST(codes_are_the_same_with_and_without_their_ends)
{
	ck_assert(aws_error_is(&(struct aws_error) { .code = codes[_i].code }, codes[_i].other) == codes[_i].same);
}
END_TEST

static const struct { const char *text; bool fine; int64_t at_ms; } dates[] = {
	{ ON_TIME, true, NOW_MS }, { "Thu, 01 Jan 1970 00:00:00 GMT", true, 0 }, { "Sat, 28 Nov 2026 23:59:59 GMT", true, 1795910399000 },
	{ "Sun, 06 Foo 1994 08:49:37 GMT", false, 0 }, { "Sun, 06 anF 1994 08:49:37 GMT", false, 0 },
	{ "Sun, 36 Nov 1994 08:49:37 GMT", false, 0 }, { "Sun, 06 Nov 1994 28:49:37 GMT", false, 0 },
	{ "Sun, 06 Nov 1994 08:49:37 CET", false, 0 }, { "Sunday, 06-Nov-94 08:49:37 GMT", false, 0 }, { "", false, 0 },
	{ "Sun, -6 Nov 1994 08:49:37 GMT", false, 0 }, { "1994-11-06T08:49:37Z", false, 0 },
};

START_TEST(a_date_is_read_as_http_has_it)
{
	int64_t at_ms = 7;

	ck_assert(http_date_parse(str_of(dates[_i].text), &at_ms) == dates[_i].fine);
	ck_assert_int_eq(at_ms, dates[_i].fine ? dates[_i].at_ms : 7);
}
END_TEST

/* ---- Again ---- */

#define LONG INT64_C(1000000)

static const struct {
	const struct retry_rules *rules;
	enum aws_fault fault;
	int64_t retry_after_ms;
	double chance;
	int64_t waits[4];               /* after each try */
} waits[] = {
	{ &retry_standard, AWS_TRANSIENT, 0, 1, { 50, 100, -1 } },
	{ &retry_standard, AWS_TRANSIENT, 0, 0.5, { 25, 50, -1 } },
	{ &retry_standard, AWS_TRANSIENT, 0, 0, { 0, 0, -1 } },
	{ &retry_standard, AWS_THROTTLED, 0, 1, { 1000, 2000, -1 } },
	{ &retry_dynamodb, AWS_TRANSIENT, 0, 1, { 25, 50, 100, -1 } },
	{ &retry_dynamodb, AWS_THROTTLED, 0, 0.5, { 500, 1000, 2000, -1 } },
	{ &retry_standard, AWS_THROTTLED, 1500, 1, { 1500, 2000, -1 } },        /* the longer of the two */
	{ &retry_standard, AWS_TRANSIENT, 60000, 1, { 5050, 5100, -1 } },       /* but not for ever */
	{ &retry_standard, AWS_TRANSIENT, -5, 1, { 50, 100, -1 } },
	{ &retry_standard, AWS_REFUSED, 0, 1, { -1 } },
	{ &retry_standard, AWS_EXPIRED, 0, 1, { -1 } },
	{ &retry_standard, AWS_SKEWED, 0, 1, { -1 } },
	{ &(struct retry_rules) { .tries = 4, .first_ms = 15000 }, AWS_TRANSIENT, 0, 1, { 15000, 20000, 20000, -1 } },
};

START_TEST(each_wait_is_twice_the_one_before)
{
	struct retries retries = { 0 };

	for (int i = 0; i == 0 || waits[_i].waits[i - 1] >= 0; i++)
		ck_assert_int_eq(retry_wait(&retries, waits[_i].rules, &purse, waits[_i].fault, waits[_i].retry_after_ms,
		                            waits[_i].chance, LONG), waits[_i].waits[i]);
}
END_TEST

static int64_t retry_once(struct retries *retries, enum aws_fault fault, int64_t left_ms)
{
	return retry_wait(retries, &retry_standard, &purse, fault, 0, 1, left_ms);
}

START_TEST(nothing_is_tried_that_has_no_time_left)
{
	struct retries retries = { 0 };

	ck_assert_int_eq(retry_once(&retries, AWS_TRANSIENT, 50), -1);
	ck_assert_int_eq(purse.tokens, RETRY_TOKENS);
	retries = (struct retries) { 0 };
	ck_assert_int_eq(retry_once(&retries, AWS_TRANSIENT, 51), 50);
}
END_TEST

START_TEST(an_outage_uses_up_what_there_is_for_it)
{
	int tried = 0;

	for (int i = 0; i < 1000; i++) {
		struct retries retries = { 0 };
		while (retry_once(&retries, AWS_TRANSIENT, LONG) >= 0)
			tried++;
	}
	ck_assert_int_eq(tried, 500 / 14);
	ck_assert_int_eq(purse.tokens, 500 % 14);
	struct retries retries = { 0 };
	ck_assert_int_eq(retry_once(&retries, AWS_THROTTLED, LONG), 1000); /* costs less */
	ck_assert_int_eq(purse.tokens, 500 % 14 - 5);
}
END_TEST

START_TEST(what_succeeds_gives_back)
{
	struct retries retries = { 0 };

	retry_once(&retries, AWS_THROTTLED, LONG);
	retry_once(&retries, AWS_TRANSIENT, LONG);
	ck_assert_int_eq(purse.tokens, RETRY_TOKENS - 5 - 14);
	retry_done(&retries, &purse);
	ck_assert_int_eq(purse.tokens, RETRY_TOKENS - 5);
	retry_done(&(struct retries) { 0 }, &purse);
	ck_assert_int_eq(purse.tokens, RETRY_TOKENS - 4);
	for (int i = 0; i < 4; i++)
		retry_done(&(struct retries) { 0 }, &purse);
	ck_assert_int_eq(purse.tokens, RETRY_TOKENS);
	retry_done(&(struct retries) { 0 }, &purse);
	ck_assert_int_eq(purse.tokens, RETRY_TOKENS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("aws_error");
	TCase *cases = tcase_create("error");
	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, an_answer_says_what_went_wrong, 0, COUNT(errors));
	tcase_add_test(cases, a_long_body_is_not_looked_at_nor_a_long_code);
	tcase_add_loop_test(cases, codes_are_the_same_with_and_without_their_ends, 0, COUNT(codes));
	tcase_add_loop_test(cases, a_date_is_read_as_http_has_it, 0, COUNT(dates));
	tcase_add_loop_test(cases, each_wait_is_twice_the_one_before, 0, COUNT(waits));
	tcase_add_test(cases, nothing_is_tried_that_has_no_time_left);
	tcase_add_test(cases, an_outage_uses_up_what_there_is_for_it);
	tcase_add_test(cases, what_succeeds_gives_back);
	suite_add_tcase(suite, cases);
	return run_suite(suite);
}
