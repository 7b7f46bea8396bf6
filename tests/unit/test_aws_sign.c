/* test_aws_sign.c - signatures of AWS: its published ones, and random ones that botocore made. */
#include <stdlib.h>

#include "aws_cases.h"
#include "sign.h"
#include "suite.h"

static struct arena *arena;

static void set_up(void)
{
	arena = arena_create();
}

static void tear_down(void)
{
	arena_destroy(arena);
}

/* ---- Cases, a row each: see tests/aws/signatures.py ---- */

enum { METHOD, PATH, QUERY, HEADERS, BODY, KEY_ID, SECRET, TOKEN, REGION, SERVICE, NAMES, SIGNATURE };

#define HEADERS_MAX 16

/* Those of the row, and the token that botocore adds. */
static size_t headers_of(yyjson_val *row, struct sign_header headers[HEADERS_MAX])
{
	yyjson_val *given = yyjson_arr_get(row, HEADERS);
	size_t count = 0;

	for (; count < yyjson_arr_size(given); count++) {
		yyjson_val *header = yyjson_arr_get(given, count);
		headers[count] = (struct sign_header) { text_at(header, 0), text_at(header, 1) };
	}
	if (text_at(row, TOKEN).at)
		headers[count++] = (struct sign_header) { STR("X-Amz-Security-Token"), text_at(row, TOKEN) };
	return count;
}

static const char *time_of(const struct sign_header *headers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(headers[i].name, "X-Amz-Date"))
			return arena_copy(arena, headers[i].value);
	ck_abort_msg("no X-Amz-Date");
}

static const char *day_of(const char *time)
{
	return arena_copy(arena, (str) { time, SIGN_DAY_SIZE });
}

static void check_case(yyjson_val *row)
{
	struct identity_parts parts = { text_at(row, KEY_ID), text_at(row, SECRET), text_at(row, TOKEN), 0 };
	struct sign_header headers[HEADERS_MAX];
	size_t count = headers_of(row, headers);
	const char *time = time_of(headers, count);
	struct sign_request request = {
		arena_copy(arena, text_at(row, METHOD)), text_at(row, PATH), text_at(row, QUERY), headers, count,
		text_at(row, BODY),
	};
	const char *expected = arena_print(arena, "AWS4-HMAC-SHA256 Credential=%.*s/%s/%.*s/%.*s/aws4_request, "
		"SignedHeaders=%.*s, Signature=%.*s", STR_FORMAT(parts.key_id), day_of(time),
		STR_FORMAT(text_at(row, REGION)), STR_FORMAT(text_at(row, SERVICE)), STR_FORMAT(text_at(row, NAMES)),
		STR_FORMAT(text_at(row, SIGNATURE)));

	ck_assert_ptr_null(identity_check(&parts));
	struct identity *identity = identity_create(&parts);
	for (int again = 0; again < 2; again++) /* the second time the key is there */
		ck_assert_str_eq(sign(arena, identity, text_at(row, REGION), text_at(row, SERVICE), time, &request).at, expected);
	identity_drop(identity);
}

static void check_cases(const char *path, size_t least)
{
	yyjson_val *cases = read_cases(arena, path), *row;
	size_t at, count;

	ck_assert_uint_ge(yyjson_arr_size(cases), least);
	yyjson_arr_foreach(cases, at, count, row)
		check_case(row);
}

START_TEST(what_aws_published_is_signed_as_it_says)
{
	check_cases(AWS_FILES "/published.json", 30);
}
END_TEST

START_TEST(random_requests_are_signed_as_by_botocore)
{
	check_cases(AWS_FILES "/signatures.json", 400);
}
END_TEST

/* ---- HMAC (RFC 4231) ---- */

static const struct { const char *key, *text, *digest; } keyed[] = {
	{ "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b", "Hi There",
	  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
	{ "Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
};

START_TEST(a_digest_with_a_key_is_that_of_the_rfc)
{
	uint8_t digest[DIGEST_SIZE];
	char text[DIGEST_TEXT_SIZE];

	digest_keyed(str_of(keyed[_i].key), str_of(keyed[_i].text), digest);
	digest_print(digest, text);
	ck_assert_str_eq(text, keyed[_i].digest);
}
END_TEST

START_TEST(a_long_key_is_digested_first)
{
	char key[131];
	uint8_t digest[DIGEST_SIZE];
	char text[DIGEST_TEXT_SIZE];

	memset(key, 0xaa, sizeof(key));
	digest_keyed((str) { key, sizeof(key) }, STR("Test Using Larger Than Block-Size Key - Hash Key First"), digest);
	digest_print(digest, text);
	ck_assert_str_eq(text, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}
END_TEST

/* ---- Who signs ---- */

static const struct { const char *key_id, *secret, *token, *wrong; } checked[] = {
	{ "AKIA", "s/+=", NULL, NULL }, { "AKIA", "s", "token==", NULL },
	{ "", "s", NULL, "access key id is missing" }, { "AKIA", "", NULL, "secret access key is missing" },
	{ "AK IA", "s", NULL, "blank" }, { "AKIA", "s\n", NULL, "blank" }, { "AKIA", "\xc3\xa9", NULL, "blank" },
	{ "AKIA", "s", "t\r\nHost: elsewhere", "blank" },
};

START_TEST(parts_that_no_header_takes_are_refused)
{
	struct identity_parts parts = {
		str_of(checked[_i].key_id), str_of(checked[_i].secret), str_of(checked[_i].token), 0
	};
	const char *wrong = identity_check(&parts);

	if (!checked[_i].wrong)
		ck_assert_ptr_null(wrong);
	else
		ck_assert_ptr_nonnull(strstr(wrong, checked[_i].wrong));
}
END_TEST

START_TEST(a_token_has_a_bound)
{
	char *token = arena_alloc(arena, IDENTITY_TEXT_MAX + 1);
	struct identity_parts parts = { STR("AKIA"), STR("s"), { token, IDENTITY_TEXT_MAX }, 0 };

	memset(token, 't', IDENTITY_TEXT_MAX + 1);
	ck_assert_ptr_null(identity_check(&parts));
	parts.token.size++;
	ck_assert_ptr_nonnull(strstr(identity_check(&parts), "too long"));
}
END_TEST

static void signing_key(struct identity *identity, str day, str region, str service, char text[DIGEST_TEXT_SIZE])
{
	uint8_t key[DIGEST_SIZE];

	identity_signing_key(identity, day, region, service, key);
	digest_print(key, text);
}

/* AWS's example of a derived key, before and after more scopes than are kept; and a scope that is too long. */
START_TEST(a_signing_key_is_of_its_scope_alone)
{
	struct identity_parts parts = { STR("AKIDEXAMPLE"), STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), { 0 }, 0 };
	struct identity *identity = identity_create(&parts);
	char text[DIGEST_TEXT_SIZE], other[DIGEST_TEXT_SIZE], region[200];

	for (int i = 0; i < 40; i++) {
		signing_key(identity, STR("20150830"), STR("us-east-1"), STR("iam"), text);
		ck_assert_str_eq(text, "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
		snprintf(region, sizeof(region), "%0*d", 2 + 4 * i, i);
		signing_key(identity, STR("20150830"), str_of(region), STR("iam"), text);
		signing_key(identity, STR("20150830"), str_of(region), STR("iam"), other);
		ck_assert_str_eq(text, other);
		signing_key(identity, STR("20150831"), str_of(region), STR("iam"), other);
		ck_assert_str_ne(text, other);
	}
	identity_drop(identity);
}
END_TEST

START_TEST(a_time_is_in_the_form_of_the_header)
{
	char text[SIGN_TIME_SIZE];

	sign_time(1440938160000, text);
	ck_assert_str_eq(text, "20150830T123600Z");
	sign_time(1440938160999, text);
	ck_assert_str_eq(text, "20150830T123600Z");
}
END_TEST

/* ---- How long it takes: AWS_SIGN_BENCH=rounds prints it ---- */

static void sign_often(struct identity *identity, int rounds)
{
	const struct sign_header headers[] = {
		{ STR("Content-Type"), STR("application/x-amz-json-1.1") },
		{ STR("Host"), STR("ecs.eu-central-1.amazonaws.com") },
		{ STR("X-Amz-Date"), STR("20261128T120000Z") },
		{ STR("X-Amz-Security-Token"), STR("FwoGZXIvYXdzEBYaDHqa0AP1EXAMPLETOKEN") },
		{ STR("X-Amz-Target"), STR("AmazonEC2ContainerServiceV20141113.DescribeServices") },
	};
	struct sign_request request = { "POST", STR("/"), STR(""), headers, COUNT(headers), STR("{\"cluster\":\"shop\"}") };

	for (int i = 0; i < rounds; i++) {
		struct arena *each = arena_create();
		ck_assert_ptr_nonnull(sign(each, identity, STR("eu-central-1"), STR("ecs"), "20261128T120000Z", &request).at);
		arena_destroy(each);
	}
}

START_TEST(signing_is_quick)
{
	const char *asked = getenv("AWS_SIGN_BENCH");
	int rounds = asked ? atoi(asked) : 100;
	struct identity *identity = identity_create(&(struct identity_parts) { STR("AKIA"), STR("secret"), STR("token"), 0 });
	int64_t began = tick_us();

	sign_often(identity, rounds);
	if (asked)
		printf("%.2f us a signature\n", (double)(tick_us() - began) / rounds);
	identity_drop(identity);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("aws_sign");
	TCase *cases = tcase_create("sign");
	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, what_aws_published_is_signed_as_it_says);
	tcase_add_test(cases, random_requests_are_signed_as_by_botocore);
	tcase_add_loop_test(cases, a_digest_with_a_key_is_that_of_the_rfc, 0, COUNT(keyed));
	tcase_add_test(cases, a_long_key_is_digested_first);
	tcase_add_loop_test(cases, parts_that_no_header_takes_are_refused, 0, COUNT(checked));
	tcase_add_test(cases, a_token_has_a_bound);
	tcase_add_test(cases, a_signing_key_is_of_its_scope_alone);
	tcase_add_test(cases, a_time_is_in_the_form_of_the_header);
	tcase_add_test(cases, signing_is_quick);
	suite_add_tcase(suite, cases);
	return run_suite(suite);
}
