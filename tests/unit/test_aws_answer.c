/* test_aws_answer.c - credentials in the forms of all who give them out. */
#include <stdlib.h>

#include "charged.h"
#include "credential_answer.h"
#include "suite.h"

static struct arena *arena;

static void set_up(void)
{
	arena = arena_create_secret();
}

static void tear_down(void)
{
	arena_destroy(arena);
}

#define AT "2026-11-28T20:00:00Z"
#define AT_MS INT64_C(1795896000000)
#define XML(word) "<" word "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" word "Result><Credentials>" \
	"<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s/+</SecretAccessKey><SessionToken>t==</SessionToken>" \
	"<Expiration>" AT "</Expiration></Credentials></" word "Result></" word "Response>"

static const struct { enum credential_form form; const char *text; int64_t expires_at_ms; bool has_token; } fine[] = {
	{ CREDENTIAL_CONTAINER, "{\"RoleArn\":\"r\",\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"s/+\",\"Token\":\"t==\",\"Expiration\":\"" AT "\"}",
	  AT_MS, true },
	{ CREDENTIAL_CONTAINER, "{\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"s/+\",\"Expiration\":\"" AT "\"}", AT_MS, false },
	{ CREDENTIAL_INSTANCE, "{\n\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"s/+\",\"Token\":\"t==\","
	  "\"Expiration\":\"" AT "\"}", AT_MS, true },
	{ CREDENTIAL_PROCESS, "{\"Version\":1,\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"s/+\"}\n", 0, false },
	{ CREDENTIAL_PROCESS, "{\"Version\":1,\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"s/+\",\"SessionToken\":\"t==\",\"Expiration\":\""
	  "2026-11-28T21:00:00+01:00\"}", AT_MS, true },
	{ CREDENTIAL_PROCESS, "{\"Version\":1,\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"s/+\",\"SessionToken\":null,\"Expiration\":null}", 0, false },
	{ CREDENTIAL_SSO, "{\"roleCredentials\":{\"accessKeyId\":\"ASIA\",\"secretAccessKey\":\"s/+\",\"sessionToken\":\"t==\",\"expiration\":1795896000000}}",
	  AT_MS, true },
	{ CREDENTIAL_ROLE, XML("AssumeRole"), AT_MS, true },
	{ CREDENTIAL_WEB_IDENTITY, XML("AssumeRoleWithWebIdentity"), AT_MS, true },
};

START_TEST(each_form_is_read)
{
	struct identity_parts parts;

	ck_assert_pstr_eq(credential_answer_read(arena, fine[_i].form, str_of(fine[_i].text), &parts), NULL);
	ck_assert(str_is(parts.key_id, "ASIA") && str_is(parts.secret, "s/+"));
	ck_assert(fine[_i].has_token ? str_is(parts.token, "t==") : !parts.token.at);
	ck_assert_int_eq(parts.expires_at_ms, fine[_i].expires_at_ms);
}
END_TEST

#define KEYS "\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"SECRET\""
static const struct { enum credential_form form; const char *text, *wrong; } refused[] = {
	{ CREDENTIAL_CONTAINER, "", "no such answer" },
	{ CREDENTIAL_CONTAINER, "<html>SECRET</html>", "no such answer" },
	{ CREDENTIAL_CONTAINER, "[]", "no such answer" },
	{ CREDENTIAL_CONTAINER, "{\"a\":SECRET}", "no such answer" },
	{ CREDENTIAL_CONTAINER, "{\"AccessKeyId\":\"ASIA\"}", "when they expire" },
	{ CREDENTIAL_CONTAINER, "{" KEYS "}", "when they expire" },
	{ CREDENTIAL_CONTAINER, "{" KEYS ",\"Expiration\":\"tomorrow\"}", "when they expire" },
	{ CREDENTIAL_CONTAINER, "{" KEYS ",\"Expiration\":1795896000000}", "when they expire" },
	{ CREDENTIAL_CONTAINER, "{\"AccessKeyId\":\"ASIA\",\"Expiration\":\"" AT "\"}", "secret access key is missing" },
	{ CREDENTIAL_CONTAINER, "{\"AccessKeyId\":7,\"SecretAccessKey\":\"SECRET\",\"Expiration\":\"" AT "\"}", "access key id is missing" },
	{ CREDENTIAL_CONTAINER, "{" KEYS ",\"Token\":\"a\\nb\",\"Expiration\":\"" AT "\"}", "character that none has" },
	{ CREDENTIAL_INSTANCE, "{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":\"no trust\"}", "it says AssumeRoleUnauthorizedAccess: no trust" },
	{ CREDENTIAL_INSTANCE, "{\"Code\":\"Success\"," KEYS ",\"Expiration\":\"" AT "\"}", "session token is missing" },
	{ CREDENTIAL_PROCESS, "{" KEYS "}", "Version" }, { CREDENTIAL_PROCESS, "{\"Version\":2," KEYS "}", "Version" },
	{ CREDENTIAL_PROCESS, "{\"Version\":\"1\"," KEYS "}", "Version" },
	{ CREDENTIAL_PROCESS, "{\"Version\":1," KEYS ",\"Expiration\":\"soon\"}", "when they expire" },
	{ CREDENTIAL_SSO, "{" KEYS "}", "no such answer" },
	{ CREDENTIAL_SSO, "{\"roleCredentials\":{\"accessKeyId\":\"ASIA\",\"secretAccessKey\":\"SECRET\",\"sessionToken\":\"t\",\"expiration\":-1}}",
	  "when they expire" },
	{ CREDENTIAL_SSO, "{\"roleCredentials\":{\"accessKeyId\":\"ASIA\",\"secretAccessKey\":\"SECRET\",\"sessionToken\":\"t\",\"expiration\":\"" AT "\"}}",
	  "when they expire" },
	{ CREDENTIAL_ROLE, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>", "no such answer" },
	{ CREDENTIAL_ROLE, XML("AssumeRoleWithWebIdentity"), "no such answer" },
	{ CREDENTIAL_ROLE, "{" KEYS "}", "no such answer" },
};

START_TEST(what_is_wrong_is_told_without_the_secret)
{
	struct identity_parts parts;
	const char *wrong = credential_answer_read(arena, refused[_i].form, str_of(refused[_i].text), &parts);

	ck_assert_ptr_nonnull(wrong);
	ck_assert_msg(strstr(wrong, refused[_i].wrong), "%s", wrong);
	ck_assert_ptr_null(strstr(wrong, "SECRET"));
}
END_TEST

START_TEST(an_answer_has_a_bound)
{
	struct identity_parts parts;
	char *text = arena_alloc(arena, CREDENTIAL_ANSWER_MAX + 2);

	memset(text, ' ', CREDENTIAL_ANSWER_MAX + 1);
	memcpy(text, fine[0].text, strlen(fine[0].text));
	ck_assert_ptr_null(credential_answer_read(arena, CREDENTIAL_CONTAINER, (str) { text, CREDENTIAL_ANSWER_MAX }, &parts));
	ck_assert_ptr_nonnull(credential_answer_read(arena, CREDENTIAL_CONTAINER, (str) { text, CREDENTIAL_ANSWER_MAX + 1 }, &parts));
}
END_TEST

static const struct { const char *text, *wrong; } tokens[] = {
	{ "{\"startUrl\":\"https://x\",\"region\":\"r\",\"accessToken\":\"tok\",\"expiresAt\":\"" AT "\"}", NULL },
	{ "{\"accessToken\":\"tok\",\"expiresAt\":\"2026-11-28T20:00:00UTC\"}", NULL },
	{ "{\"expiresAt\":\"" AT "\"}", "no accessToken" }, { "", "no accessToken" }, { "[]", "no accessToken" },
	{ "{\"accessToken\":\"tok\"}", "when that expires" }, { "{\"accessToken\":\"tok\",\"expiresAt\":\"UTC\"}", "when that expires" },
	{ "{\"accessToken\":\"to\\r\\nk\",\"expiresAt\":\"" AT "\"}", "character" },
};

START_TEST(the_token_of_a_sign_in_is_read)
{
	str token = { 0 };
	int64_t expires_at_ms = 0;
	const char *wrong = sso_token_read(arena, str_of(tokens[_i].text), &token, &expires_at_ms);

	if (tokens[_i].wrong) {
		ck_assert_msg(wrong && strstr(wrong, tokens[_i].wrong), "%s", wrong ? wrong : "nothing");
		return;
	}
	ck_assert_pstr_eq(wrong, NULL);
	ck_assert(str_is(token, "tok"));
	ck_assert_int_eq(expires_at_ms, AT_MS);
}
END_TEST

/* Whatever becomes of an answer, what is read of it is fit for a header, and nothing beyond it is read. */
START_TEST(answers_with_slips_are_read_or_refused)
{
	unsigned seed = 1;
	struct identity_parts parts;

	for (int round = 0; round < 4000; round++) {
		size_t size = strlen(fine[round % COUNT(fine)].text);
		char *text = memcpy(malloc(size), fine[round % COUNT(fine)].text, size);
		for (int slips = 0; slips < 1 + round % 3; slips++)
			text[(size_t)rand_r(&seed) % size] = "{}[]\":,<>/&\\0 \n\xff"[rand_r(&seed) % 16];
		if (!credential_answer_read(arena, fine[round % COUNT(fine)].form, (str) { text, size }, &parts))
			ck_assert_ptr_null(identity_check(&parts));
		free(text);
		if (round % 100 == 99) {
			tear_down();
			set_up();
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("aws_answer");
	TCase *cases = tcase_create("answer");
	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, each_form_is_read, 0, COUNT(fine));
	tcase_add_loop_test(cases, what_is_wrong_is_told_without_the_secret, 0, COUNT(refused));
	tcase_add_test(cases, an_answer_has_a_bound);
	tcase_add_loop_test(cases, the_token_of_a_sign_in_is_read, 0, COUNT(tokens));
	tcase_add_test(cases, answers_with_slips_are_read_or_refused);
	suite_add_tcase(suite, cases);
	return run_suite(suite);
}
