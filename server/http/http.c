/* http.c - starts the loops, stops listening, waits for what is open, stops. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "fatal.h"
#include "inside.h"
#include "log.h"

static atomic_bool quiesced, leaving;

bool http_leaving(void)
{
	return atomic_load_explicit(&leaving, memory_order_relaxed);
}

void http_leave_soon(void)
{
	atomic_store(&leaving, true);
}

bool http_quiesced(void)
{
	return atomic_load_explicit(&quiesced, memory_order_relaxed);
}

int http_port(const struct http *http)
{
	return http->port;
}

int http_loops(const struct http *http)
{
	return http->set.loops;
}

struct loop *http_loop(const struct http *http, int index)
{
	return (struct loop *)(uintptr_t)&http->loops[index];
}

void http_tell(struct http *http, int *count, int change)
{
	pthread_mutex_lock(&http->lock);
	if (count)
		*count += change;
	pthread_cond_broadcast(&http->changed);
	pthread_mutex_unlock(&http->lock);
}

/* ---- Starting ---- */

static struct http *create(const struct http_settings *settings)
{
	size_t loops = (size_t)settings->loops;
	struct http *http = calloc(1, sizeof(*http) + loops * sizeof(struct loop));
	pthread_condattr_t attributes;

	if (!http)
		fatal();
	http->set = *settings;
	http->port = settings->port;
	http->connections_max = listen_connections_max(settings->connections_max, settings->loops);
	http->connections_max /= settings->loops;
	if (http->connections_max < 1)
		http->connections_max = 1;
	http->lenient = MHD_get_version()[0] == '0';
	if (http->lenient && http->set.proxied)
		log_warning("libmicrohttpd %s is older than 1.0 and takes requests that proxies read"
		            " otherwise: each connection serves one request", MHD_get_version());
	pthread_mutex_init(&http->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&http->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	return http;
}

static void destroy(struct http *http, int loops)
{
	for (int i = 0; i < loops; i++)
		loop_destroy(&http->loops[i]);
	pthread_cond_destroy(&http->changed);
	pthread_mutex_destroy(&http->lock);
	free(http);
}

/* All sockets are bound before the first thread starts. */
static bool bind_all(struct http *http)
{
	for (int i = 0; i < http->set.loops; i++) {
		int listener = listen_open(&http->set, &http->port, i == 0);

		if (listener < 0) {
			destroy(http, i);
			return false;
		}
		loop_create(&http->loops[i], http, i, listener);
	}
	http->listening = http->set.loops;
	return true;
}

/* Signals are for the thread that called us. */
static void start_threads(struct http *http)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (int i = 0; i < http->set.loops; i++)
		if (pthread_create(&http->loops[i].thread, NULL, loop_run, &http->loops[i]) != 0)
			fatal();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static bool all_started(struct http *http)
{
	bool started = true;

	pthread_mutex_lock(&http->lock);
	while (http->ready < http->set.loops)
		pthread_cond_wait(&http->changed, &http->lock);
	pthread_mutex_unlock(&http->lock);
	for (int i = 0; i < http->set.loops; i++)
		started &= !http->loops[i].failed;
	return started;
}

struct http *http_start(const struct http_settings *settings)
{
	struct http *http = create(settings);

	atomic_store(&quiesced, false);
	atomic_store(&leaving, false);
	if (!bind_all(http))
		return NULL;
	start_threads(http);
	if (all_started(http))
		return http;
	http_stop(http);
	return NULL;
}

/* ---- Ending ---- */

/* Each loop gets a message of its own, which frees itself. */
static void give_order(struct http *http, void (*run)(struct message *, struct loop *))
{
	for (int i = 0; i < http->set.loops; i++) {
		struct message *message = calloc(1, sizeof(*message));

		if (!message)
			fatal();
		message->run = run;
		loop_post(&http->loops[i], message);
	}
}

static void stop_listening(struct message *message, struct loop *loop)
{
	free(message);
	daemon_stop_listening(loop);
}

static void stop_loop(struct message *message, struct loop *loop)
{
	free(message);
	loop->stopping = true;
}

static bool nothing_open(struct http *http)
{
	for (int i = 0; i < http->set.loops; i++)
		if (atomic_load(&http->loops[i].open) != 0)
			return false;
	return true;
}

static bool nobody_listens(struct http *http)
{
	return http->listening == 0;
}

static bool wait_until(struct http *http, bool (*done)(struct http *), int64_t timeout_ms)
{
	struct timespec end = tick_in(timeout_ms);
	bool is_done;

	pthread_mutex_lock(&http->lock);
	while (!(is_done = done(http)))
		if (pthread_cond_timedwait(&http->changed, &http->lock, &end) == ETIMEDOUT)
			break;
	pthread_mutex_unlock(&http->lock);
	return is_done;
}

void http_quiesce(struct http *http)
{
	http_leave_soon();
	if (atomic_exchange(&quiesced, true))
		return;
	give_order(http, stop_listening);
	if (!loop_current())
		wait_until(http, nobody_listens, 5000);
}

static void look_again(struct message *message, UNUSED struct loop *loop)
{
	free(message);
}

void http_drain(struct http *http, int64_t within_ms)
{
	atomic_store(&http->draining, true);
	atomic_store(&http->draining_since_ms, tick_ms());
	atomic_store(&http->hurry_ms, within_ms / 4 < HURRY_MS ? within_ms / 4 + 1 : HURRY_MS);
	give_order(http, look_again);
}

bool http_drained(struct http *http, int64_t timeout_ms)
{
	return wait_until(http, nothing_open, timeout_ms);
}

static void round_is_over(struct message *message, struct loop *loop)
{
	free(message);
	http_tell(loop->http, &loop->http->rounds, 1);
}

static bool all_went_round(struct http *http)
{
	return http->rounds == http->set.loops;
}

void http_settle(struct http *http)
{
	if (!http)
		return;
	/* What a message leads to is done in the turn after it. */
	for (int i = 0; i < 2; i++) {
		http->rounds = 0;
		give_order(http, round_is_over);
		wait_until(http, all_went_round, 1000);
	}
}

/* Messages of loops that failed to start, or that came behind a loop's last turn; each may lead to
 * another. There is no current loop any more: they let go of what they hold. */
static void run_what_is_left(struct http *http)
{
	for (bool more = true; more;) {
		more = false;
		for (int i = 0; i < http->set.loops; i++) {
			more |= atomic_load(&http->loops[i].mailbox) != NULL;
			messages_run(&http->loops[i]);
		}
	}
}

void http_stop(struct http *http)
{
	if (!http)
		return;
	give_order(http, stop_loop);
	for (int i = 0; i < http->set.loops; i++)
		pthread_join(http->loops[i].thread, NULL);
	run_what_is_left(http);
	destroy(http, http->set.loops);
}
