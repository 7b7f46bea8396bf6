/* test_aws_credentials.c - credentials are had anew before they expire, in the background, and leave nothing behind. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "caught.h"
#include "charged.h"
#include "clock.h"
#include "credentials.h"
#include "fetch.h"
#include "log.h"
#include "suite.h"
#include "wiped.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define SECRET "SECRETSECRETSECRET"

static struct arena *arena;
static const struct credential_times usual = { 15 * MINUTE, 1000, MINUTE, 1000, MINUTE };

static const char *a_container(const char *name)
{
	return strcmp(name, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") == 0 ? "/v2/x" : NULL;
}

/* ---- A container that gives out KEY1, KEY2 … ---- */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int count;                      /* calls so far */
	int inside, inside_most;
	bool held;                      /* calls wait */
	bool fails;
	int64_t life_ms;
} container = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static void answer_as_container(UNUSED void *of, struct arena *into, UNUSED const struct credential_call *call,
                                struct aws_answer *answer, const char **why)
{
	char expires[TIME_TEXT_SIZE];

	pthread_mutex_lock(&container.lock);
	container.count++;
	container.inside++;
	if (container.inside > container.inside_most)
		container.inside_most = container.inside;
	pthread_cond_broadcast(&container.changed);
	while (container.held)
		pthread_cond_wait(&container.changed, &container.lock);
	container.inside--;
	time_print((now_ms() + container.life_ms) / 1000 * 1000, expires);
	*why = arena_print(into, "it is away (%d)", container.count);
	if (!container.fails)
		*answer = (struct aws_answer) { 200, str_of(arena_print(into, "{\"AccessKeyId\":\"KEY%d\",\"SecretAccessKey\":\"" SECRET "\","
			"\"Token\":\"TOKENTOKENTOKEN\",\"Expiration\":\"%s\"}", container.count, expires)), { 0 }, { 0 } };
	pthread_mutex_unlock(&container.lock);
}

static bool go_on_at_once(UNUSED void *of, UNUSED int64_t ms)
{
	return true;
}

static const struct credential_means means = {
	.variable = a_container, .fetch = answer_as_container, .pause = go_on_at_once
};

static void hold(bool held)
{
	pthread_mutex_lock(&container.lock);
	container.held = held;
	pthread_cond_broadcast(&container.changed);
	pthread_mutex_unlock(&container.lock);
}

static void go_away(bool fails)
{
	pthread_mutex_lock(&container.lock);
	container.fails = fails;
	pthread_mutex_unlock(&container.lock);
}

static int calls(void)
{
	pthread_mutex_lock(&container.lock);
	int count = container.count;
	pthread_mutex_unlock(&container.lock);
	return count;
}

static void await_calls(int count)
{
	pthread_mutex_lock(&container.lock);
	while (container.count < count)
		pthread_cond_wait(&container.changed, &container.lock);
	pthread_mutex_unlock(&container.lock);
}

static void set_up(void)
{
	arena = arena_create();
	credential_times = usual;
	credential_times.look = 2;      /* so that it notices what the test does to the clock */
	container.count = container.inside = container.inside_most = 0;
	container.held = container.fails = false;
	container.life_ms = HOUR;
	log_repeats = true;
}

static void tear_down(void)
{
	clock_present();
	arena_destroy(arena);
}

static const char *key_now(struct credentials *credentials)
{
	const char *why = NULL;
	struct identity *identity = credentials_identity(credentials, arena, &why);

	if (!identity)
		return arena_print(arena, "none: %s", why);
	const char *key = arena_copy(arena, identity_key_id(identity));
	identity_drop(identity);
	return key;
}

/* It is awaited: whoever makes it so is another thread. */
static void await_key(struct credentials *credentials, const char *key)
{
	for (int64_t until = tick_ms() + 20000; strncmp(key_now(credentials), key, strlen(key)) != 0;) {
		ck_assert_msg(tick_ms() < until, "%s, not %s", key_now(credentials), key);
		usleep(1000);
	}
}

/* ---- Lives ---- */

START_TEST(they_are_had_at_the_start)
{
	hold(true);
	struct credentials *credentials = credentials_start_with(&means);
	ck_assert_str_eq(key_now(credentials), "none: the credentials of AWS are still being looked up");
	ck_assert(!credentials_wait(credentials, 5));
	hold(false);
	ck_assert(credentials_wait(credentials, 20000));
	ck_assert_str_eq(key_now(credentials), "KEY1");
	ck_assert_int_eq(calls(), 1);
	credentials_stop(credentials);
	credentials_stop(NULL);
}
END_TEST

START_TEST(the_next_are_had_before_they_expire_while_the_old_serve)
{
	struct credentials *credentials = credentials_start_with(&means);

	ck_assert(credentials_wait(credentials, 20000));
	clock_pass(44 * MINUTE);
	usleep(20000);                  /* ten looks at the clock */
	ck_assert_int_eq(calls(), 1);
	hold(true);
	clock_pass(2 * MINUTE);
	await_calls(2);
	ck_assert_str_eq(key_now(credentials), "KEY1");
	clock_pass(13 * MINUTE);
	ck_assert_str_eq(key_now(credentials), "KEY1");
	hold(false);
	await_key(credentials, "KEY2");
	ck_assert_int_eq(calls(), 2);
	credentials_stop(credentials);
}
END_TEST

START_TEST(a_short_life_is_renewed_at_half_of_it)
{
	container.life_ms = 10 * MINUTE;
	struct credentials *credentials = credentials_start_with(&means);
	ck_assert(credentials_wait(credentials, 20000));
	clock_pass(4 * MINUTE);
	usleep(20000);
	ck_assert_int_eq(calls(), 1);
	clock_pass(2 * MINUTE);
	await_key(credentials, "KEY2");
	credentials_stop(credentials);
}
END_TEST

START_TEST(who_still_has_the_old_ones_has_them_whole)
{
	const char *why;
	struct credentials *credentials = credentials_start_with(&means);

	ck_assert(credentials_wait(credentials, 20000));
	struct identity *old = credentials_identity(credentials, arena, &why);
	clock_pass(46 * MINUTE);
	await_key(credentials, "KEY2");
	credentials_stop(credentials);
	ck_assert(str_is(identity_key_id(old), "KEY1") && str_is(identity_token(old), "TOKENTOKENTOKEN"));
	identity_drop(old);
}
END_TEST

/* ---- Trouble ---- */

START_TEST(while_the_next_are_not_to_be_had_the_old_serve_until_they_expire)
{
	credential_times.retry = credential_times.retry_most = 10;
	struct credentials *credentials = credentials_start_with(&means);
	ck_assert(credentials_wait(credentials, 20000));
	go_away(true);
	clock_pass(46 * MINUTE);
	await_calls(1 + 3 * 3);         /* three looks, of three tries each */
	ck_assert_str_eq(key_now(credentials), "KEY1");
	clock_pass(15 * MINUTE);
	ck_assert_ptr_nonnull(strstr(key_now(credentials), "none: the container's credentials: it can't be reached: it is away"));
	go_away(false);
	await_key(credentials, "KEY");
	credentials_stop(credentials);
}
END_TEST

START_TEST(each_wait_after_a_failure_is_twice_the_one_before)
{
	go_away(true);
	struct credentials *credentials = credentials_start_with(&means);
	ck_assert(!credentials_wait(credentials, 20000));
	static const int64_t waits[] = { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 };
	for (int i = 0; i < COUNT(waits); i++) {
		/* It is over, and the next look is planned. */
		await_key(credentials, arena_print(arena, "none: the container's credentials: it can't be reached: it is away (%d)", 3 * (i + 1)));
		clock_pass(waits[i] - 500);
		usleep(10000);
		ck_assert_int_eq(calls(), 3 * (i + 1));
		clock_pass(600);
	}
	credentials_stop(credentials);
}
END_TEST

START_TEST(what_aws_calls_expired_is_had_anew_once)
{
	const char *why;
	struct credentials *credentials = credentials_start_with(&means);

	ck_assert(credentials_wait(credentials, 20000));
	struct identity *old = credentials_identity(credentials, arena, &why);
	for (int i = 0; i < 100; i++)
		credentials_expired(credentials, old);
	await_key(credentials, "KEY2");
	credentials_expired(credentials, old); /* a late one: there are others */
	usleep(10000);
	ck_assert_int_eq(calls(), 2);
	identity_drop(old);
	/* However often AWS says so of what it has just given out. */
	old = credentials_identity(credentials, arena, &why);
	credentials_expired(credentials, old);
	usleep(10000);
	ck_assert_int_eq(calls(), 2);
	clock_pass(1000);
	credentials_expired(credentials, old);
	await_key(credentials, "KEY3");
	identity_drop(old);
	credentials_stop(credentials);
}
END_TEST

/* ---- Threads ---- */

static atomic_bool over;

static void *ask(void *of)
{
	struct credentials *credentials = of;
	const char *why;

	while (!atomic_load(&over)) {
		struct arena *mine = arena_create();
		struct identity *identity = credentials_identity(credentials, mine, &why);
		uint8_t key[DIGEST_SIZE];
		if (identity) {
			identity_signing_key(identity, STR("20261128"), STR("eu-central-1"), STR("ecs"), key);
			credentials_expired(credentials, identity);
		}
		identity_drop(identity);
		arena_destroy(mine);
	}
	return NULL;
}

START_TEST(many_may_ask_and_one_at_a_time_is_had)
{
	pthread_t threads[4];
	credential_times.floor = 0;
	struct credentials *credentials = credentials_start_with(&means);

	atomic_store(&over, false);
	for (int i = 0; i < COUNT(threads); i++)
		pthread_create(&threads[i], NULL, ask, credentials);
	await_calls(200);
	atomic_store(&over, true);
	for (int i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	credentials_stop(credentials);
	ck_assert_int_eq(container.inside_most, 1);
}
END_TEST

/* ---- Over HTTP ---- */

static struct { int listener, count; char url[64], text[4096]; } http;

static const char *a_url(const char *name)
{
	if (strcmp(name, "AWS_CONTAINER_CREDENTIALS_FULL_URI") == 0)
		return http.url;
	return strcmp(name, "AWS_CONTAINER_AUTHORIZATION_TOKEN") == 0 ? "bearer" : NULL;
}

static void *serve(UNUSED void *nothing)
{
	for (int i = 0; i < http.count; i++) {
		int socket = accept(http.listener, NULL, NULL);
		char body[512], answer[1024], expires[TIME_TEXT_SIZE];
		ssize_t got = recv(socket, http.text, sizeof(http.text) - 1, 0);
		http.text[got > 0 ? got : 0] = '\0';
		time_print((now_ms() + HOUR) / 1000 * 1000, expires);
		snprintf(body, sizeof(body), "{\"AccessKeyId\":\"KEY\",\"SecretAccessKey\":\"" SECRET "\",\"Token\":\"t\",\"Expiration\":\"%s\"}", expires);
		snprintf(answer, sizeof(answer), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", strlen(body), body);
		send(socket, answer, strlen(answer), MSG_NOSIGNAL);
		close(socket);
	}
	return NULL;
}

static void open_listener(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);

	http.listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(http.listener, (struct sockaddr *)&address, size), 0);
	ck_assert_int_eq(listen(http.listener, 4), 0);
	getsockname(http.listener, (struct sockaddr *)&address, &size);
	snprintf(http.url, sizeof(http.url), "http://127.0.0.1:%d/creds", ntohs(address.sin_port));
}

START_TEST(a_real_container_is_asked)
{
	pthread_t thread;

	open_listener();
	http.count = 1;
	pthread_create(&thread, NULL, serve, NULL);
	struct credentials *credentials = credentials_start(a_url, "/nobody/is/here");
	ck_assert(credentials_wait(credentials, 20000));
	ck_assert_str_eq(key_now(credentials), "KEY");
	pthread_join(thread, NULL);
	ck_assert_ptr_nonnull(strstr(http.text, "GET /creds HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(http.text, "\r\nAuthorization: bearer\r\n"));
	credentials_stop(credentials);
	close(http.listener);
}
END_TEST

/* It listens, and says nothing. */
START_TEST(whoever_is_silent_does_not_hold_up_the_end)
{
	open_listener();
	struct credentials *credentials = credentials_start(a_url, "/nobody/is/here");
	int socket = accept(http.listener, NULL, NULL);
	int64_t began = tick_ms();
	credentials_stop(credentials);
	ck_assert_int_lt(tick_ms() - began, 1500); /* it would be given 2 s, and two more tries */
	close(socket);
	close(http.listener);
}
END_TEST

/* ---- Secrets ---- */

START_TEST(no_secret_is_logged_and_none_is_left)
{
	static char text[65536];
	struct caught caught = catch_stderr();

	atomic_store(&wiped_text, SECRET);
	atomic_store(&wiped_count, 0);
	struct credentials *credentials = credentials_start_with(&means);
	ck_assert(credentials_wait(credentials, 20000));
	go_away(true);
	clock_pass(46 * MINUTE);
	await_calls(4);
	credentials_stop(credentials);
	release_stderr(caught, text, sizeof(text));
	ck_assert_uint_ge(atomic_load(&wiped_count), 2); /* the answer and what was read of it, and the identity */
	atomic_store(&wiped_text, NULL);
	ck_assert_ptr_nonnull(strstr(text, "credentials of AWS: the container's credentials"));
	ck_assert_ptr_null(strstr(text, SECRET));
	ck_assert_ptr_null(strstr(text, "TOKENTOKEN"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("aws_credentials");
	TCase *cases = tcase_create("credentials");
	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_set_timeout(cases, 60);
	tcase_add_test(cases, they_are_had_at_the_start);
	tcase_add_test(cases, the_next_are_had_before_they_expire_while_the_old_serve);
	tcase_add_test(cases, a_short_life_is_renewed_at_half_of_it);
	tcase_add_test(cases, who_still_has_the_old_ones_has_them_whole);
	tcase_add_test(cases, while_the_next_are_not_to_be_had_the_old_serve_until_they_expire);
	tcase_add_test(cases, each_wait_after_a_failure_is_twice_the_one_before);
	tcase_add_test(cases, what_aws_calls_expired_is_had_anew_once);
	tcase_add_test(cases, many_may_ask_and_one_at_a_time_is_had);
	tcase_add_test(cases, a_real_container_is_asked);
	tcase_add_test(cases, whoever_is_silent_does_not_hold_up_the_end);
	tcase_add_test(cases, no_secret_is_logged_and_none_is_left);
	suite_add_tcase(suite, cases);
	int status = run_suite(suite);
	fetch_stop();
	return status;
}
