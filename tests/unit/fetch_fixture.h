/* fetch_fixture.h - a server to ask, and one who is told of a request's events. */
#ifndef FETCH_FIXTURE_H
#define FETCH_FIXTURE_H

#include "fetch.h"
#include "fetch_server.h"

static struct fetch_server *server;
static struct arena *arena;

static void set_up(void)
{
	server = fetch_server_start();
	arena = arena_create();
}

static void tear_down(void)
{
	fetch_stop();
	fetch_server_stop(server);
	arena_destroy(arena);
	ck_assert_int_eq(atomic_load(&fetch_counters.in_flight), 0);
	ck_assert_int_eq(atomic_load(&fetch_counters.waiting), 0);
	ck_assert_uint_eq(atomic_load(&fetch_budget.used), 0);
}

static const char *url_of(const char *path)
{
	return arena_print(arena, "http://127.0.0.1:%d%s", server->port, path);
}

static struct fetch_request request_of(const char *path)
{
	return (struct fetch_request) {
		.method = "GET", .url = url_of(path), .connect_ms = 5000, .total_ms = 20000, .answer_max = 1 << 20,
	};
}

static struct fetch_answer get(const char *path)
{
	struct fetch_answer answer;

	fetch(arena, &(struct fetch_request) {
		.method = "GET", .url = url_of(path), .connect_ms = 5000, .total_ms = 20000, .answer_max = 1 << 20,
	}, &answer);
	return answer;
}

/* ---- Who is told of events ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

struct heard {
	struct fetch *fetch;
	int heads, pieces, ends, status;
	bool first;                     /* its head came before all else */
	size_t bytes;
	int pauses;                     /* so many pieces are not taken at first */
	bool stops, drops;              /* takes no piece; drops it in its end */
	const struct fetch_answer *answer;
	pthread_t thread;
};

static void head_came(void *owner, UNUSED struct fetch *fetch, const struct fetch_answer *answer)
{
	struct heard *heard = owner;

	pthread_mutex_lock(&lock);
	heard->status = answer->status;
	heard->first = heard->ends + heard->pieces == 0;
	heard->heads++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static enum fetch_piece piece_came(void *owner, UNUSED struct fetch *fetch, str bytes)
{
	struct heard *heard = owner;
	enum fetch_piece piece = heard->stops ? FETCH_END : heard->pauses > 0 ? FETCH_PAUSE : FETCH_MORE;

	pthread_mutex_lock(&lock);
	heard->pauses -= piece == FETCH_PAUSE;
	heard->bytes += piece == FETCH_MORE ? bytes.size : 0;
	heard->pieces++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return piece;
}

static void end_came(void *owner, struct fetch *fetch, const struct fetch_answer *answer)
{
	struct heard *heard = owner;

	pthread_mutex_lock(&lock);
	heard->ends++;
	heard->answer = answer;
	heard->thread = pthread_self();
	if (heard->drops)
		fetch_drop(fetch);
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static const struct fetch_events whole = { .head = head_came, .done = end_came };
static const struct fetch_events in_pieces = { .head = head_came, .piece = piece_came, .done = end_came };

static void await(const int *what, int count)
{
	pthread_mutex_lock(&lock);
	while (*what < count)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static void begin(struct heard *heard, const char *path)
{
	struct fetch_request request = request_of(path);

	heard->fetch = fetch_start(&request, &whole, heard);
}

static void await_request(int count)
{
	for (int64_t until = tick_ms() + 60000; atomic_load(&server->requests) < count; usleep(1000))
		ck_assert_msg(tick_ms() < until, "%d of %d were asked", atomic_load(&server->requests), count);
}

#endif
