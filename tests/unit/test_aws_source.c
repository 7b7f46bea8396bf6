/* test_aws_source.c - which credentials are configured, and those of each source, by a world of the test's own. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder.h"
#include "charged.h"
#include "clock.h"
#include "container_url.h"
#include "credential_get.h"
#include "process_output.h"
#include "profile_endpoints.h"
#include "sha1.h"
#include "suite.h"

#define VARIABLES_MAX 8
#define LIFE_MS INT64_C(3600000)

static struct arena *arena;
static const char *variables[VARIABLES_MAX + 1];        /* NAME=VALUE */
static char home[] = "/tmp/aws_source.XXXXXX";

static const char *variable(const char *name)
{
	for (const char **each = variables; *each; each++)
		if (str_starts(str_of(*each), name) && (*each)[strlen(name)] == '=')
			return *each + strlen(name) + 1;
	return NULL;
}

/* ---- What is asked, and answered ---- */

#define ANSWERS_MAX 8
static struct { int status; const char *body; } answers[ANSWERS_MAX];
static struct { size_t count, pauses; char text[8192]; } asked;

static void fetch(UNUSED void *of, struct arena *into, const struct credential_call *call, struct aws_answer *answer, const char **why)
{
	ck_assert_uint_lt(asked.count, ANSWERS_MAX);
	size_t used = strlen(asked.text);
	used += (size_t)snprintf(asked.text + used, sizeof(asked.text) - used, "%s %s %.*s\n", call->method, call->url, STR_FORMAT(call->body));
	for (const char *const *line = call->headers; *line; line++)
		used += (size_t)snprintf(asked.text + used, sizeof(asked.text) - used, "%s\n", *line);
	ck_assert_int_gt(call->total_ms, 0);
	answer->status = answers[asked.count].status;
	if (answer->status)
		answer->body = str_of(arena_copy(into, str_of(answers[asked.count].body)));
	else
		*why = "nobody listens there";
	asked.count++;
}

static bool pause_a_little(UNUSED void *of, UNUSED int64_t ms)
{
	asked.pauses++;
	return true;
}

static const struct credential_means means = { .variable = variable, .home = home, .fetch = fetch, .pause = pause_a_little };

static void put_file(const char *name, const char *text)
{
	FILE *file = fopen(arena_print(arena, "%s/%s", home, name), "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void set_up(void)
{
	arena = arena_create_secret();
	strcpy(home, "/tmp/aws_source.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(home));
	mkdir(arena_print(arena, "%s/sso", home), 0700);
	mkdir(arena_print(arena, "%s/sso/cache", home), 0700);
	memset(variables, 0, sizeof(variables));
	memset(answers, 0, sizeof(answers));
	memset(&asked, 0, sizeof(asked));
}

static void tear_down(void)
{
	ck_assert_int_eq(system(arena_print(arena, "rm -rf %s", home)), 0);
	arena_destroy(arena);
}

/* ---- Which it is ---- */

#define KEYS "aws_access_key_id = AKIA\naws_secret_access_key = s\n"
#define BASE "[profile base]\n" KEYS
#define RELATIVE "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/x"
#define FULL "AWS_CONTAINER_CREDENTIALS_FULL_URI="
#define ROLE "role_arn = arn:aws:iam::1:role/r\n"

static const struct {
	const char *config;
	const char *set[4];
	enum credential_kind kind;
	const char *where;              /* or, where it begins with !, what is wrong */
} sources[] = {
	{ "[default]\n" KEYS, { "AWS_ACCESS_KEY_ID=A", "AWS_SECRET_ACCESS_KEY=b", RELATIVE }, CREDENTIALS_OF_KEYS, "AWS_ACCESS_KEY_ID" },
	{ "", { "AWS_ACCESS_KEY_ID=A", RELATIVE }, 0, "!AWS_ACCESS_KEY_ID: its secret access key is missing" },
	{ "", { "AWS_SECRET_ACCESS_KEY=b", RELATIVE }, 0, "!its access key id is missing" },
	{ "", { "AWS_ACCESS_KEY_ID=A", "AWS_SECRET_ACCESS_KEY=b c" }, 0, "!has a blank" },
	{ "[default]\n" KEYS, { RELATIVE }, CREDENTIALS_OF_KEYS, "the profile default" },
	{ "[default]\naws_access_key_id = A\n", { RELATIVE }, 0, "!its secret access key is missing" },
	{ "[default]\nregion = x\n", { RELATIVE }, CREDENTIALS_OF_CONTAINER, "the container's credentials" },
	{ "", { RELATIVE, FULL "http://10.0.0.1/" }, CREDENTIALS_OF_CONTAINER, "the container's credentials" },
	{ "", { "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=.evil.example/" }, 0, "!does not begin with a slash" },
	{ "", { "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/@evil" }, 0, "!RELATIVE_URI: it is no URL" },
	{ "", { FULL "http://169.254.170.23/v1/credentials" }, CREDENTIALS_OF_CONTAINER, "the container's credentials" },
	{ "", { FULL "http://10.0.0.1/" }, 0, "!FULL_URI: it must begin with https://" },
	{ "", { 0 }, CREDENTIALS_OF_INSTANCE, "the instance's role" },
	{ "", { "AWS_EC2_METADATA_DISABLED=true" }, 0, "!no credentials are configured" },
	{ "", { "AWS_EC2_METADATA_DISABLED=TRUE" }, 0, "!no credentials are configured" },
	{ "", { "AWS_PROFILE=shop", RELATIVE }, 0, "!there is no profile shop" },
	{ "[profile shop]\nregion = x\n", { "AWS_PROFILE=shop", RELATIVE }, 0, "!the profile shop has no credentials" },
	{ "[profile shop]\n" KEYS, { "AWS_PROFILE=shop", RELATIVE }, CREDENTIALS_OF_KEYS, "the profile shop" },
	{ "[profile shop]\n" KEYS, { "AWS_PROFILE=", "AWS_DEFAULT_PROFILE=shop" }, CREDENTIALS_OF_KEYS, "the profile shop" },
	{ "[default]\ncredential_process = x\n", { RELATIVE }, CREDENTIALS_OF_PROCESS, "the profile default" },
	{ "[default]\ncredential_process = x\n" KEYS, { 0 }, CREDENTIALS_OF_KEYS, "the profile default" },
	{ "[default]\nlogin_session = x\n", { RELATIVE }, 0, "!is one of aws login" },
	{ BASE "[default]\n" ROLE "source_profile = base\n", { RELATIVE }, CREDENTIALS_OF_ROLE, "the profile default" },
	{ "[default]\n" ROLE "source_profile = default\n" KEYS, { 0 }, CREDENTIALS_OF_ROLE, "the profile default" },
	{ "[default]\n" ROLE "source_profile = gone\n", { 0 }, 0, "!there is no profile gone" },
	{ "[default]\n" ROLE, { 0 }, 0, "!needs one of source_profile and credential_source" },
	{ BASE "[default]\n" ROLE "source_profile = base\ncredential_source = Environment\n", { 0 }, 0, "!needs one of" },
	{ "[default]\n" ROLE "credential_source = EcsContainer\n", { RELATIVE }, CREDENTIALS_OF_ROLE, "the profile default" },
	{ "[default]\n" ROLE "credential_source = EcsContainer\n", { 0 }, 0, "!that is not there" },
	{ "[default]\n" ROLE "credential_source = Ec2InstanceMetadata\n", { 0 }, CREDENTIALS_OF_ROLE, "the profile default" },
	{ "[default]\n" ROLE "credential_source = Environment\n", { 0 }, 0, "!its access key id is missing" },
	{ "[default]\n" ROLE "credential_source = Elsewhere\n", { 0 }, 0, "!that nobody knows" },
	{ BASE "[default]\nrole_arn = role\nsource_profile = base\n", { 0 }, 0, "!a role_arn that is none" },
	{ BASE "[default]\n" ROLE "source_profile = base\nmfa_serial = m\n", { 0 }, 0, "!mfa_serial" },
	{ BASE "[default]\n" ROLE "source_profile = base\nduration_seconds = 899\n", { 0 }, 0, "!from 900 to 43200" },
	{ BASE "[default]\n" ROLE "source_profile = base\nduration_seconds = 43201\n", { 0 }, 0, "!from 900 to 43200" },
	{ BASE "[default]\n" ROLE "source_profile = base\nduration_seconds = 900\n", { 0 }, CREDENTIALS_OF_ROLE, "the profile default" },
	{ "[profile a]\n" ROLE "source_profile = b\n[profile b]\n" ROLE "source_profile = a\n", { "AWS_PROFILE=a" }, 0, "!or of itself" },
	{ "[default]\n" ROLE "web_identity_token_file = /t\n", { RELATIVE }, CREDENTIALS_OF_WEB_IDENTITY, "the profile default" },
	{ "[default]\nweb_identity_token_file = /t\n", { 0 }, 0, "!there is no role" },
	{ "", { "AWS_WEB_IDENTITY_TOKEN_FILE=/t", "AWS_ROLE_ARN=arn:aws:iam::1:role/r", RELATIVE }, CREDENTIALS_OF_WEB_IDENTITY, "AWS_WEB_IDENTITY_TOKEN_FILE" },
	{ "", { "AWS_WEB_IDENTITY_TOKEN_FILE=/t", RELATIVE }, 0, "!there is no role" },
	{ "[sso-session s]\nsso_region = r\nsso_start_url = u\n[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = n\n", { 0 },
	  CREDENTIALS_OF_SSO, "the profile default" },
	{ "[default]\nsso_region = r\nsso_start_url = u\nsso_account_id = 1\nsso_role_name = n\n", { 0 }, CREDENTIALS_OF_SSO, "the profile default" },
	{ "[default]\nsso_session = s\nsso_region = r\nsso_start_url = u\nsso_account_id = 1\nsso_role_name = n\n", { 0 }, 0, "!lacks one of" },
	{ "[default]\nregion\n", { RELATIVE }, 0, "!AWS's config file, line 2" },
};

START_TEST(the_first_that_is_configured_is_the_one)
{
	const char *wrong = NULL, *expected = sources[_i].where;
	struct credential_places places = { variable, profiles_read(arena, str_of(sources[_i].config), STR(""), &wrong), home };
	struct credential_source source;

	memcpy(variables, sources[_i].set, sizeof(sources[_i].set));
	if (places.profiles)
		wrong = credential_source_choose(arena, &places, &source);
	if (expected[0] == '!') {
		ck_assert_msg(wrong && strstr(wrong, expected + 1), "%s", wrong ? wrong : "nothing");
		return;
	}
	ck_assert_pstr_eq(wrong, NULL);
	ck_assert_int_eq(source.kind, sources[_i].kind);
	ck_assert_str_eq(source.where, expected);
}
END_TEST

static const struct { const char *url; bool fine; } urls[] = {
	{ "http://127.0.0.1:1338/a?b=c", true }, { "http://127.9.9.9/", true }, { "http://localhost/", true }, { "http://[::1]:80/", true },
	{ "http://[fd00:ec2::23]/v1", true }, { "http://169.254.170.2/x", true }, { "https://any.example/x", true },
	{ "http://169.254.169.254/", false }, { "http://127.0.0.1.evil.example/", false }, { "http://127.1/", false },
	{ "http://127.0.0.1@evil.example/", false }, { "http://[::2]/", false }, { "http://[::1", false }, { "http://", false },
	{ "http:///x", false }, { "ftp://127.0.0.1/", false }, { "127.0.0.1", false }, { "http://127.0.0.1\r\n/", false },
	{ "http://[::1]evil.example/", false }, { "https://", false }, { "http://127.0.0.1\\evil/", false }, { "https://a#b", false },
	{ "http://127.0.0.1", true },
};

START_TEST(a_token_goes_no_farther_than_this_machine)
{
	ck_assert((container_url_check(urls[_i].url) == NULL) == urls[_i].fine);
}
END_TEST

START_TEST(the_region_is_that_of_the_environment_or_the_profile)
{
	const char *wrong;
	struct credential_places places = {
		variable, profiles_read(arena, STR("[default]\nregion = c\n[profile p]\nregion = d\n"), STR(""), &wrong), NULL
	};

	ck_assert_str_eq(credential_region(arena, &places), "c");
	variables[0] = "AWS_PROFILE=p";
	ck_assert_str_eq(credential_region(arena, &places), "d");
	variables[1] = "AWS_DEFAULT_REGION=b";
	ck_assert_str_eq(credential_region(arena, &places), "b");
	variables[2] = "AWS_REGION=a";
	ck_assert_str_eq(credential_region(arena, &places), "a");
	memset(variables, 0, sizeof(variables));
	places.profiles = profiles_read(arena, STR(""), STR(""), &wrong);
	ck_assert_ptr_null(credential_region(arena, &places));
}
END_TEST

/* ---- Getting them ---- */

static const char *in_an_hour(void)
{
	char *text = arena_alloc(arena, TIME_TEXT_SIZE);

	time_print((now_ms() + LIFE_MS) / 1000 * 1000, text);
	return text;
}

static const char *json_answer(const char *token_name)
{
	return arena_print(arena, "{\"Code\":\"Success\",\"Version\":1,\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"SECRET\",\"%s\":\"tok\","
	                   "\"Expiration\":\"%s\"}", token_name, in_an_hour());
}

static const char *xml_answer(const char *action)
{
	return arena_print(arena, "<%sResponse><%sResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>SECRET</SecretAccessKey>"
		"<SessionToken>tok</SessionToken><Expiration>%s</Expiration></Credentials></%sResult></%sResponse>", action, action,
		in_an_hour(), action, action);
}

static void check_got(const char *where)
{
	struct identity *identity = NULL;
	const char *from = NULL, *wrong = credential_get(arena, &means, &identity, &from);

	ck_assert_pstr_eq(wrong, NULL);
	ck_assert_str_eq(from, where);
	ck_assert(str_is(identity_key_id(identity), "ASIA") && str_is(identity_token(identity), "tok"));
	ck_assert_int_gt(identity_expires_at_ms(identity), now_ms());
	identity_drop(identity);
}

static void check_refused(const char *words)
{
	struct identity *identity = NULL;
	const char *from, *wrong = credential_get(arena, &means, &identity, &from);

	ck_assert_ptr_null(identity);
	ck_assert_msg(wrong && strstr(wrong, words), "%s", wrong ? wrong : "nothing");
	ck_assert_ptr_null(strstr(wrong, "SECRET"));
}

START_TEST(a_container_is_asked_three_times)
{
	variables[0] = RELATIVE;
	answers[1].status = 503;
	answers[1].body = "";
	answers[2].status = 200;
	answers[2].body = json_answer("Token");
	check_got("the container's credentials");
	ck_assert_uint_eq(asked.pauses, 2);
	ck_assert_str_eq(asked.text, "GET http://169.254.170.2/v2/x \nAccept: application/json\nGET http://169.254.170.2/v2/x \nAccept: application/json\n"
	                             "GET http://169.254.170.2/v2/x \nAccept: application/json\n");
	tear_down();
	set_up();
	variables[0] = RELATIVE;
	check_refused("the container's credentials: it can't be reached: nobody listens there");
	ck_assert_uint_eq(asked.count, 3);
	memset(&asked, 0, sizeof(asked));
	answers[0].status = 403;
	answers[0].body = "{\"code\":\"AccessDenied\",\"message\":\"no\"}";
	check_refused("it answers AccessDenied: no");
	ck_assert_uint_eq(asked.count, 1);
}
END_TEST

START_TEST(a_container_s_token_is_read_each_time)
{
	put_file("token", "first\r\n");
	variables[0] = FULL "http://127.0.0.1:1/c";
	variables[1] = arena_print(arena, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=%s/token", home);
	variables[2] = "AWS_CONTAINER_AUTHORIZATION_TOKEN=other";
	answers[0].status = answers[1].status = 200;
	answers[0].body = answers[1].body = json_answer("Token");
	check_got("the container's credentials");
	ck_assert_ptr_nonnull(strstr(asked.text, "\nAuthorization: first\n"));
	put_file("token", "second");
	check_got("the container's credentials");
	ck_assert_ptr_nonnull(strstr(asked.text, "\nAuthorization: second\n"));
	put_file("token", "a\r\nHost: b");
	check_refused("it holds no token");
	put_file("token", "");
	check_refused("it holds no token");
	variables[1] = arena_print(arena, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=%s/gone", home);
	check_refused("there is no file");
	variables[1] = "AWS_CONTAINER_AUTHORIZATION_TOKEN=a\nb";
	variables[2] = NULL;
	check_refused("is no token");
	ck_assert_uint_eq(asked.count, 2);
}
END_TEST

START_TEST(an_instance_is_asked_with_a_token)
{
	answers[0].status = answers[1].status = answers[2].status = 200;
	answers[0].body = "IMDSTOKEN";
	answers[1].body = "my-role+x\nother\n";
	answers[2].body = json_answer("Token");
	check_got("the instance's role");
	ck_assert_str_eq(asked.text,
		"PUT http://169.254.169.254/latest/api/token \nX-aws-ec2-metadata-token-ttl-seconds: 21600\n"
		"GET http://169.254.169.254/latest/meta-data/iam/security-credentials/ \nX-aws-ec2-metadata-token: IMDSTOKEN\n"
		"GET http://169.254.169.254/latest/meta-data/iam/security-credentials/my-role%2Bx \nX-aws-ec2-metadata-token: IMDSTOKEN\n");
	memset(&asked, 0, sizeof(asked));
	answers[1].status = 404;
	answers[1].body = "";
	check_refused("the instance has no role: it answers 404");
	memset(&asked, 0, sizeof(asked));
	answers[0].body = "a\nb";
	check_refused("gives no token");
	memset(&asked, 0, sizeof(asked));
	answers[0].status = 0;
	check_refused("no credentials are configured, and this is no instance of EC2 with a role (it can't be reached");
	memset(&asked, 0, sizeof(asked));
	answers[0].status = 403;
	answers[0].body = "";
	check_refused("(it answers 403): set AWS_PROFILE, or AWS_ACCESS_KEY_ID and its secret");
	ck_assert_uint_eq(asked.count, 1);
}
END_TEST

START_TEST(a_role_is_taken_by_way_of_another)
{
	put_file("config", BASE "[profile middle]\nrole_arn = arn:aws:iam::1:role/m\nsource_profile = base\nregion = eu-west-1\n"
		"[default]\nrole_arn = arn:aws:iam::2:role/r\nsource_profile = middle\nregion = cn-north-1\nexternal_id = a b\n"
		"duration_seconds = 900\nrole_session_name = me\n");
	answers[0].status = answers[1].status = 200;
	answers[0].body = answers[1].body = xml_answer("AssumeRole");
	check_got("the profile default");
	ck_assert_uint_eq(asked.count, 2);
	ck_assert_ptr_nonnull(strstr(asked.text, "POST https://sts.eu-west-1.amazonaws.com/ Action=AssumeRole&Version=2011-06-15&"
		"RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fm&RoleSessionName=mcp-server&DurationSeconds=3600\n"));
	ck_assert_ptr_nonnull(strstr(asked.text, "POST https://sts.cn-north-1.amazonaws.com.cn/ Action=AssumeRole&Version=2011-06-15&ExternalId=a%20b&"
		"RoleArn=arn%3Aaws%3Aiam%3A%3A2%3Arole%2Fr&RoleSessionName=me&DurationSeconds=900\n"));
	ck_assert_ptr_nonnull(strstr(asked.text, "Credential=AKIA/"));
	ck_assert_ptr_nonnull(strstr(asked.text, "Credential=ASIA/"));
	memset(&asked, 0, sizeof(asked));
	answers[1].status = 403;
	answers[1].body = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>";
	check_refused("the profile default: it answers AccessDenied: not you");
	memset(&asked, 0, sizeof(asked));
	answers[0].status = 403;
	answers[0].body = answers[1].body;
	check_refused("the profile default: by way of the profile middle: it answers AccessDenied: not you");
	put_file("config", BASE "[default]\n" ROLE "source_profile = base\n");
	check_refused("the profile default: it is not said which region");
}
END_TEST

START_TEST(a_web_identity_is_not_signed)
{
	put_file("token", "ey.J.x\n");
	variables[0] = arena_print(arena, "AWS_WEB_IDENTITY_TOKEN_FILE=%s/token", home);
	variables[1] = "AWS_ROLE_ARN=arn:aws:iam::1:role/r";
	variables[2] = "AWS_REGION=eu-west-1";
	variables[3] = "AWS_ENDPOINT_URL_STS=http://127.0.0.1:9";
	answers[0].status = 200;
	answers[0].body = xml_answer("AssumeRoleWithWebIdentity");
	check_got("AWS_WEB_IDENTITY_TOKEN_FILE");
	ck_assert_ptr_nonnull(strstr(asked.text, "POST http://127.0.0.1:9/ Action=AssumeRoleWithWebIdentity&Version=2011-06-15&WebIdentityToken=ey.J.x&RoleArn="));
	ck_assert_ptr_null(strstr(asked.text, "Authorization"));
}
END_TEST

START_TEST(a_sign_in_is_found_by_its_name)
{
	char name[SHA1_TEXT_SIZE];
	const char *file;

	sha1_print(STR("shop"), name);
	ck_assert_str_eq(name, "5042d146667518a1a5017644946b8650aafca44c");
	file = arena_print(arena, "sso/cache/%s.json", name);
	put_file("config", "[sso-session shop]\nsso_region = eu-west-1\nsso_start_url = u\n[default]\nsso_session = shop\nsso_account_id = 1\nsso_role_name = a b\n");
	check_refused("the profile default: nobody is signed in: sign in by: aws sso login");
	put_file(file, arena_print(arena, "{\"accessToken\":\"bearer\",\"expiresAt\":\"2020-01-01T00:00:00Z\"}"));
	check_refused("the sign-in has expired");
	put_file(file, arena_print(arena, "{\"accessToken\":\"bearer\",\"expiresAt\":\"%s\"}", in_an_hour()));
	answers[0].status = 200;
	answers[0].body = arena_print(arena, "{\"roleCredentials\":{\"accessKeyId\":\"ASIA\",\"secretAccessKey\":\"SECRET\",\"sessionToken\":\"tok\",\"expiration\":%lld}}",
	                              (long long)(now_ms() + LIFE_MS));
	check_got("the profile default");
	ck_assert_str_eq(asked.text, "GET https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?role_name=a%20b&account_id=1 \n"
	                             "x-amz-sso_bearer_token: bearer\n");
	memset(&asked, 0, sizeof(asked));
	answers[0].status = 401;
	answers[0].body = "{\"message\":\"Session token not found or invalid\"}";
	check_refused("the sign-in is not taken any more");
}
END_TEST

/* ---- Processes ---- */

static void put_script(const char *text)
{
	const char *path = arena_print(arena, "%s/give it", home);

	put_file("give it", arena_print(arena, "#!/bin/sh\n%s\n", text));
	ck_assert_int_eq(chmod(path, 0700), 0);
	put_file("config", arena_print(arena, "[default]\ncredential_process = \"%s\" 'a b' c\\ d\n", path));
}

START_TEST(a_process_is_run_without_a_shell)
{
	put_script(arena_print(arena, "[ \"$1/$2/$#\" = 'a b/c d/2' ] && echo '%s'; echo SECRET >&2", json_answer("SessionToken")));
	check_got("the profile default");
	put_script("echo SECRET; exit 3");
	check_refused("the profile default: its credential_process: it ended with status 3");
	put_script("kill -9 $$");
	check_refused("signal 9 ended it");
	put_script("echo SECRET");
	check_refused("it is no such answer");
	put_script("head -c 70000 /dev/zero");
	check_refused("it writes too much");
	put_file("config", "[default]\ncredential_process = /nobody/here\n");
	check_refused("it can't be run: No such file or directory");
	put_file("config", "[default]\ncredential_process = \"x\n");
	check_refused("it is no command");
	put_file("config", "[default]\ncredential_process = echo {} ; touch /tmp/never\n");
	check_refused("Version");
}
END_TEST

/* Sockets to others among them. */
START_TEST(a_process_has_no_file_of_ours)
{
	struct process_bounds bounds = { 1000, 20000, NULL };
	int file = open("/dev/null", O_RDONLY);
	str output = { 0 };

	ck_assert_int_ge(file, 3);
	const char *command = arena_print(arena, "sh -c 'test -e /proc/self/fd/1 && ! test -e /proc/self/fd/%d'", file);
	ck_assert_ptr_null(process_output(arena, command, &bounds, &output));
	close(file);
}
END_TEST

START_TEST(a_process_that_does_not_end_is_ended_with_all_it_began)
{
	static atomic_bool give_up;
	struct process_bounds bounds = { 100, 150, NULL };
	str output;
	const char *mark = arena_print(arena, "%s/mark", home);
	int64_t began = tick_ms();

	ck_assert_str_eq(process_output(arena, "sleep 100", &bounds, &output), "it did not end in time");
	/* A child of its own has the output. */
	const char *command = arena_print(arena, "sh -c 'sleep 100 & echo $! >%s'", mark);
	ck_assert_str_eq(process_output(arena, command, &bounds, &output), "it did not end in time");
	/* It has closed its output. */
	ck_assert_str_eq(process_output(arena, "sh -c 'exec >&-; exec sleep 100'", &bounds, &output), "it did not end in time");
	atomic_store(&give_up, true);
	bounds = (struct process_bounds) { 100, 100000, &give_up };
	ck_assert_str_eq(process_output(arena, "sleep 100", &bounds, &output), "it did not end in time");
	ck_assert_int_lt(tick_ms() - began, 50000);
	/* Nobody is left of them: what is killed may be waited for by somebody else. */
	FILE *file = fopen(mark, "r");
	int id = 0;
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fscanf(file, "%d", &id), 1);
	fclose(file);
	char state = 'Z';
	const char *path = arena_print(arena, "/proc/%d/stat", id);
	if ((file = fopen(path, "r"))) {
		ck_assert_int_eq(fscanf(file, "%*d %*s %c", &state), 1);
		fclose(file);
	}
	ck_assert(state == 'Z' || state == 'X' || state == 'R' || state == 'D');
}
END_TEST

static const struct { const char *command, *words; } commands[] = {
	{ "a b", "a|b|" }, { "  a\t b \n", "a|b|" }, { "\"a b\" 'c d'", "a b|c d|" }, { "a\\ b", "a b|" }, { "'a\\b'", "a\\b|" },
	{ "\"a\\\"b\"", "a\"b|" }, { "\"a\\b\"", "a\\b|" }, { "a'b'\"c\"d", "abcd|" }, { "''", "|" }, { "a '' b", "a||b|" },
	{ "a;b $(c) `d` |", "a;b|$(c)|`d`|||" }, { "\"a", NULL }, { "'a", NULL }, { "", NULL }, { "  ", NULL }, { "a\\", "a\\|" },
};

START_TEST(a_command_has_these_words)
{
	char **words = process_words(arena, commands[_i].command);
	struct builder all = builder_begin(arena, 16);

	ck_assert((words == NULL) == (commands[_i].words == NULL));
	for (; words && *words; words++) {
		builder_put(&all, str_of(*words));
		builder_put(&all, STR("|"));
	}
	if (commands[_i].words)
		ck_assert_str_eq(builder_end(&all), commands[_i].words);
}
END_TEST

/* ---- Files ---- */

START_TEST(files_are_where_the_environment_says)
{
	put_file("other", "[default]\n" KEYS);
	answers[0].status = 500;
	answers[0].body = "";
	check_refused("no credentials are configured");
	variables[0] = arena_print(arena, "AWS_SHARED_CREDENTIALS_FILE=%s/other", home);
	struct identity *identity = NULL;
	const char *where;
	ck_assert_pstr_eq(credential_get(arena, &means, &identity, &where), NULL);
	ck_assert(str_is(identity_key_id(identity), "AKIA") && !identity_token(identity).at);
	ck_assert_int_eq(identity_expires_at_ms(identity), 0);
	identity_drop(identity);
	variables[0] = arena_print(arena, "AWS_SHARED_CREDENTIALS_FILE=%s", home);
	check_refused("it is no file");
}
END_TEST

START_TEST(what_has_expired_is_not_taken)
{
	variables[0] = RELATIVE;
	answers[0].status = 200;
	answers[0].body = "{\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"SECRET\",\"Expiration\":\"2020-01-01T00:00:00Z\"}";
	check_refused("what it gives out has expired");
}
END_TEST

/* ---- Where AWS is reached ---- */

static const struct profile_endpoints *of_profile;

static const char *with_profile(const char *name)
{
	const char *value = variable(name);

	return value ? value : profile_endpoints_value(of_profile, variable, name);
}

#define SERVICES "services = here\n[services here]\necs =\n  endpoint_url = http://ecs\nCost_Explorer =\n  other = 1\n  endpoint_url = http://ce\nrds =\n" \
	"endpoint_url = http://outside\n[services there]\nlogs =\n  endpoint_url = http://there\n"
#define OF_AWS "https://ecs.eu-central-1.amazonaws.com"

static const struct { const char *profile; enum aws_action action; const char *environment, *url; } reached[] = {
	{ "", ECS_LIST_TASKS, NULL, OF_AWS }, { "endpoint_url = http://all\n", ECS_LIST_TASKS, NULL, "http://all" },
	{ "endpoint_url = http://all\n" SERVICES, ECS_LIST_TASKS, NULL, "http://ecs" }, { SERVICES, COSTS_GET_FORECAST, NULL, "http://ce" },
	{ "endpoint_url = http://all\n" SERVICES, RDS_DESCRIBE_EVENTS, NULL, "http://all" },
	{ "endpoint_url = http://all\n" SERVICES, LOGS_START_QUERY, NULL, "http://all" },
	{ "services = nowhere\nendpoint_url = http://all\n", ECS_LIST_TASKS, NULL, "http://all" },
	/* What the environment has goes before all of it. */
	{ "endpoint_url = http://all\n" SERVICES, ECS_LIST_TASKS, "AWS_ENDPOINT_URL=http://set", "http://set" },
	{ "endpoint_url = http://all\n" SERVICES, ECS_LIST_TASKS, "AWS_ENDPOINT_URL_ECS=http://set", "http://set" },
	{ "endpoint_url = http://all\n" SERVICES, ECS_LIST_TASKS, "AWS_ENDPOINT_URL_RDS=http://set", "http://ecs" },
	/* None of it counts. */
	{ "endpoint_url = http://all\n" SERVICES, ECS_LIST_TASKS, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true", OF_AWS },
	{ "ignore_configured_endpoint_urls = true\nendpoint_url = http://all\n" SERVICES, ECS_LIST_TASKS, NULL, OF_AWS },
	{ "ignore_configured_endpoint_urls = true\n", ECS_LIST_TASKS, "AWS_ENDPOINT_URL=http://set", OF_AWS },
	{ "ignore_configured_endpoint_urls = true\nendpoint_url = http://all\n", ECS_LIST_TASKS, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false", "http://all" },
};

START_TEST(aws_is_reached_where_environment_and_profile_say)
{
	struct credential_places places;
	struct aws_endpoint endpoint;

	put_file("config", arena_print(arena, "[profile shop]\n%s", reached[_i].profile));
	variables[0] = "AWS_PROFILE=shop";
	variables[1] = reached[_i].environment;
	ck_assert_pstr_eq(credential_places_read(arena, variable, home, &places), NULL);
	of_profile = profile_endpoints_read(arena, &places);
	ck_assert_pstr_eq(aws_endpoint_find(arena, &aws_operations[reached[_i].action], "eu-central-1", with_profile, &endpoint), NULL);
	ck_assert_str_eq(endpoint.url, reached[_i].url);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("aws_source");
	TCase *cases = tcase_create("source");
	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_set_timeout(cases, 60);
	tcase_add_loop_test(cases, the_first_that_is_configured_is_the_one, 0, COUNT(sources));
	tcase_add_loop_test(cases, a_token_goes_no_farther_than_this_machine, 0, COUNT(urls));
	tcase_add_test(cases, the_region_is_that_of_the_environment_or_the_profile);
	tcase_add_loop_test(cases, aws_is_reached_where_environment_and_profile_say, 0, COUNT(reached));
	tcase_add_test(cases, a_container_is_asked_three_times);
	tcase_add_test(cases, a_container_s_token_is_read_each_time);
	tcase_add_test(cases, an_instance_is_asked_with_a_token);
	tcase_add_test(cases, a_role_is_taken_by_way_of_another);
	tcase_add_test(cases, a_web_identity_is_not_signed);
	tcase_add_test(cases, a_sign_in_is_found_by_its_name);
	tcase_add_test(cases, a_process_is_run_without_a_shell);
	tcase_add_test(cases, a_process_has_no_file_of_ours);
	tcase_add_test(cases, a_process_that_does_not_end_is_ended_with_all_it_began);
	tcase_add_loop_test(cases, a_command_has_these_words, 0, COUNT(commands));
	tcase_add_test(cases, files_are_where_the_environment_says);
	tcase_add_test(cases, what_has_expired_is_not_taken);
	suite_add_tcase(suite, cases);
	return run_suite(suite);
}
