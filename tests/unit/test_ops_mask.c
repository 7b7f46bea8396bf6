/* test_ops_mask.c - what logs, events and tags say, without secrets: each pattern, and beside it what looks like one and stays. */
#include "mask.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define KEY "mcp_KIre1Tc0wetBatJPYLp647BlE4VPYw9HyQxYN0kBInM"
#define JWT "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"

#define SIGNS20 "Zx9abcdefghijklmnopq"
#define SIGNS36 SIGNS20 "rstuvwxyzABCDEFG"

static const struct { const char *text, *masked; } hidden[] = {
	/* Keys of AWS. */
	{ "AKIAIOSFODNN7EXAMPLE", "***" }, { "id=ASIAIOSFODNN7EXAMPLE,", "id=***," }, { "(AKIAIOSFODNN7EXAMPLE)", "(***)" },
	{ "with IQoJb3JpZ2luX2VjEPj+/abc= in it", "with ***= in it" },
	/* Tokens. */
	{ "Bearer abc123def456", "Bearer ***" }, { "bearer   " KEY " is refused", "bearer   *** is refused" },
	{ "Bearer%20" KEY, "Bearer%20***" }, { JWT, "***" }, { "\"" JWT "\"", "\"***\"" }, { "it was " KEY ".", "it was ***" },
	{ "x=" JWT ";y", "x=***;y" },
	/* Values in words. */
	{ "password=hunter2", "password=***" }, { "DB_PASSWORD: hunter2, user: a", "DB_PASSWORD: ***, user: a" },
	{ "the password is not = it, token=abc&sku=KIT-1", "the password is not = it, token=***&sku=KIT-1" },
	{ "PRODUCTS_KEY=abc", "PRODUCTS_KEY=***" }, { "apiKey => 'abc def' x", "apiKey => '***' x" },
	{ "client-secret = abc", "client-secret = ***" }, { "pwd:abc", "pwd:***" }, { "secret: abc def", "secret: *** def" },
	{ "passwd=a passphrase=b pass=c credential=d", "passwd=*** passphrase=*** pass=*** credential=***" },
	{ "credentials=a accesskey=b secretkey=c privatekey=d", "credentials=*** accesskey=*** secretkey=*** privatekey=***" },
	{ "accesstoken=a authtoken=b apikey=c", "accesstoken=*** authtoken=*** apikey=***" },
	{ "?X-Amz-Signature=0af9&x=1", "?X-Amz-Signature=***&x=1" },
	/* Values in JSON, and in JSON within JSON. */
	{ "{\"password\":\"hunter2\",\"a\":1}", "{\"password\":\"***\",\"a\":1}" },
	{ "{\"dbPassword\" : \"a\\\"b\"}", "{\"dbPassword\" : \"***\"}" }, { "{\"token\":\"a\\\\\"}", "{\"token\":\"***\"}" },
	{ "{\"m\":\"{\\\"password\\\":\\\"hunter2\\\",\\\"a\\\":1}\"}", "{\"m\":\"{\\\"password\\\":\\\"***\\\",\\\"a\\\":1}\"}" },
	{ "{\"secret\":\"cut of", "{\"secret\":\"***" },
	{ "{\"password\":[\"hunter2\"]}", "{\"password\":[\"***\"]}" }, { "{'password': b'hunter2'}", "{'password': b'***'}" },
	{ "password=`hunter2`", "password=`***`" }, { "env['PASSWORD'] = 'hunter2'", "env['PASSWORD'] = '***'" },
	{ "password := \"hunter2\"", "password := \"***\"" }, { "password\t=\thunter2", "password\t=\t***" }, { "password==hunter2", "password==***" },
	/* Names that end so, whatever is before or behind it. */
	{ "PGPASSWORD=a DBPASSWORD=b sslpassword=c", "PGPASSWORD=*** DBPASSWORD=*** sslpassword=***" },
	{ "secretaccesskey=a sessiontoken=b clientsecret=c", "secretaccesskey=*** sessiontoken=*** clientsecret=***" },
	{ "password1=a DB_PASSWORD_2: b", "password1=*** DB_PASSWORD_2: ***" }, { "SECRET_KEY_BASE=a passwordHash=b", "SECRET_KEY_BASE=*** passwordHash=***" },
	/* A name and its value, each by itself. */
	{ "{\"name\":\"DB_PASSWORD\",\"value\":\"hunter2\"}", "{\"name\":\"DB_PASSWORD\",\"value\":\"***\"}" },
	{ "{\\\"name\\\":\\\"DB_PASSWORD\\\",\\\"value\\\":\\\"hunter2\\\"}", "{\\\"name\\\":\\\"DB_PASSWORD\\\",\\\"value\\\":\\\"***\\\"}" },
	{ "name = \"API_TOKEN\"\n  value = \"a\"", "name = \"API_TOKEN\"\n  value = \"***\"" },
	/* In a URL's signs, in JSON's, in HTML's, in colours. */
	{ "password%3Dhunter2", "password%3D***" }, { "%22password%22%3A%22hunter2%22%2C%22a%22", "%22password%22%3A%22***%22%2C%22a%22" },
	{ "\\u0022password\\u0022:\\u0022hunter2\\u0022", "\\u0022password\\u0022:\\u0022***\\u0022" },
	{ "&quot;password&quot;:&quot;a&quot;", "&quot;password&quot;:&quot;***&quot;" },
	{ "\x1b[36mpassword\x1b[0m=hunter2", "\ufffd[36mpassword\ufffd[0m=***" }, { "\\u001b[36mtoken\\u001b[0;1m=a", "\\u001b[36mtoken\\u001b[0;1m=***" },
	{ "password=\x1b[32mhunter2", "password=***" }, { "password=\x01hunter2", "password=***" },
	/* Elements and options. */
	{ "<SecretAccessKey>a/b</SecretAccessKey>", "<SecretAccessKey>***</SecretAccessKey>" }, { "<s:password>a b</s:password>", "<s:password>***</s:password>" },
	{ "psql --password hunter2 --host db", "psql --password *** --host db" }, { "[\"--api-key\",\"a\"]", "[\"--api-key\",\"***\"]" },
	{ "Basic dXNlcjpwYXNz", "Basic ***" }, { "basic dXNlcjpwYXM=", "basic ***=" },
	/* URLs. */
	{ "postgres://shop:hunter2@db:5432/orders", "postgres://shop:***@db:5432/orders" },
	{ "postgres://shop:hun/ter@2@db/orders", "postgres://shop:***@db/orders" }, { "redis://:abc@host", "redis://:***@host" },
	{ "https://a:b@c and https://d:e@f", "https://a:***@c and https://d:***@f" },
	/* Headers. */
	{ "Authorization: Basic dXNlcjpwYXNz\nHost: a", "Authorization: ***\nHost: a" },
	{ "{\"authorization\":\"Digest a=b, c\"}", "{\"authorization\":\"***\"}" },
	{ "\"Authorization: Basic dXNl cg\\r\\nHost: a\"", "\"Authorization: ***\\r\\nHost: a\"" },
	{ "Set-Cookie: a=b; Path=/", "Set-Cookie: ***" },
	/* Private keys. */
	{ "a\n-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nb", "a\n***-----END RSA PRIVATE KEY-----\nb" },
	{ "-----BEGIN PRIVATE KEY-----\\nMII", "***" },
	{ "-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQ\n-----END PGP PRIVATE KEY BLOCK-----", "***-----END PGP PRIVATE KEY BLOCK-----" },
	/* By what providers have them begin with. */
	{ "ghp_" SIGNS36, "***" }, { "gho_" SIGNS36 " ghs_" SIGNS36, "*** ***" }, { "push to https://github_pat_11A" SIGNS36 "/x", "push to https://***" },
	{ "x (glpat-" SIGNS20 ")", "x (***)" }, { "xoxb-1234-" SIGNS20, "***" }, { "sk_" "live_" SIGNS20 ",", "***," }, { "npm_" SIGNS36, "***" },
	{ "AIza" SIGNS20 "abcdefghijklmn1", "***" }, { "sk-ant-api03-" SIGNS36, "***" }, { "hvs." SIGNS20, "***" }, { "ya29." SIGNS20, "***" },
	{ "GOCSPX-" SIGNS20, "***" }, { "dop_v1_" SIGNS36, "***" }, { "rk_" "test_" SIGNS20, "***" }, { "whsec_" SIGNS20, "***" }, { "pypi-AgEI" SIGNS20, "***" },
	{ "FwoGZXIvYXdzEJ1", "***" },
	/* The secret of an access key, behind it. */
	{ "AKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n", "***\n" },
	{ "ASIAIOSFODNN7EXAMPLE\" : \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"", "***\"" },
	{ "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEYS", "***:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEYS" },
	/* user:password, with and without its signs at the end, in either alphabet. */
	{ "Basic dXNlcjpwYXM", "Basic ***" }, { "basic YTpi", "basic ***" }, { "Basic%20dTrDvw==", "Basic%20***==" }, { "Basic dTo_Pz8_", "Basic ***" },
	/* Below its name. */
	{ "password: |\n  hunter2\n  two words: a\nuser: a", "password: ***\nuser: a" },
	{ "a:\n  - token: >-\n      b\n\n      c\n    user: a\n", "a:\n  - token: ***\n    user: a\n" },
	{ "12:00 INFO \"password\": |2+ \r\n  hunter2\r\n  b", "12:00 INFO \"password\": ***" },
	{ "{\"m\":\"a: 1\\nsecret: |\\n  b c\\n  d\\ne: f\",\"g\":1}", "{\"m\":\"a: 1\\nsecret: ***\\ne: f\",\"g\":1}" },
	{ "{\"m\":\"secret: |\\n  b c\",\"g\":1}", "{\"m\":\"secret: ***\",\"g\":1}" }, { "password: |\n  cut", "password: ***" },
	/* With what nobody sees in it. */
	{ "pass\u200bword=hunter2", "password=***" }, { "to\u200d\u00adken\ufeff:\u2060 abc", "token: ***" }, { "AKIA\u200cIOSFODNN7EXAMPLE", "***" },
	{ "pass\x01word=hunter2 \u202es\u2066ecret=a", "password=*** secret=***" },
	/* What is no character to be read. */
	{ "a\x1b[31mb\r", "a\ufffd[31mb\ufffd" }, { "\x7f", "\ufffd" }, { "a\xc2\x85" "b\xc2\x9b", "a\ufffdb\ufffd" },
	{ "\u202a\u202e\u2066\u2069", "\ufffd\ufffd\ufffd\ufffd" }, { "a\u200bb\u2060\ufeff", "ab\ufffd\ufffd" },
	{ "\U000e0041\U000e0101", "\ufffd\ufffd" },
	/* Several. */
	{ "password=a \x01\n token=b " JWT, "password=*** \ufffd\n token=*** ***" },
};

static const char *const stays[] = {
	"",
	"arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-dev/products/keys-AbC12d",
	"failed to fetch secret arn:aws:secretsmanager:x:1:secret:a/b-C from secrets manager",
	"arn:aws:ecs:eu-central-1:123456789012:task/shop-dev/0f9a",
	"1.dkr.ecr.x.amazonaws.com/shop/products@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"{\"id\":\"01J9ZQ3N7K8M2P4R6T8V0X2Z4B\",\"trace\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"status\":200}",
	"sku=KIT-0001, KEY-0001", "{\"sku\":\"TOKEN-1\"}", "{\"nextToken\":\"abc/def+1\"}", "next_token=abc", "\"NextToken\" : \"x\"",
	"idempotency_key=abc-123", "monkey: banana", "turkeys: 3", "the bearer token is missing", "Bearer realm=\"mcp\"",
	"Bearer error=\"invalid_token\"", "the bearer authentication", "mcp_open_streams 3", "mcp_calls_waiting_for_other_servers 1",
	"AKIA is how keys begin", "XAKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLES", "eyJhbGciOiJSUzI1NiJ9", "eyJhb.eyJzdWI", "eye.of.it",
	"set <token> and <key> here", "<a>b</a>", "a --no-password --host b", "--key", "{\"name\":\"a\",\"value\":\"b\"}", "value: 1", "a%3Db", "https%3A%2F%2Fhost",
	"Basic Authentication", "basic types and JavaScript", "x\\u0022:\\u0022y", "<key>",
	"password: null", "{\"token\":true,\"secret\":{\"a\":1},\"key\":[1]}", "password=", "http://127.0.0.1:8081/a@b", "https://host/a:b@c",
	"http://[::1]:80/a@b", "a://b", "mail a@b.c", "key://b", "-----BEGIN CERTIFICATE-----", "tab\tand\nline", "caf\u00e9 \u201cquoted\u201d \u2026",
	"npm_config_registry_and_more_than_thirty", "sk_live_words", "ghp_short1", "sk-proj-is-how-keys-of-others-begin", "xxoxb-1234-abcdefghijklmnop",
	"AIzawaki", "basic YTwi", "basic types: a", "Basic Authentication: off", "-----BEGIN PUBLIC KEY-----", "-----BEGIN a PRIVATE KEY but no dashes",
	"password: |\nuser: a", "  password: |\n  user: a", "note: |\n  some words", "| token | what |\n|---|---|",
	"\u06cc\u200c\u06a9", "1\ufe0f\u20e3", "caf\u00e9\u00ad\u00e9",
	"\U0001f468\u200d\U0001f4bb", "12:30:00", "a = b",
};

START_TEST(a_secret_is_hidden)
{
	struct arena *arena = arena_create();
	const char *masked = mask_text(arena, hidden[_i].text);

	ck_assert_str_eq(masked, hidden[_i].masked);
	ck_assert_str_eq(mask_text(arena, masked), masked);
	arena_destroy(arena);
}
END_TEST

START_TEST(what_is_none_stays)
{
	struct arena *arena = arena_create();

	ck_assert_ptr_eq(mask_text(arena, stays[_i]), stays[_i]);
	arena_destroy(arena);
}
END_TEST

/* ---- Rows ---- */

#define CUT 4
static const struct { const char *values[CUT], *masked[CUT]; } rows[] = {
	/* What begins in one and ends in another. */
	{ { "a", "ghp_Zx9abcde", "fghijklmnopqrstuvwxyz" }, { "a", "***", "***" } },
	{ { "gh", "p_" SIGNS20 }, { "***", "***" } }, { { "with AKIAIOSF", "ODNN7EXAMPLE in it" }, { "with ***", "*** in it" } },
	{ { "eyJhbGciOiJSUzI1NiJ9.eyJzdWIi", "OiJhbGlj", "ZSJ9.c2lnbmF0dXJl" }, { "***", "***", "***" } },
	{ { "Bearer abc1", "23def456, ok" }, { "Bearer ***", "***, ok" } }, { { "Bearer ", "abc123def456" }, { "Bearer ", "***" } },
	{ { "-----BEGIN PRIVATE", " KEY-----\nMIIE", "vQ==\n-----END PRIVATE KEY-----" }, { "***", "***", "***-----END PRIVATE KEY-----" } },
	{ { "postgres://shop:hunt", "er2@db/orders" }, { "postgres://shop:***", "***@db/orders" } },
	/* A value begins as a word does, whatever stands before it. */
	{ { "orders", "xoxb-1234", "-abcdefghijklmnop" }, { "orders", "***", "***" } },
	/* Nothing of it. */
	{ { "a", "2", "***" }, { "a", "2", "***" } }, { { "error", "" , "-----" }, { "error", "", "-----" } }, { { "password", "=", "1" }, { "password", "=", "1" } },
	{ { "***", "17" }, { "***", "17" } }, { { "mcp_open", "_streams 3" }, { "mcp_open", "_streams 3" } },
};

START_TEST(what_a_query_cut_is_hidden_in_each_of_its_parts)
{
	struct arena *arena = arena_create();
	const char *values[CUT] = { NULL };
	int64_t count = 0;

	for (; count < CUT && rows[_i].values[count]; count++)
		values[count] = mask_text(arena, rows[_i].values[count]);
	mask_row(arena, values, count);
	for (int64_t i = 0; i < count; i++)
		ck_assert_str_eq(values[i], rows[_i].masked[i]);
	arena_destroy(arena);
}
END_TEST

/* ---- Time ---- */

static const char *const repeated[] = {
	"a", ":", "=", "-", "key:", "key: ", "password=\\", "password=\"", "\"", "\\", "\\\"", "://", "://a:", "://a:1@", "@", "://a ", "eyJ", "eyJ.",
	"eyJ.eyJ.", "eyJa.", "Bearer ", "bearer", "AKIA ", "mcp_", "mcp_a.", "-----BEGIN ", "-----BEGIN PRIVATE KEY", "arn:aws", "arn:aws ", "token", "\x01",
	"key:\x1b[1", "key:\\u001b[1;", "\x1b[0m", "key\x1b[0m=", "<key>", "<key>a", "key>", "--key", "--key ", "--", "%3D", "key%3D", "key%3D%22", "key:\\u0022", "value:",
	"key\",\"value\":", "&quot;", "key:&quot;", "\"]", "1=", "key1=", "Basic ", "Basic a+",
	"AKIAIOSFODNN7EXAMPLE,", "xoxb-", "xoxb-1", "npm_", "sk_live_a", "key: |\n", "key: |\n  a\n", "key: |\\n", "key: |\\n  ", "- - key: |\n", " ", "\n", "\u200b", "a\u200b",
	"\u200ba\x01", "Basic dXNl", "Basic YTpi ", "-----BEGIN PRIVATE KEY-----\n",
	"\u202e", "password:\"\\", "key=>", "IQoJb3JpZ2lu", "IQoJb3JpZ2lu ", "Authorization: ", "://a:b/",
	"{\"time\":\"2026-11-28T18:00:00.000Z\",\"level\":\"info\",\"id\":\"01J9\",\"method\":\"tools/call\",\"status\":200,\"ms\":1.234}\n",
};

/* Of this thread alone: others may be busy. */
static int64_t own_us(void)
{
	struct timespec at;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
	return at.tv_sec * INT64_C(1000000) + at.tv_nsec / 1000;
}

static int64_t time_of(const char *piece, size_t size, int times)
{
	struct arena *arena = arena_create();
	char *text = arena_alloc(arena, size + 1);
	int64_t least = INT64_MAX;

	for (size_t at = 0, length = strlen(piece); at < size; at++)
		text[at] = piece[at % length];
	for (int i = 0; i < times; i++) {
		struct arena *own = arena_create();
		int64_t began = own_us();
		mask_text(own, text);
		int64_t took = own_us() - began;
		least = took < least ? took : least;
		arena_destroy(own);
	}
	arena_destroy(arena);
	return least;
}

#define SMALL (4 * 1024)
#define TIMES 32
#define LARGE (TIMES * SMALL)           /* bytes: if time grew by the square, that would be 1,024 times as long */
#define SLACK_US 5000                   /* that else happens to a thread */

START_TEST(time_grows_as_the_text_does)
{
	int64_t small = time_of(repeated[_i], SMALL, 3), large = time_of(repeated[_i], LARGE, 1);

	if (getenv("MASK_TIMES"))
		printf("%8lld us %d KiB of \"%.12s\"\n", (long long)large, LARGE / 1024, repeated[_i]);
	ck_assert_msg(large < 3 * TIMES * small + SLACK_US, "\"%s\": %lld us, and %d times as much %lld us", repeated[_i], (long long)small,
	              TIMES, (long long)large);
}
END_TEST

/* ---- All of an answer ---- */

struct part { const char *name; };
struct whole {
	const char *text, *nextToken;
	const char **texts;
	int64_t texts_count;
	struct part *parts;
	int64_t parts_count;
	struct part *nest;
};
static SHAPE(part_shape, struct part, PARAM(struct part, name));
static SHAPE(whole_shape, struct whole,
	PARAM(struct whole, text), PARAM(struct whole, nextToken), TEXTS(struct whole, texts, texts_count, NULL),
	LIST(struct whole, parts, parts_count, struct part, part_shape, NULL), NEST(struct whole, nest, struct part, part_shape, NULL));

START_TEST(every_text_of_an_answer_is_masked_but_what_goes_back)
{
	struct arena *arena = arena_create();
	const char *texts[] = { "a", "pwd=b" };
	struct part parts[] = { { "pwd=c" }, { NULL } }, nest = { "pwd=d" };
	struct whole whole = { "pwd=a", "pwd=a", texts, 2, parts, 2, &nest };

	mask_all(arena, whole_shape, &whole);
	ck_assert_str_eq(whole.text, "pwd=***");
	ck_assert_str_eq(whole.nextToken, "pwd=a");
	ck_assert_str_eq(texts[0], "a");
	ck_assert_str_eq(texts[1], "pwd=***");
	ck_assert_str_eq(parts[0].name, "pwd=***");
	ck_assert_ptr_null(parts[1].name);
	ck_assert_str_eq(nest.name, "pwd=***");
	arena_destroy(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mask");
	TCase *tests = tcase_create("mask");

	tcase_add_loop_test(tests, a_secret_is_hidden, 0, COUNT(hidden));
	tcase_add_loop_test(tests, what_is_none_stays, 0, COUNT(stays));
	tcase_add_loop_test(tests, what_a_query_cut_is_hidden_in_each_of_its_parts, 0, COUNT(rows));
	tcase_add_loop_test(tests, time_grows_as_the_text_does, 0, COUNT(repeated));
	tcase_add_test(tests, every_text_of_an_answer_is_masked_but_what_goes_back);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
