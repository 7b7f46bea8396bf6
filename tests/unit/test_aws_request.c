/* test_aws_request.c - the operations of the table as requests, as botocore makes them; and where they go. */
#include <stdlib.h>

#include "aws_cases.h"
#include "builder.h"
#include "request.h"
#include "sign.h"
#include "suite.h"

static struct arena *arena;
static struct identity *identity;
static const char *variables[16];       /* NAME=VALUE */

static void set_up(void)
{
	arena = arena_create();
	identity = identity_create(&(struct identity_parts) { STR("AKIA"), STR("secret"), STR("token"), 0 });
	memset(variables, 0, sizeof(variables));
}

static void tear_down(void)
{
	arena_destroy(arena);
	identity_drop(identity);
}

static const char *variable(const char *name)
{
	for (const char **each = variables; *each; each++)
		if (str_starts(str_of(*each), name) && (*each)[strlen(name)] == '=')
			return *each + strlen(name) + 1;
	return NULL;
}

static const char *header(const struct aws_request *request, const char *name)
{
	for (const char *const *line = request->headers; *line; line++)
		if (str_starts(str_of(*line), name) && strncmp(*line + strlen(name), ": ", 2) == 0)
			return *line + strlen(name) + 2;
	return NULL;
}

#define NOW_MS INT64_C(1795896000000)   /* 2026-11-28T20:00:00Z */

static struct aws_request make(enum aws_action action, const char *region, str input)
{
	struct aws_endpoint endpoint;
	struct aws_request request;

	ck_assert_pstr_eq(aws_endpoint_find(arena, &aws_operations[action], region, variable, &endpoint), NULL);
	aws_request_make(arena, &aws_operations[action], &endpoint, identity, input, NOW_MS, &request);
	return request;
}

/* ---- As botocore makes them: see tests/aws/operations.py ---- */

enum { ENDPOINT, ACTION, REGION, URL, TARGET, TYPE, BODY, SIGNED_REGION, SIGNED_SERVICE };

static void check_row(enum aws_action action, yyjson_val *row)
{
	const struct aws_operation *operation = &aws_operations[action];
	struct aws_request request = make(action, arena_copy(arena, text_at(row, REGION)), STR(""));
	str target = text_at(row, TARGET), body = text_at(row, BODY);

	ck_assert(str_is(text_at(row, ENDPOINT), operation->service->endpoint));
	ck_assert(str_is(text_at(row, ACTION), operation->action));
	ck_assert_str_eq(request.method, "POST");
	ck_assert_str_eq(request.url, arena_copy(arena, text_at(row, URL)));
	ck_assert_pstr_eq(header(&request, "X-Amz-Target"), target.at ? arena_copy(arena, target) : NULL);
	ck_assert_str_eq(header(&request, "Content-Type"), arena_copy(arena, text_at(row, TYPE)));
	ck_assert(str_same(request.body, body.size > 0 ? body : STR("{}")));
	ck_assert_str_eq(request.url, arena_print(arena, "https://%s/", header(&request, "Host")));
	if (text_at(row, SIGNED_REGION).at)
		ck_assert_ptr_nonnull(strstr(header(&request, "Authorization"), arena_print(arena, " Credential=AKIA/20261128/%.*s/%.*s/aws4_request,",
			STR_FORMAT(text_at(row, SIGNED_REGION)), STR_FORMAT(text_at(row, SIGNED_SERVICE)))));
}

START_TEST(each_operation_is_what_botocore_sends)
{
	yyjson_val *rows = read_cases(arena, AWS_FILES "/operations.json"), *row;
	size_t at, count;

	ck_assert_uint_eq(yyjson_arr_size(rows), 3 * AWS_ACTIONS);
	yyjson_arr_foreach(rows, at, count, row)
		check_row((enum aws_action)(at / 3), row);
}
END_TEST

/* ---- The table ---- */

static bool begins_as_a_read(const char *action)
{
	static const char *const words[] = { "Describe", "List", "Lookup", "Filter", "GetMetric", "GetQuery", "GetCost", "GetAnomal", "GetCaller" };

	for (int i = 0; i < COUNT(words); i++)
		if (str_starts(str_of(action), words[i]))
			return true;
	return false;
}

START_TEST(nothing_in_the_table_writes_or_gives_out_a_secret)
{
	for (int i = 0; i < AWS_ACTIONS; i++) {
		const struct aws_operation *operation = &aws_operations[i];
		bool known = i == LOGS_START_QUERY || i == LOGS_STOP_QUERY || i == LOGS_START_LIVE_TAIL || i == STS_ASSUME_ROLE ||
		             i == STS_ASSUME_ROLE_WITH_WEB_IDENTITY;
		ck_assert_ptr_nonnull(operation->service);
		ck_assert_msg(known || begins_as_a_read(operation->action), "%s", operation->action);
		ck_assert(!strstr(operation->action, "SecretValue") && !strstr(operation->action, "Put"));
	}
}
END_TEST

START_TEST(each_operation_has_its_bounds)
{
	for (int i = 0; i < AWS_ACTIONS; i++) {
		const struct aws_operation *operation = &aws_operations[i];
		ck_assert(operation->rate.per_second > 0 && operation->rate.per_second <= 5);
		/* A cent each: a few dollars a day at most. */
		bool is_dear = operation->microdollars >= 10000;
		ck_assert(operation->rate.at_once >= 1 && operation->rate.at_once <= (is_dear ? 40 : 12));
		ck_assert(!is_dear || operation->rate.per_second <= 0.01);
		/* All that goes on can be ended at once. */
		ck_assert(!aws_begins[i].member || aws_operations[aws_begins[i].ended_by].rate.at_once >= aws_begins[i].at_once);
		ck_assert(operation->keep_ms >= 0 && operation->keep_ms <= INT64_C(6) * 3600 * 1000);
		ck_assert(operation->answer_max <= 2 * 1024 * 1024);
		ck_assert((operation->answer_max == 0) == (i == LOGS_START_LIVE_TAIL));
		for (int j = 0; j < i; j++)
			ck_assert(aws_operations[j].service != operation->service || strcmp(aws_operations[j].action, operation->action) != 0);
		/* What costs is kept, or it is asked for by hand. */
		ck_assert(operation->microdollars == 0 || operation->keep_ms >= 60000);
	}
}
END_TEST

/* ---- Requests ---- */

static void sign_again(const struct aws_request *request, const char *region, const char *service)
{
	struct sign_header headers[16];
	size_t count = 0;

	for (const char *const *line = request->headers; *line; line++) {
		const char *colon = strchr(*line, ':');
		if (!str_starts(str_of(*line), "Authorization"))
			headers[count++] = (struct sign_header) { { *line, (size_t)(colon - *line) }, str_of(colon + 2) };
	}
	const char *path = strchr(strstr(request->url, "://") + 3, '/');
	struct sign_request again = { request->method, str_of(path), STR(""), headers, count, request->body };
	ck_assert_str_eq(header(request, "Authorization"),
	                 sign(arena, identity, str_of(region), str_of(service), "20261128T200000Z", &again).at);
}

START_TEST(all_that_is_sent_is_signed)
{
	struct aws_request request = make(ECS_DESCRIBE_SERVICES, "eu-central-1", STR("{\"cluster\":\"shop\"}"));

	ck_assert_str_eq(header(&request, "X-Amz-Security-Token"), "token");
	ck_assert_str_eq(header(&request, "X-Amz-Date"), "20261128T200000Z");
	ck_assert(str_is(request.body, "{\"cluster\":\"shop\"}"));
	sign_again(&request, "eu-central-1", "ecs");
	variables[0] = "AWS_ENDPOINT_URL=http://127.0.0.1:4566/aws";
	request = make(COSTS_GET_COST_AND_USAGE, "eu-central-1", STR(""));
	ck_assert_str_eq(request.url, "http://127.0.0.1:4566/aws");
	ck_assert_str_eq(header(&request, "Host"), "127.0.0.1:4566");
	sign_again(&request, "us-east-1", "ce");
}
END_TEST

START_TEST(a_form_is_encoded)
{
	struct builder form = builder_begin(arena, 16);

	aws_form_put(&form, "TargetGroupArn", STR("arn:aws:x/y z&q=+\xc3\xa9"));
	aws_form_put(&form, "Filters.Filter.1.Name", STR("db-instance-id"));
	struct aws_request request = make(ELB_DESCRIBE_TARGET_HEALTH, "eu-central-1", (str) { builder_end(&form), form.size });
	ck_assert_str_eq(arena_copy(arena, request.body), "Action=DescribeTargetHealth&Version=2015-12-01&TargetGroupArn="
		"arn%3Aaws%3Ax%2Fy%20z%26q%3D%2B%C3%A9&Filters.Filter.1.Name=db-instance-id");
	sign_again(&request, "eu-central-1", "elasticloadbalancing");
}
END_TEST

START_TEST(without_an_identity_nothing_is_signed)
{
	struct aws_endpoint endpoint;
	struct aws_request request;

	ck_assert_pstr_eq(aws_endpoint_find(arena, &aws_operations[STS_ASSUME_ROLE_WITH_WEB_IDENTITY], "eu-west-1", variable, &endpoint), NULL);
	aws_request_make(arena, &aws_operations[STS_ASSUME_ROLE_WITH_WEB_IDENTITY], &endpoint, NULL, STR("&RoleArn=x"), NOW_MS, &request);
	ck_assert_ptr_null(header(&request, "Authorization"));
	ck_assert_ptr_null(header(&request, "X-Amz-Date"));
	ck_assert(str_is(request.body, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=x"));
}
END_TEST

/* ---- Endpoints ---- */

static const struct { const char *region; enum aws_action action; const char *set[2], *url, *signed_region, *wrong; } endpoints[] = {
	{ "eu-central-1", ECS_LIST_TASKS, { 0 }, "https://ecs.eu-central-1.amazonaws.com", "eu-central-1", NULL },
	{ "eusc-de-east-1", ECS_LIST_TASKS, { 0 }, "https://ecs.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1", NULL },
	{ "us-iso-east-1", ECS_LIST_TASKS, { 0 }, "https://ecs.us-iso-east-1.c2s.ic.gov", "us-iso-east-1", NULL },
	{ "us-isob-east-1", ECS_LIST_TASKS, { 0 }, "https://ecs.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1", NULL },
	{ "us-iso-east-1", COSTS_GET_ANOMALIES, { 0 }, NULL, NULL, "AWS has no ce for the region us-iso-east-1" },
	{ NULL, ECS_LIST_TASKS, { 0 }, NULL, NULL, "it is not said which region" },
	{ "", ECS_LIST_TASKS, { 0 }, NULL, NULL, "it is not said which region" },
	{ NULL, COSTS_GET_ANOMALIES, { 0 }, NULL, NULL, "it is not said which region" },
	{ NULL, ECS_LIST_TASKS, { "AWS_ENDPOINT_URL=http://127.0.0.1:1" }, NULL, NULL, "it is not said which region" },
	{ "eu central 1", ECS_LIST_TASKS, { 0 }, NULL, NULL, "no region" }, { "evil.example/x-1", ECS_LIST_TASKS, { 0 }, NULL, NULL, "no region" },
	{ "EU-CENTRAL-1", ECS_LIST_TASKS, { 0 }, NULL, NULL, "no region" }, { "frankfurt", ECS_LIST_TASKS, { 0 }, NULL, NULL, "no region" },
	{ "-a-1", ECS_LIST_TASKS, { 0 }, NULL, NULL, "no region" }, { "a-b-", ECS_LIST_TASKS, { 0 }, NULL, NULL, "no region" },
	{ "eu-central-1", ECS_LIST_TASKS, { "AWS_ENDPOINT_URL=http://127.0.0.1:4566/" }, "http://127.0.0.1:4566", "eu-central-1", NULL },
	{ "eu-central-1", ECS_LIST_TASKS, { "AWS_ENDPOINT_URL=http://127.0.0.1:1", "AWS_ENDPOINT_URL_ECS=https://vpce.example" },
	  "https://vpce.example", "eu-central-1", NULL },
	{ "eu-central-1", ECR_DESCRIBE_IMAGES, { "AWS_ENDPOINT_URL_ECS=https://vpce.example" }, "https://api.ecr.eu-central-1.amazonaws.com",
	  "eu-central-1", NULL },
	{ "eu-central-1", COSTS_GET_ANOMALIES, { "AWS_ENDPOINT_URL_COST_EXPLORER=https://vpce.example/a/b//" }, "https://vpce.example/a/b", "us-east-1", NULL },
	{ "eu-central-1", ECS_LIST_TASKS, { "AWS_ENDPOINT_URL=" }, "https://ecs.eu-central-1.amazonaws.com", "eu-central-1", NULL },
	{ "eu-central-1", ECS_LIST_TASKS, { "AWS_ENDPOINT_URL=http://x", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=True" },
	  "https://ecs.eu-central-1.amazonaws.com", "eu-central-1", NULL },
	{ "eu-central-1", ECS_LIST_TASKS, { "AWS_ENDPOINT_URL=127.0.0.1:4566" }, NULL, NULL, "no URL" },
	{ "eu-central-1", ECS_LIST_TASKS, { "AWS_ENDPOINT_URL=ftp://x" }, NULL, NULL, "no URL" },
	{ "eu-central-1", ECS_LIST_TASKS, { "AWS_ENDPOINT_URL=http://" }, NULL, NULL, "no URL" },
	{ "eu-central-1", ECS_LIST_TASKS, { "AWS_ENDPOINT_URL=http:///x" }, NULL, NULL, "no URL" },
	{ "eu-central-1", ECS_LIST_TASKS, { "AWS_ENDPOINT_URL=http://user:word@x" }, NULL, NULL, "no URL" },
	{ "eu-central-1", ECS_LIST_TASKS, { "AWS_ENDPOINT_URL=http://x/?a=b" }, NULL, NULL, "no URL" },
	{ "eu-central-1", ECS_LIST_TASKS, { "AWS_ENDPOINT_URL=http://x\r\nHost: y" }, NULL, NULL, "no URL" },
};

START_TEST(an_endpoint_is_found_or_it_is_said_why_not)
{
	struct aws_endpoint endpoint;

	memcpy(variables, endpoints[_i].set, sizeof(endpoints[_i].set));
	const char *wrong = aws_endpoint_find(arena, &aws_operations[endpoints[_i].action], endpoints[_i].region, variable, &endpoint);
	if (endpoints[_i].wrong) {
		ck_assert_msg(wrong && strstr(wrong, endpoints[_i].wrong), "%s", wrong ? wrong : "nothing");
		return;
	}
	ck_assert_pstr_eq(wrong, NULL);
	ck_assert_str_eq(endpoint.url, endpoints[_i].url);
	ck_assert_str_eq(endpoint.region, endpoints[_i].signed_region);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("aws_request");
	TCase *cases = tcase_create("request");
	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, each_operation_is_what_botocore_sends);
	tcase_add_test(cases, nothing_in_the_table_writes_or_gives_out_a_secret);
	tcase_add_test(cases, each_operation_has_its_bounds);
	tcase_add_test(cases, all_that_is_sent_is_signed);
	tcase_add_test(cases, a_form_is_encoded);
	tcase_add_test(cases, without_an_identity_nothing_is_signed);
	tcase_add_loop_test(cases, an_endpoint_is_found_or_it_is_said_why_not, 0, COUNT(endpoints));
	suite_add_tcase(suite, cases);
	return run_suite(suite);
}
