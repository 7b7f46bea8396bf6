/* credentials.c - the thread that has this process's credentials, and who gets them. */
#include "credentials.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "charged.h"
#include "clock.h"
#include "fatal.h"
#include "fetch.h"
#include "log.h"

#define WHY_MAX 512
#define NOTHING_YET "the credentials of AWS are still being looked up"

struct credential_times credential_times = {
	.early = 15 * 60 * 1000, .retry = 1000, .retry_most = 60 * 1000, .floor = 1000, .look = 60 * 1000,
};

struct credentials {
	struct credential_means means;
	char *home;
	atomic_bool give_up;
	pthread_t thread;

	pthread_mutex_t lock;           /* of all that follows */
	pthread_cond_t changed;
	bool stopping, known;           /* the first look is over */
	bool wanted;                    /* before its time */
	struct identity *identity;      /* NULL: none */
	char why[WHY_MAX];              /* there is none */
	char where[128];                /* it is from; "": none was had yet */
	int64_t next_ms;                /* by the wall clock */
	int64_t asked_ms;               /* by tick_ms(), when AWS last wanted another */
	int failures;                   /* since the last success */
};

/* ---- The world ---- */

static void fetch_over_http(void *of, struct arena *arena, const struct credential_call *call, struct aws_answer *answer, const char **why)
{
	struct credentials *credentials = of;
	struct fetch_answer got = { 0 };

	if ((*why = fetch_check_url(call->url)))
		return;
	fetch(arena, &(struct fetch_request) {
		.method = call->method, .url = call->url, .headers = call->headers, .body = call->body,
		.connect_ms = call->total_ms, .total_ms = call->total_ms, .answer_max = CREDENTIAL_ANSWER_MAX,
		.give_up = &credentials->give_up,
	}, &got);
	*answer = (struct aws_answer) {
		got.status, got.body, fetch_header(&got, "x-amzn-errortype"), fetch_header(&got, "Date")
	};
	*why = got.why;
}

/* Under the lock. */
static void wait_for(struct credentials *credentials, int64_t ms)
{
	struct timespec until = tick_in(ms);

	pthread_cond_timedwait(&credentials->changed, &credentials->lock, &until);
}

static bool pause_on_thread(void *of, int64_t ms)
{
	struct credentials *credentials = of;
	int64_t until_ms = tick_ms() + ms, left;

	pthread_mutex_lock(&credentials->lock);
	while (!credentials->stopping && (left = until_ms - tick_ms()) > 0)
		wait_for(credentials, left);
	bool goes_on = !credentials->stopping;
	pthread_mutex_unlock(&credentials->lock);
	return goes_on;
}

/* ---- What was had. Under the lock ---- */

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t next_after(const struct identity *identity, int64_t now)
{
	int64_t expires = identity_expires_at_ms(identity);

	if (!expires) /* the files are looked at again all the same */
		return now + credential_times.early;
	/* Some give out the same ones until shortly before they expire. */
	int64_t next = expires - smaller(credential_times.early, (expires - now) / 2);
	return next > now + credential_times.retry ? next : now + credential_times.retry;
}

static void take(struct credentials *credentials, struct identity *identity, const char *where)
{
	bool same = strcmp(credentials->where, where) == 0;

	identity_drop(credentials->identity);
	credentials->identity = identity;
	credentials->next_ms = next_after(identity, now_ms());
	if (credentials->failures > 0 || !same)
		log_info("credentials of AWS: %s", where);
	credentials->failures = 0;
	snprintf(credentials->where, sizeof(credentials->where), "%s", where);
}

static bool is_valid(const struct identity *identity)
{
	return identity && (!identity_expires_at_ms(identity) || identity_expires_at_ms(identity) > now_ms());
}

static void fail(struct credentials *credentials, const char *wrong)
{
	int64_t wait = credential_times.retry;

	for (int i = 0; i < credentials->failures && wait < credential_times.retry_most; i++)
		wait *= 2;
	credentials->failures++;
	credentials->next_ms = now_ms() + smaller(wait, credential_times.retry_most);
	snprintf(credentials->why, sizeof(credentials->why), "%s", wrong);
	if (is_valid(credentials->identity))
		log_often(LOG_WARNING, "no new credentials of AWS, those from before still serve: %s", credentials->why);
	else
		log_often(LOG_WARNING, "no credentials of AWS: %s", credentials->why);
}

/* ---- The thread ---- */

static void look(struct credentials *credentials)
{
	struct arena *arena = arena_create_secret();
	struct identity *identity = NULL;
	const char *where = NULL;

	credentials->wanted = false;
	pthread_mutex_unlock(&credentials->lock);
	const char *wrong = credential_get(arena, &credentials->means, &identity, &where);
	pthread_mutex_lock(&credentials->lock);
	if (wrong && !credentials->stopping)
		fail(credentials, wrong);
	else if (!wrong)
		take(credentials, identity, where);
	credentials->known = true;
	pthread_cond_broadcast(&credentials->changed);
	arena_destroy(arena);
}

static void *keep_looking(void *of)
{
	struct credentials *credentials = of;

	pthread_mutex_lock(&credentials->lock);
	while (!credentials->stopping) {
		int64_t left = credentials->next_ms - now_ms();
		if (credentials->wanted || left <= 0)
			look(credentials);
		else
			wait_for(credentials, smaller(left, credential_times.look));
	}
	pthread_mutex_unlock(&credentials->lock);
	return NULL;
}

static void begin(struct credentials *credentials)
{
	pthread_condattr_t attributes;

	credentials->means.give_up = &credentials->give_up;
	credentials->asked_ms = tick_ms() - credential_times.floor;
	snprintf(credentials->why, sizeof(credentials->why), NOTHING_YET);
	pthread_mutex_init(&credentials->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&credentials->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&credentials->thread, NULL, keep_looking, credentials) != 0)
		fatal();
}

static struct credentials *create(void)
{
	struct credentials *credentials = calloc(1, sizeof(*credentials));

	if (!credentials)
		fatal();
	return credentials;
}

struct credentials *credentials_start_with(const struct credential_means *means)
{
	struct credentials *credentials = create();

	credentials->means = *means;
	begin(credentials);
	return credentials;
}

struct credentials *credentials_start(aws_variable_fn *variable, const char *home)
{
	struct credentials *credentials = create();
	const char *own = variable("HOME");

	if (home)
		credentials->home = strdup(home);
	else if (own && *own && asprintf(&credentials->home, "%s/.aws", own) < 0)
		fatal();
	credentials->means = (struct credential_means) {
		.variable = variable, .home = credentials->home, .fetch = fetch_over_http, .pause = pause_on_thread, .of = credentials,
	};
	begin(credentials);
	return credentials;
}

void credentials_stop(struct credentials *credentials)
{
	if (!credentials)
		return;
	pthread_mutex_lock(&credentials->lock);
	credentials->stopping = true;
	pthread_cond_broadcast(&credentials->changed);
	pthread_mutex_unlock(&credentials->lock);
	fetch_give_up(&credentials->give_up);
	pthread_join(credentials->thread, NULL);
	pthread_cond_destroy(&credentials->changed);
	pthread_mutex_destroy(&credentials->lock);
	identity_drop(credentials->identity);
	free(credentials->home);
	free(credentials);
}

/* ---- Who asks ---- */

/* Under the lock. NULL: there is one. */
static const char *why_none(const struct credentials *credentials, struct arena *arena)
{
	if (is_valid(credentials->identity))
		return NULL;
	return arena_copy(arena, str_of(credentials->failures > 0 || !credentials->known ? credentials->why : NOTHING_YET));
}

struct identity *credentials_identity(struct credentials *credentials, struct arena *arena, const char **why)
{
	pthread_mutex_lock(&credentials->lock);
	const char *none = why_none(credentials, arena);
	struct identity *identity = none ? NULL : identity_keep(credentials->identity);
	pthread_mutex_unlock(&credentials->lock);
	if (none)
		*why = none;
	return identity;
}

const char *credentials_where(struct credentials *credentials, struct arena *arena, const char **why)
{
	pthread_mutex_lock(&credentials->lock);
	const char *none = why_none(credentials, arena), *where = none ? NULL : arena_copy(arena, str_of(credentials->where));
	pthread_mutex_unlock(&credentials->lock);
	if (none)
		*why = none;
	return where;
}

bool credentials_wait(struct credentials *credentials, int64_t most_ms)
{
	int64_t until_ms = tick_ms() + most_ms, left;

	pthread_mutex_lock(&credentials->lock);
	while (!credentials->known && (left = until_ms - tick_ms()) > 0)
		wait_for(credentials, left);
	bool there = is_valid(credentials->identity);
	pthread_mutex_unlock(&credentials->lock);
	return there;
}

void credentials_expired(struct credentials *credentials, const struct identity *identity)
{
	int64_t now = tick_ms();

	pthread_mutex_lock(&credentials->lock);
	/* Others, signed with the same, were told so too; or it was replaced meanwhile. */
	if (credentials->identity == identity && now - credentials->asked_ms >= credential_times.floor) {
		credentials->asked_ms = now;
		credentials->wanted = true;
		pthread_cond_broadcast(&credentials->changed);
	}
	pthread_mutex_unlock(&credentials->lock);
}
