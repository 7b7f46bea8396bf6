/* test_aws_calls.c - calls of AWS against a server that does what it is told. */
#include "client_fixture.h"

#include "aws_calls.h"
#include "clock.h"
#include "fetch.h"
#include "log.h"

#define MINUTE INT64_C(60000)

static char endpoint[64];
static const char *_Atomic key_id = "AKIA";
static struct credentials *credentials;
static struct aws_calls *calls;
static double chance_now;

static const char *variable(const char *name)
{
	if (strcmp(name, "AWS_ENDPOINT_URL") == 0)
		return endpoint;
	if (strcmp(name, "AWS_ACCESS_KEY_ID") == 0)
		return key_id;
	if (strcmp(name, "AWS_EC2_METADATA_DISABLED") == 0)
		return "true";
	return strcmp(name, "AWS_SECRET_ACCESS_KEY") == 0 ? key_id : NULL;
}

static double chance(void)
{
	return chance_now;
}

static void begin(void)
{
	set_up();
	snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%d", server->port);
	key_id = "AKIA";
	chance_now = 0.01;
	credentials = credentials_start(variable, "/nobody/is/here");
	ck_assert(credentials_wait(credentials, 20000));
	calls = aws_calls_create(&(struct aws_calls_settings) { credentials, variable, "eu-central-1", chance });
	log_repeats = true;
}

static void end(void)
{
	aws_calls_destroy(calls);
	credentials_stop(credentials);
	clock_present();
	tear_down();
}

/* ---- Who asks ---- */

struct asker {
	struct aws_waiter waiter;
	atomic_int told;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void tell(struct aws_waiter *waiter)
{
	pthread_mutex_lock(&lock);
	atomic_fetch_add(&((struct asker *)(void *)waiter)->told, 1);
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static bool start(struct asker *asker, enum aws_action action, const char *input, bool refresh)
{
	*asker = (struct asker) { .waiter.tell = tell };
	return aws_ask(calls, &(struct aws_wish) { .action = action, .input = str_of(input), .refresh = refresh }, &asker->waiter);
}

static void await(struct asker *asker)
{
	pthread_mutex_lock(&lock);
	while (atomic_load(&asker->told) == 0)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	ck_assert_int_eq(atomic_load(&asker->told), 1);
}

/* Asked and answered; whether it was known at once. */
static bool ask(struct asker *asker, enum aws_action action, const char *input)
{
	bool known = start(asker, action, input, false);

	if (!known)
		await(asker);
	ck_assert(!asker->waiter.place);
	return known;
}

static const char *said(struct asker *asker)
{
	yyjson_val *value = asker->waiter.result ? aws_result_value(asker->waiter.result) : NULL;
	const char *text = value ? arena_copy(arena, json_member(value, "n")) : "";

	aws_result_drop(asker->waiter.result);
	asker->waiter.result = NULL;
	return text;
}

static int requests(void)
{
	return atomic_load(&server->requests);
}

static void latest(const char *name, char into[256])
{
	char line[64];

	snprintf(line, sizeof(line), "\r\n%s: ", name);
	pthread_mutex_lock(&server->lock);
	const char *at = strstr(server->last, line);
	ck_assert_ptr_nonnull(at);
	at += strlen(line);
	snprintf(into, 256, "%.*s", (int)strcspn(at, "\r"), at);
	pthread_mutex_unlock(&server->lock);
}

static void await_requests(int count)
{
	while (requests() < count)
		usleep(1000);
}

/* ---- Well ---- */

START_TEST(a_call_is_signed_and_answered_and_then_known)
{
	struct asker asker;
	char header[256];

	SCRIPT(server, { ANSWER, "200 OK", "{\"n\":\"one\"}" }, { ANSWER, "200 OK", "{\"n\":\"two\"}" });
	ck_assert(!ask(&asker, ECS_LIST_TASKS, "{\"cluster\":\"a\"}"));
	ck_assert_str_eq(said(&asker), "one");
	ck_assert_str_eq(asker.waiter.trouble, "");
	latest("X-Amz-Target", header);
	ck_assert_str_eq(header, "AmazonEC2ContainerServiceV20141113.ListTasks");
	latest("Authorization", header);
	ck_assert_ptr_nonnull(strstr(header, "Credential=AKIA/"));
	ck_assert(ask(&asker, ECS_LIST_TASKS, "{\"cluster\":\"a\"}"));
	ck_assert_str_eq(said(&asker), "one");
	ck_assert(!ask(&asker, ECS_LIST_TASKS, "{\"cluster\":\"b\"}"));
	ck_assert_str_eq(said(&asker), "two");
	clock_pass(31000);
	ck_assert(!ask(&asker, ECS_LIST_TASKS, "{\"cluster\":\"a\"}"));
	said(&asker);
	ck_assert_int_eq(requests(), 3);
	ck_assert(start(&asker, ECS_LIST_TASKS, "{\"cluster\":\"a\"}", true)); /* it is not five seconds old */
	said(&asker);
	clock_pass(5001);
	ck_assert(!start(&asker, ECS_LIST_TASKS, "{\"cluster\":\"a\"}", true));
	await(&asker);
	said(&asker);
}
END_TEST

START_TEST(what_is_not_kept_is_asked_for_by_each)
{
	struct asker asker;

	SCRIPT(server, { ANSWER, "200 OK", "{\"n\":\"one\"}" }, { ANSWER, "200 OK", "{\"n\":\"two\"}" });
	ck_assert(!ask(&asker, LOGS_FILTER_EVENTS, "{}"));
	ck_assert_str_eq(said(&asker), "one");
	ck_assert(!ask(&asker, LOGS_FILTER_EVENTS, "{}"));
	ck_assert_str_eq(said(&asker), "two");
}
END_TEST

START_TEST(a_query_is_answered_in_xml)
{
	struct asker asker;

	SCRIPT(server, { ANSWER, "200 OK", "<DescribeEventsResponse><DescribeEventsResult><n>x</n></DescribeEventsResult></DescribeEventsResponse>" });
	ck_assert(!ask(&asker, RDS_DESCRIBE_EVENTS, "&Duration=60"));
	ck_assert_str_eq(said(&asker), "x");
	ck_assert_ptr_nonnull(strstr(server->last, "\r\n\r\nAction=DescribeEvents&Version=2014-10-31&Duration=60"));
}
END_TEST

/* ---- Trouble ---- */

#define THROTTLED { ANSWER, "400 Bad Request", "{\"__type\":\"ThrottlingException\",\"message\":\"Rate exceeded\"}" }
#define FINE { ANSWER, "200 OK", "{\"n\":\"one\"}" }

START_TEST(who_is_throttled_tries_again)
{
	struct asker asker;

	SCRIPT(server, THROTTLED, { ANSWER, "503 Service Unavailable", "<html>nginx</html>" }, FINE);
	ck_assert(!ask(&asker, ECS_LIST_TASKS, "{}"));
	ck_assert_str_eq(said(&asker), "one");
	ck_assert_int_eq(requests(), 3);
}
END_TEST

START_TEST(equal_calls_share_a_request)
{
	static struct asker askers[100];
	static bool known[100];

	SCRIPT(server, THROTTLED, FINE);
	chance_now = 0.99;              /* so for a second all of them join */
	for (int i = 0; i < COUNT(askers); i++)
		known[i] = start(&askers[i], ECS_LIST_TASKS, "{}", false);
	for (int i = 0; i < COUNT(askers); i++) {
		if (!known[i])
			await(&askers[i]);
		ck_assert_str_eq(said(&askers[i]), "one");
	}
	ck_assert_int_eq(requests(), 2);
}
END_TEST

START_TEST(three_tries_are_enough)
{
	struct asker asker;

	SCRIPT(server, { ANSWER, "503 Service Unavailable", "<html>nginx</html>" });
	ck_assert(!ask(&asker, ECS_LIST_TASKS, "{}"));
	ck_assert_str_eq(asker.waiter.trouble, "AWS answers 503, and does not say why");
	ck_assert_int_eq(asker.waiter.fault, AWS_TRANSIENT);
	ck_assert_ptr_null(asker.waiter.result);
	ck_assert_int_eq(requests(), 3);
	ck_assert(ask(&asker, ECS_LIST_TASKS, "{}")); /* and is known for a while */
	ck_assert_str_eq(asker.waiter.trouble, "AWS answers 503, and does not say why");
	ck_assert_int_eq(requests(), 3);
	clock_pass(5000);
	ck_assert(!ask(&asker, ECS_LIST_TASKS, "{}"));
	ck_assert_int_eq(requests(), 6);
}
END_TEST

START_TEST(what_is_refused_is_not_tried_again)
{
	struct asker asker;

	SCRIPT(server, { ANSWER, "400 Bad Request", "{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}" });
	ck_assert(!ask(&asker, ECS_LIST_TASKS, "{}"));
	ck_assert_str_eq(asker.waiter.trouble, "AWS answers AccessDeniedException: no");
	ck_assert_int_eq(asker.waiter.fault, AWS_REFUSED);
	ck_assert_int_eq(requests(), 1);
}
END_TEST

START_TEST(a_cut_off_answer_is_trouble)
{
	struct asker asker;

	SCRIPT(server, { HALF, "200 OK", "{\"n\":\"one\"}" }, { HANG_UP, NULL, NULL }, FINE);
	ck_assert(!ask(&asker, ECS_LIST_TASKS, "{}"));
	ck_assert_str_eq(said(&asker), "one");
	ck_assert_int_eq(requests(), 3);
}
END_TEST

START_TEST(an_older_answer_serves_where_there_is_trouble)
{
	struct asker asker;

	SCRIPT(server, FINE, { ANSWER, "403 Forbidden", "{\"__type\":\"AccessDenied\"}" });
	ck_assert(!ask(&asker, ECS_LIST_TASKS, "{}"));
	int64_t as_of_ms = aws_result_as_of_ms(asker.waiter.result);
	said(&asker);
	clock_pass(MINUTE);
	for (int again = 0; again < 2; again++) {
		ck_assert(ask(&asker, ECS_LIST_TASKS, "{}") == (again == 1));
		ck_assert_str_eq(asker.waiter.trouble, "AWS answers AccessDenied");
		ck_assert_int_eq(aws_result_as_of_ms(asker.waiter.result), as_of_ms);
		ck_assert_str_eq(said(&asker), "one");
	}
	clock_pass(10 * MINUTE);
	ck_assert(!ask(&asker, ECS_LIST_TASKS, "{}"));
	ck_assert_ptr_null(asker.waiter.result);
}
END_TEST

START_TEST(a_wrong_clock_is_mended_once)
{
	struct asker asker;
	char header[256];

	SCRIPT(server, { ANSWER, "403 Forbidden\r\nDate: Sat, 01 Jan 2050 00:00:00 GMT", "{\"__type\":\"SignatureDoesNotMatch\"}" }, FINE);
	ck_assert(!ask(&asker, ECS_LIST_TASKS, "{}"));
	ck_assert_str_eq(said(&asker), "one");
	latest("X-Amz-Date", header);
	ck_assert_int_eq(strncmp(header, "20500101T00", 11), 0);
	ck_assert(!ask(&asker, ECS_LIST_CLUSTERS, "{}"));
	said(&asker);
	latest("X-Amz-Date", header);
	ck_assert_int_eq(strncmp(header, "20500101T00", 11), 0);
	ck_assert_int_eq(requests(), 3);
}
END_TEST

/* With the time as it is. */
static const char *refusal_now(void)
{
	time_t now = (time_t)(now_ms() / 1000);
	struct tm parts;
	char date[64];

	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &parts));
	return arena_print(arena, "403 Forbidden\r\nDate: %s", date);
}

/* As that of AWS was taken to be, it is wrong as soon as somebody sets this machine's right. */
START_TEST(a_clock_that_was_set_right_is_mended_too)
{
	struct asker asker;
	char header[256], today[16];
	time_t now = (time_t)(now_ms() / 1000);
	struct tm parts;
	const struct step script[] = {
		{ ANSWER, "403 Forbidden\r\nDate: Sat, 01 Jan 2050 00:00:00 GMT", "{\"__type\":\"SignatureDoesNotMatch\"}" },
		FINE, { ANSWER, refusal_now(), "{\"__type\":\"RequestTimeTooSkewed\"}" }, FINE,
	};

	serve(server, script, COUNT(script));
	strftime(today, sizeof(today), "%Y%m", gmtime_r(&now, &parts));
	ck_assert(!ask(&asker, ECS_LIST_TASKS, "{}"));
	said(&asker);
	ck_assert(!ask(&asker, ECS_LIST_CLUSTERS, "{}"));
	ck_assert_str_eq(said(&asker), "one");
	latest("X-Amz-Date", header);
	ck_assert_int_eq(strncmp(header, today, strlen(today)), 0);
	ck_assert_int_eq(requests(), 4);
}
END_TEST

START_TEST(expired_credentials_are_had_anew)
{
	struct asker asker;
	char header[256];

	SCRIPT(server, { ANSWER, "400 Bad Request", "{\"__type\":\"ExpiredTokenException\"}" }, FINE);
	key_id = "OTHER";
	ck_assert(!ask(&asker, ECS_LIST_TASKS, "{}"));
	ck_assert_int_ge(requests(), 2);
	said(&asker);
	/* By then they are there. */
	for (int64_t until = tick_ms() + 20000;; usleep(1000)) {
		const char *why;
		struct identity *identity = credentials_identity(credentials, arena, &why);
		bool there = str_is(identity_key_id(identity), "OTHER");
		identity_drop(identity);
		if (there)
			break;
		ck_assert(tick_ms() < until);
	}
	ck_assert(!ask(&asker, ECS_LIST_CLUSTERS, "{}"));
	said(&asker);
	latest("Authorization", header);
	ck_assert_ptr_nonnull(strstr(header, "Credential=OTHER/"));
}
END_TEST

/* Whatever AWS says, and however often. */
START_TEST(nothing_is_mended_twice)
{
	struct asker asker;

	SCRIPT(server, { ANSWER, "400 Bad Request", "{\"__type\":\"ExpiredTokenException\"}" },
	       { ANSWER, "403 Forbidden\r\nDate: Sat, 01 Jan 2050 00:00:00 GMT", "{\"__type\":\"SignatureDoesNotMatch\"}" });
	ck_assert(!ask(&asker, ECS_LIST_TASKS, "{}"));
	ck_assert_str_eq(asker.waiter.trouble, "AWS answers SignatureDoesNotMatch");
	ck_assert_int_eq(asker.waiter.fault, AWS_SKEWED);
	ck_assert_int_eq(requests(), 2);
}
END_TEST

START_TEST(what_can_t_go_out_is_told_at_once_and_tried_by_the_next)
{
	struct asker asker;

	SCRIPT(server, FINE);
	snprintf(endpoint, sizeof(endpoint), "nonsense");
	ck_assert(ask(&asker, ECS_LIST_TASKS, "{}"));
	ck_assert_ptr_nonnull(strstr(asker.waiter.trouble, "is no URL"));
	ck_assert_int_eq(atomic_load(&asker.told), 0);
	snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%d", server->port);
	ck_assert(!ask(&asker, ECS_LIST_TASKS, "{}"));
	ck_assert_str_eq(said(&asker), "one");
}
END_TEST

/* ---- Ends ---- */

START_TEST(who_has_forgotten_is_not_told_and_the_answer_is_kept)
{
	struct asker one, other;

	SCRIPT(server, FINE);
	ck_assert(!start(&one, ECS_LIST_TASKS, "{}", false));
	await_requests(1);
	bool known = start(&other, ECS_LIST_TASKS, "{}", false);
	aws_forget(calls, &one.waiter);
	int told = atomic_load(&one.told);
	if (!known)
		await(&other);
	said(&other);
	ck_assert_int_eq(atomic_load(&one.told), told);
	said(&one);
	aws_forget(calls, &one.waiter);
	ck_assert(ask(&one, ECS_LIST_TASKS, "{}"));
	said(&one);
}
END_TEST

START_TEST(what_is_on_its_way_ends_with_all)
{
	struct asker asker, other;

	SCRIPT(server, { HOLD, NULL, NULL });
	ck_assert(!start(&asker, ECS_LIST_TASKS, "{}", false));
	ck_assert(!start(&other, LOGS_FILTER_EVENTS, "{}", false));
	aws_forget(calls, &asker.waiter);
	aws_forget(calls, &other.waiter);
	aws_calls_destroy(calls);
	calls = NULL;
	ck_assert_int_eq(atomic_load(&asker.told), 0);
}
END_TEST

/* ---- What an operation begins ---- */

#define BEGUN { ANSWER, "200 OK", "{\"queryId\":\"q-\\\"1\"}" }

static void end_it(struct asker *asker, bool over)
{
	aws_end(calls, LOGS_START_QUERY, 0, asker->waiter.result, over);
	aws_result_drop(asker->waiter.result);
}

START_TEST(what_was_begun_is_ended_also_by_a_stop)
{
	struct asker asker;
	char header[256];

	SCRIPT(server, BEGUN, FINE);
	ck_assert(!ask(&asker, LOGS_START_QUERY, "{}"));
	end_it(&asker, false);
	aws_calls_destroy(calls);               /* which waits for it */
	calls = NULL;
	ck_assert_int_eq(requests(), 2);
	latest("X-Amz-Target", header);
	ck_assert_str_eq(header, "Logs_20140328.StopQuery");
	pthread_mutex_lock(&server->lock);
	ck_assert_ptr_nonnull(strstr(server->last, "{\"queryId\":\"q-\\\"1\"}"));
	pthread_mutex_unlock(&server->lock);
}
END_TEST

START_TEST(what_nobody_waits_for_any_more_is_ended_too)
{
	struct asker asker;

	SCRIPT(server, BEGUN, FINE);
	ck_assert(!start(&asker, LOGS_START_QUERY, "{}", false));
	await_requests(1);
	aws_forget(calls, &asker.waiter);
	if (asker.waiter.result)                /* it was told before */
		end_it(&asker, false);
	aws_calls_destroy(calls);
	calls = NULL;
	ck_assert_int_eq(requests(), 2);
}
END_TEST

/* What it was to begin is not begun, and makes room. */
START_TEST(what_nobody_waits_for_any_more_does_not_go_out)
{
	struct asker askers[8];

	SCRIPT(server, BEGUN);
	for (int i = 0; i < 4; i++) {
		askers[0] = (struct asker) { .waiter.tell = tell };
		ck_assert(!aws_ask(calls, &(struct aws_wish) { LOGS_START_QUERY, STR("{}"), .pause_ms = 50000 }, &askers[0].waiter));
		aws_forget(calls, &askers[0].waiter);
	}
	for (int i = 0; i < 8; i++)
		while (ask(&askers[i], LOGS_START_QUERY, "{}") && strstr(askers[i].waiter.trouble, "going on"))
			usleep(1000);
	for (int i = 0; i < 8; i++)
		end_it(&askers[i], true);
	ck_assert_int_eq(requests(), 8);
}
END_TEST

/* A page of costs is a cent, and so is each try. */
START_TEST(what_nobody_waits_for_any_more_is_not_tried_again)
{
	struct asker asker;

	SCRIPT(server, { HOLD, NULL, NULL }, FINE);
	ck_assert(!start(&asker, COSTS_GET_FORECAST, "{}", false));
	await_requests(1);
	aws_forget(calls, &asker.waiter);
	shutdown(server->sockets[0], SHUT_RDWR);
	while (atomic_load(&fetch_counters.in_flight) > 0)
		usleep(1000);
	ask(&asker, ECS_LIST_TASKS, "{}");      /* by then that is over too */
	said(&asker);
	ask(&asker, COSTS_GET_FORECAST, "{}");
	ck_assert_ptr_nonnull(strstr(asker.waiter.trouble, "can't be reached"));
	ck_assert_int_eq(requests(), 2);
}
END_TEST

START_TEST(what_is_over_is_not_ended_and_so_many_go_on_at_once)
{
	struct asker askers[9];

	SCRIPT(server, BEGUN);
	for (int i = 0; i < 8; i++)
		ck_assert(!ask(&askers[i], LOGS_START_QUERY, "{}"));
	ck_assert(ask(&askers[8], LOGS_START_QUERY, "{}"));
	ck_assert_ptr_nonnull(strstr(askers[8].waiter.trouble, "8 of them are going on at once"));
	ck_assert_int_eq(askers[8].waiter.fault, AWS_REFUSED);
	end_it(&askers[0], true);
	ck_assert(!ask(&askers[8], LOGS_START_QUERY, "{}"));
	for (int i = 1; i < 9; i++)
		end_it(&askers[i], true);
	ck_assert_int_eq(requests(), 9);
}
END_TEST

START_TEST(what_could_not_be_begun_does_not_count)
{
	struct asker asker;

	SCRIPT(server, { ANSWER, "400 Bad Request", "{\"__type\":\"AccessDeniedException\"}" });
	for (int i = 0; i < 10; i++) {
		ck_assert(!ask(&asker, LOGS_START_QUERY, "{}"));
		ck_assert_ptr_nonnull(strstr(asker.waiter.trouble, "AccessDenied"));
	}
}
END_TEST

static void *ask_and_forget(void *nothing)
{
	for (int i = 0; i < 200; i++) {
		struct asker asker;
		if (!start(&asker, i % 2 ? ECS_LIST_TASKS : ECS_LIST_CLUSTERS, "{}", i % 3 == 0))
			aws_forget(calls, &asker.waiter);
		aws_result_drop(asker.waiter.result);
	}
	return nothing;
}

START_TEST(many_ask_and_forget)
{
	pthread_t threads[4];

	SCRIPT(server, FINE, { HANG_UP, NULL, NULL }, THROTTLED, FINE);
	for (int i = 0; i < COUNT(threads); i++)
		pthread_create(&threads[i], NULL, ask_and_forget, NULL);
	for (int i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("aws_calls");
	TCase *cases = tcase_create("calls");
	tcase_add_checked_fixture(cases, begin, end);
	tcase_set_timeout(cases, 60);
	tcase_add_test(cases, a_call_is_signed_and_answered_and_then_known);
	tcase_add_test(cases, equal_calls_share_a_request);
	tcase_add_test(cases, what_is_not_kept_is_asked_for_by_each);
	tcase_add_test(cases, a_query_is_answered_in_xml);
	tcase_add_test(cases, who_is_throttled_tries_again);
	tcase_add_test(cases, three_tries_are_enough);
	tcase_add_test(cases, what_is_refused_is_not_tried_again);
	tcase_add_test(cases, a_cut_off_answer_is_trouble);
	tcase_add_test(cases, an_older_answer_serves_where_there_is_trouble);
	tcase_add_test(cases, a_wrong_clock_is_mended_once);
	tcase_add_test(cases, a_clock_that_was_set_right_is_mended_too);
	tcase_add_test(cases, expired_credentials_are_had_anew);
	tcase_add_test(cases, nothing_is_mended_twice);
	tcase_add_test(cases, what_can_t_go_out_is_told_at_once_and_tried_by_the_next);
	tcase_add_test(cases, who_has_forgotten_is_not_told_and_the_answer_is_kept);
	tcase_add_test(cases, what_is_on_its_way_ends_with_all);
	tcase_add_test(cases, what_was_begun_is_ended_also_by_a_stop);
	tcase_add_test(cases, what_nobody_waits_for_any_more_is_ended_too);
	tcase_add_test(cases, what_nobody_waits_for_any_more_does_not_go_out);
	tcase_add_test(cases, what_nobody_waits_for_any_more_is_not_tried_again);
	tcase_add_test(cases, what_is_over_is_not_ended_and_so_many_go_on_at_once);
	tcase_add_test(cases, what_could_not_be_begun_does_not_count);
	tcase_add_test(cases, many_ask_and_forget);
	suite_add_tcase(suite, cases);
	int status = run_suite(suite);
	fetch_stop();
	return status;
}
