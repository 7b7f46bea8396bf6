/* aws_calls.c - calls of AWS as flights: requests that somebody waits for, one after the other until one is good. */
#include "aws_calls.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "aws_counts.h"
#include "begun.h"
#include "charged.h"
#include "fatal.h"
#include "fetch.h"
#include "log.h"
#include "request.h"
#include "retry.h"
#include "seal.h"
#include "waiters.h"

#define CONNECT_MS 3000
#define TRY_MS 10000
#define CALL_MS 20000                   /* all tries, and the waits between them */
#define RENEW_MS 500                    /* until there are other credentials */
#define FAREWELL_MS 2000                /* at a stop, for what is being ended */

struct flight {
	struct flight *next, **place;
	struct aws_calls *calls;
	struct cache_entry *entry;      /* NULL: its answer is not kept */
	enum aws_action action;
	struct aws_waiter *waiters;
	struct fetch *fetch;            /* the try that is on its way; NULL: somebody else drops it */
	struct identity *identity;      /* that signed it */
	int64_t skew_ms;                /* of the clock by which it was signed */
	struct retries retries;
	bool mended;                    /* credentials or clock: once */
	uint64_t party;                 /* of whoever asked first; 0: nobody's */
	bool ends;                      /* what another began: nobody waits for it but a stop */
	int64_t until_ms;               /* by tick_ms() */
	size_t input_size;
	char input[];
};

struct aws_calls {
	struct aws_calls_settings settings;
	pthread_mutex_t lock;
	struct cache *cache;
	struct flight *flights;
	int64_t skew_ms;                /* AWS's clock is so much ahead */
	struct rate_meter meters[AWS_ACTIONS];
	struct retry_purse purses[AWS_ACTIONS]; /* of a service: that of its first action */
	struct begun begun[AWS_ACTIONS];        /* by an operation that begins something, and not ended */
	pthread_cond_t ended;
};

static double by_chance(void)
{
	uint32_t bits;

	random_bytes(&bits, sizeof(bits));
	return bits / 4294967296.0;
}

struct aws_calls *aws_calls_create(const struct aws_calls_settings *settings)
{
	struct aws_calls *calls = calloc(1, sizeof(*calls));

	if (!calls)
		fatal();
	calls->settings = *settings;
	if (!calls->settings.chance)
		calls->settings.chance = by_chance;
	calls->cache = cache_create(CACHE_BYTES_MAX);
	pthread_mutex_init(&calls->lock, NULL);
	pthread_cond_init(&calls->ended, NULL);
	for (int i = 0; i < AWS_ACTIONS; i++) {
		calls->meters[i] = (struct rate_meter) RATE_METER;
		calls->purses[i] = (struct retry_purse) RETRY_PURSE;
	}
	return calls;
}

/* ---- Under the lock ---- */

static const struct aws_operation *operation_of(const struct flight *flight)
{
	return &aws_operations[flight->action];
}

static struct retry_purse *purse_of(struct flight *flight)
{
	int first = 0;

	while (aws_operations[first].service != operation_of(flight)->service)
		first++;
	return &flight->calls->purses[first];
}

static void unlink_flight(struct flight *flight)
{
	*flight->place = flight->next;
	if (flight->next)
		flight->next->place = flight->place;
	if (flight->entry)
		flight->entry->flight = NULL;
	pthread_cond_broadcast(&flight->calls->ended);
}

static void free_flight(struct flight *flight)
{
	identity_drop(flight->identity);
	free(flight);
}

/* What is known of an entry. */
static void fill(struct aws_waiter *waiter, const struct cache_entry *entry, enum cache_says says)
{
	if (says != CACHE_TROUBLE)
		waiter->result = aws_result_keep(entry->result);
	if (says == CACHE_ANSWERS)
		return;
	snprintf(waiter->trouble, sizeof(waiter->trouble), "%s", entry->trouble);
	snprintf(waiter->code, sizeof(waiter->code), "%s", entry->code);
	waiter->fault = entry->fault;
}

static void end_begun(struct aws_calls *calls, enum aws_action action, uint64_t party, struct aws_result *result, bool over);

/* It is over, well. */
static void land(struct flight *flight, struct aws_result *result)
{
	struct aws_waiter *waiter;

	if (!flight->waiters)
		end_begun(flight->calls, flight->action, flight->party, result, false);
	while ((waiter = waiters_take(&flight->waiters))) {
		waiter->result = aws_result_keep(result);
		waiter->tell(waiter);
	}
	if (flight->entry)
		cache_put(flight->calls->cache, flight->entry, aws_result_keep(result));
	aws_result_drop(result);
	unlink_flight(flight);
	cache_trim(flight->calls->cache);
}

/* It is over, and did not come to an answer. What never went out is tried again by whoever asks next. */
static void fall(struct flight *flight, const struct aws_error *error, const char *words, bool went_out)
{
	struct cache_entry none = { 0 }, *entry = flight->entry ? flight->entry : &none;
	struct aws_waiter *waiter;

	end_begun(flight->calls, flight->action, flight->party, NULL, true);
	cache_put_trouble(flight->calls->cache, entry, error, words, now_ms());
	while ((waiter = waiters_take(&flight->waiters))) {
		fill(waiter, entry, entry->result ? CACHE_STALE : CACHE_TROUBLE);
		waiter->tell(waiter);
	}
	if (!went_out)
		entry->trouble[0] = '\0';
	unlink_flight(flight);
	cache_trim(flight->calls->cache);
}

/* ---- Tries. Under the lock ---- */

static void done(void *owner, struct fetch *fetch, const struct fetch_answer *answer);

/* NULL, or why it can't go out. */
static const char *send_request(struct flight *flight, struct arena *arena, int64_t pause_ms)
{
	struct aws_calls *calls = flight->calls;
	const struct aws_operation *operation = operation_of(flight);
	struct aws_endpoint endpoint;
	struct aws_request request;
	int64_t left_ms = flight->until_ms - tick_ms();
	const char *wrong = aws_endpoint_find(arena, operation, calls->settings.region, calls->settings.variable, &endpoint);

	if (wrong || (wrong = fetch_check_url(endpoint.url)))
		return wrong;
	identity_drop(flight->identity);
	flight->identity = credentials_identity(calls->settings.credentials, arena, &wrong);
	if (!flight->identity)
		return wrong;
	int64_t turn_ms = rate_take(&calls->meters[flight->action], &operation->rate, flight->party, tick_ms(), left_ms);
	if (turn_ms < 0)
		return "it is asked for more often than it may be: try again in a while";
	flight->skew_ms = calls->skew_ms;
	aws_request_make(arena, operation, &endpoint, flight->identity, (str) { flight->input, flight->input_size },
	                 now_ms() + flight->skew_ms, &request);
	flight->fetch = fetch_start(&(struct fetch_request) {
		.method = request.method, .url = request.url, .headers = request.headers, .body = request.body,
		.pause_ms = turn_ms > pause_ms ? turn_ms : pause_ms, .connect_ms = CONNECT_MS, .total_ms = TRY_MS,
		.answer_max = operation->answer_max, .once = aws_begins[flight->action].member,
	}, &(struct fetch_events) { .done = done }, flight);
	return NULL;
}

/* False: it fell. */
static bool try_it(struct flight *flight, int64_t pause_ms)
{
	struct arena *arena = arena_create_secret();
	const char *wrong = send_request(flight, arena, pause_ms);

	if (wrong)
		fall(flight, &(struct aws_error) { .fault = AWS_REFUSED }, wrong, false);
	arena_destroy(arena);
	return !wrong;
}

/* How long until it goes out again; -1: it does not. */
static int64_t wait_to_mend(struct flight *flight, const struct aws_error *error)
{
	if (flight->mended || (error->fault != AWS_EXPIRED && error->fault != AWS_SKEWED))
		return -1;
	flight->mended = true;
	if (error->fault == AWS_EXPIRED) {
		credentials_expired(flight->calls->settings.credentials, flight->identity);
		return RENEW_MS;
	}
	/* Of that by which it was signed: this machine's may have been set right meanwhile. */
	int64_t skew_ms = flight->calls->skew_ms = flight->skew_ms + error->skew_ms;
	log_often(LOG_WARNING, "the clock of AWS is %lld s ahead of this machine's: calls go by that", (long long)skew_ms / 1000);
	return 0;
}

static int64_t wait_to_retry(struct flight *flight, const struct fetch_answer *answer, const struct aws_error *error)
{
	int64_t after_ms = 0, wait_ms = wait_to_mend(flight, error);

	if (wait_ms >= 0)
		return wait_ms;
	if (!str_to_int(fetch_header(answer, "x-amz-retry-after"), &after_ms))
		after_ms = 0;
	return retry_wait(&flight->retries, &retry_standard, purse_of(flight), error->fault, after_ms,
	                  flight->calls->settings.chance(), flight->until_ms - tick_ms());
}

static const char *in_words(struct arena *arena, const struct fetch_answer *answer, const struct aws_error *error)
{
	if (answer->status == 0)
		return arena_print(arena, "AWS can't be reached: %s", answer->why ? answer->why : "nobody says why");
	if (!*error->code)
		return arena_print(arena, "AWS answers %d, and does not say why", answer->status);
	return arena_print(arena, "AWS answers %s%s%s", error->code, *error->message ? ": " : "", error->message);
}

/* Somebody may have come to wait for it meanwhile. True: the flight is over. */
static bool judge_withdrawn(struct flight *flight)
{
	if (flight->waiters)
		return !try_it(flight, 0);
	fall(flight, &(struct aws_error) { .fault = AWS_REFUSED }, "nobody waits for it any more", false);
	return true;
}

/* True: the flight is over. */
static bool judge(struct flight *flight, const struct fetch_answer *got, struct arena *arena)
{
	struct aws_answer answer = {
		got->status, got->body, fetch_header(got, "x-amzn-errortype"), fetch_header(got, "Date")
	};
	struct aws_error error;

	if (got->withdrawn)
		return judge_withdrawn(flight);
	aws_error_read(arena, &answer, now_ms() + flight->skew_ms, &error);
	aws_counts_note(operation_of(flight), error.fault);
	if (error.fault == AWS_FINE) {
		retry_done(&flight->retries, purse_of(flight));
		land(flight, aws_result_create(operation_of(flight), got->body, now_ms()));
		return true;
	}
	/* What may have begun something, whose name nobody was told to end it by, does not begin it once more. */
	bool may_have_begun = aws_begins[flight->action].member && got->status == 0 && got->sent;
	int64_t wait_ms = (flight->waiters || flight->ends) && !may_have_begun ? wait_to_retry(flight, got, &error) : -1;
	if (wait_ms >= 0)
		return !try_it(flight, wait_ms);
	fall(flight, &error, in_words(arena, got, &error), true);
	return true;
}

/* On the outbound thread. */
static void done(void *owner, struct fetch *fetch, const struct fetch_answer *answer)
{
	struct flight *flight = owner;
	struct aws_calls *calls = flight->calls;
	struct arena *arena = arena_create();

	pthread_mutex_lock(&calls->lock);
	bool ours = flight->fetch == fetch; /* else it is being destroyed, and whoever does that waits for this */
	bool over = ours && judge(flight, answer, arena);
	pthread_mutex_unlock(&calls->lock);
	arena_destroy(arena);
	if (!ours)
		return;
	fetch_drop(fetch);
	if (over)
		free_flight(flight);
}

/* ---- Flights ---- */

static struct flight *take_off(struct aws_calls *calls, const struct aws_wish *wish, struct cache_entry *entry)
{
	struct flight *flight = calloc(1, sizeof(*flight) + wish->input.size + 1);

	if (!flight)
		fatal();
	if (wish->input.size > 0)
		memcpy(flight->input, wish->input.at, wish->input.size);
	flight->input_size = wish->input.size;
	flight->calls = calls;
	flight->entry = entry;
	flight->action = wish->action;
	flight->party = wish->party;
	flight->until_ms = tick_ms() + wish->pause_ms + CALL_MS;
	flight->place = &calls->flights;
	flight->next = calls->flights;
	if (flight->next)
		flight->next->place = &flight->next;
	calls->flights = flight;
	if (entry)
		entry->flight = flight;
	return flight;
}

static void add_waiter(struct flight *flight, struct aws_waiter *waiter)
{
	waiter->flight = flight;
	waiters_add(&flight->waiters, waiter);
}

static struct cache_entry *entry_of(struct aws_calls *calls, const struct aws_wish *wish)
{
	if (aws_operations[wish->action].keep_ms == 0)
		return NULL;
	struct arena *arena = arena_create();
	char *key = arena_print(arena, "%d %.*s", (int)wish->action, STR_FORMAT(wish->input));
	struct cache_entry *entry = cache_find(calls->cache, str_of(key));
	arena_destroy(arena);
	return entry;
}

/* What it is ended by; NULL: what was begun has no name. */
static const char *name_of_begun(struct arena *arena, const struct aws_begins *begins, struct aws_result *result)
{
	yyjson_val *value = aws_result_value(result);
	str name = value ? json_member(value, begins->member) : (str) { 0 };

	if (!name.at)
		return NULL;
	struct json json = json_begin(arena, 256);
	json_object(&json);
	json_plain_key(&json, str_of(begins->member));
	json_str(&json, name);
	json_object_end(&json);
	str input = json_end(&json);
	return arena_copy(arena, input);
}

/* Of an operation that begins something: that is over, or is being ended now. */
static void end_begun(struct aws_calls *calls, enum aws_action action, uint64_t party, struct aws_result *result, bool over)
{
	const struct aws_begins *begins = &aws_begins[action];

	if (!begins->member)
		return;
	begun_end(&calls->begun[action], party);
	struct arena *arena = over ? NULL : arena_create();
	const char *input = over ? NULL : name_of_begun(arena, begins, result);
	if (input) {
		struct flight *flight = take_off(calls, &(struct aws_wish) { .action = begins->ended_by, .input = str_of(input) }, NULL);
		flight->ends = true;
		if (!try_it(flight, 0))
			free_flight(flight);
	}
	arena_destroy(arena);
}

/* ---- The doors ---- */

static void tell_nobody(UNUSED struct aws_waiter *waiter)
{
}

/* A flight that nobody waits for yet. False: it fell at once, as the waiter then knows. */
static bool begin(struct aws_calls *calls, const struct aws_wish *wish, struct cache_entry *entry, struct aws_waiter *waiter)
{
	const struct aws_begins *begins = &aws_begins[wish->action];

	if (begins->member && !begun_add(&calls->begun[wish->action], begins->at_once, wish->party, waiter->trouble, sizeof(waiter->trouble))) {
		waiter->fault = AWS_REFUSED;
		return false;
	}
	struct flight *flight = take_off(calls, wish, entry);
	void (*tell)(struct aws_waiter *) = waiter->tell;

	waiter->tell = tell_nobody;
	add_waiter(flight, waiter);
	bool flies = try_it(flight, wish->pause_ms);
	waiter->tell = tell;
	if (!flies)
		free_flight(flight);
	return flies;
}

bool aws_ask(struct aws_calls *calls, const struct aws_wish *wish, struct aws_waiter *waiter)
{
	*waiter = (struct aws_waiter) { .tell = waiter->tell };
	pthread_mutex_lock(&calls->lock);
	struct cache_entry *entry = entry_of(calls, wish);
	enum cache_says says = entry ? cache_says(entry, aws_operations[wish->action].keep_ms, wish->refresh, now_ms()) : CACHE_ASK;
	bool waits = says == CACHE_ASK;
	if (!waits)
		fill(waiter, entry, says);
	else if (entry && entry->flight)
		add_waiter(entry->flight, waiter);
	else
		waits = begin(calls, wish, entry, waiter);
	pthread_mutex_unlock(&calls->lock);
	return !waits;
}

void aws_forget(struct aws_calls *calls, struct aws_waiter *waiter)
{
	pthread_mutex_lock(&calls->lock);
	if (waiter->place) {
		waiters_remove(waiter);
		if (!waiter->flight->waiters)
			fetch_withdraw(waiter->flight->fetch);
	}
	pthread_mutex_unlock(&calls->lock);
}

void aws_end(struct aws_calls *calls, enum aws_action action, uint64_t party, struct aws_result *result, bool over)
{
	if (!calls)
		return;
	pthread_mutex_lock(&calls->lock);
	end_begun(calls, action, party, result, over);
	pthread_mutex_unlock(&calls->lock);
}

/* Of what is, or will have to be. */
static bool is_ending(const struct aws_calls *calls)
{
	const struct flight *flight = calls->flights;

	while (flight && !flight->ends && !aws_begins[flight->action].member)
		flight = flight->next;
	return flight;
}

/* Whose calls the stop ended. */
static void wait_for_ends(struct aws_calls *calls)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += FAREWELL_MS / 1000;
	pthread_mutex_lock(&calls->lock);
	while (is_ending(calls) && pthread_cond_timedwait(&calls->ended, &calls->lock, &until) == 0)
		;
	pthread_mutex_unlock(&calls->lock);
}

/* Takes one off; its try is ours to drop. */
static struct flight *take_flight(struct aws_calls *calls, struct fetch **fetch)
{
	pthread_mutex_lock(&calls->lock);
	struct flight *flight = calls->flights;
	if (flight) {
		unlink_flight(flight);
		*fetch = flight->fetch;
		flight->fetch = NULL;
	}
	pthread_mutex_unlock(&calls->lock);
	return flight;
}

void aws_calls_destroy(struct aws_calls *calls)
{
	struct flight *flight;
	struct fetch *fetch;

	if (!calls)
		return;
	wait_for_ends(calls);
	while ((flight = take_flight(calls, &fetch))) {
		fetch_drop(fetch);
		free_flight(flight);
	}
	cache_destroy(calls->cache);
	pthread_cond_destroy(&calls->ended);
	pthread_mutex_destroy(&calls->lock);
	free(calls);
}
