/* thread.c - the shared thread: errands in their order, notifications, the beat. */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "log.h"
#include "shared_private.h"
#include "store_internal.h"

#define BEAT_MS 2000
#define LATE_MS 6000                    /* a beat that takes longer: the database may be cut off */
#define JUDGES_AFTER_MS 12000           /* of its own steady beats: an outage is nobody's death */
#define TIDY_MS 30000
#define RETRY_MS 200
#define TOGETHER_MAX 256                /* errands in one statement */
#define TRIES_MAX 5                     /* of what fails though the database is there */

struct shared_settings shared_set;

static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	struct errand *first, **last;   /* under the lock */
	bool open, stopping;            /* likewise */
	int wake;
	atomic_bool on, healthy;
	atomic_llong beaten_ms;         /* the latest beat the database answered */
	_Atomic int64_t me;
	atomic_uint_fast32_t numbers;
	/* The thread's own. */
	struct store *store;
	struct errand *todo, **todo_last;
	unsigned connection;            /* the one that is listened on */
	int64_t beat_ms, steady_ms, tidy_ms;
} shared = { .lock = PTHREAD_MUTEX_INITIALIZER, .last = &shared.first,
             .todo_last = &shared.todo, .wake = -1 };

bool shared_on(void)
{
	return atomic_load_explicit(&shared.on, memory_order_relaxed);
}

bool shared_healthy(void)
{
	return atomic_load(&shared.healthy) && tick_ms() - atomic_load(&shared.beaten_ms) < LATE_MS;
}

int64_t shared_me(void)
{
	return atomic_load(&shared.me);
}

void shared_set_me(int64_t me)
{
	atomic_store(&shared.me, me);
}

/* A process gives four thousand million of them before it would have to take another number. */
int64_t shared_number(void)
{
	return shared_on() ? shared_me() << 32 | (int64_t)(atomic_fetch_add(&shared.numbers, 1) + 1) : 0;
}

/* ---- Errands: sent and given back ---- */

void *errand_create(const struct errand_kind *kind, size_t size)
{
	struct arena *arena = arena_create();
	struct errand *errand = arena_alloc(arena, size);

	errand->arena = arena;
	errand->kind = kind;
	return errand;
}

static void come_back(struct message *message, UNUSED struct loop *loop)
{
	struct errand *errand = (struct errand *)message;
	struct arena *arena = errand->arena;

	errand->kind->done(errand);
	arena_destroy(arena);
}

static void give_back(struct errand *errand, bool failed)
{
	errand->failed = failed;
	if (!errand->kind->done) {
		arena_destroy(errand->arena);
		return;
	}
	errand->message.run = come_back;
	loop_post(errand->loop, &errand->message);
}

void errand_send_from(struct errand *errand, struct loop *loop)
{
	errand->loop = loop;
	errand->next = NULL;
	pthread_mutex_lock(&shared.lock);
	bool open = shared.open;
	bool first = !shared.first;
	if (open) {
		*shared.last = errand;
		shared.last = &errand->next;
	}
	pthread_mutex_unlock(&shared.lock);
	if (!open)
		give_back(errand, true);
	else if (first)
		eventfd_write(shared.wake, 1);
}

void errand_send(struct errand *errand)
{
	errand_send_from(errand, loop_current());
}

/* ---- Carrying them out ---- */

static void fetch(void)
{
	pthread_mutex_lock(&shared.lock);
	if (shared.first) {
		*shared.todo_last = shared.first;
		shared.todo_last = shared.last;
		shared.first = NULL;
		shared.last = &shared.first;
	}
	pthread_mutex_unlock(&shared.lock);
}

static int count_together(const struct errand *first)
{
	int count = 1;

	for (const struct errand *each = first->next;
	     each && each->kind == first->kind && count < TOGETHER_MAX; each = each->next)
		count++;
	return count;
}

static bool carry_out(struct errand *first, int count)
{
	return first->kind->work_all ? first->kind->work_all(first, count, shared.store)
		: first->kind->work(first, shared.store);
}

/* The database is there but can't take this: tried by itself, then given up. While it is not there
 * nothing is held against an errand. */
static bool is_hopeless(struct errand *first, int count)
{
	if (!store_reachable(shared.store))
		return false;
	for (struct errand *each = first; count > 0; each = each->next, count--)
		each->tries++;
	return first->tries > TRIES_MAX;
}

/* Takes `count` of them off the list at `place` and gives them back. */
static void take_off(struct errand **place, int count, bool failed)
{
	while (count-- > 0) {
		struct errand *errand = *place;
		*place = errand->next;
		give_back(errand, failed);
	}
	if (!*place)
		shared.todo_last = place;
}

/* What lasts waits behind what the database could not do, so that it stays in order. */
static void run_errands(bool last_time)
{
	struct errand **place = &shared.todo;
	bool blocked = false;

	while (*place) {
		struct errand *first = *place;
		bool lasts = first->kind->lasts && !last_time;
		if (lasts && blocked) {
			place = &first->next;
			continue;
		}
		int count = first->kind->work_all && !first->tries ? count_together(first) : 1;
		if (carry_out(first, count)) {
			take_off(place, count, false);
			continue;
		}
		if (!lasts || is_hopeless(first, count)) {
			take_off(place, 1, true);
			continue;
		}
		blocked = true;
		place = &first->next;
	}
}

/* ---- Listening ---- */

static bool listen_again(void)
{
	char mine[48];

	snprintf(mine, sizeof(mine), CHANNEL_ONE "%lld", (long long)shared_me());
	return store_listen(shared.store, CHANNEL_CHANGED) && store_listen(shared.store, CHANNEL_ALL)
	       && store_listen(shared.store, mine);
}

/* On a connection that is new nothing is heard, and what was told before is lost. */
static void keep_listening(void)
{
	if (store_connection(shared.store) == 0 && !store_reachable(shared.store)) {
		atomic_store(&shared.healthy, false);
		return;
	}
	if (store_connection(shared.store) == shared.connection || !listen_again())
		return;
	bool first = shared.connection == 0;
	shared.connection = store_connection(shared.store);
	if (!first)
		shared_set.handler.missed(false);
}

static void hear(void)
{
	struct store_notice notice;

	while (store_heard(shared.store, &notice)) {
		str rest = str_of(notice.words);
		if (strcmp(notice.channel, CHANNEL_CHANGED) == 0) {
			shared_set.handler.changed(notice.words);
		} else {
			str what = str_cut(&rest, ' ');
			/* Its own words too: its copy of a session may come from a row that was read
			 * before this process changed it. */
			shared_set.handler.told(what, rest);
		}
		store_heard_free(&notice);
	}
}

/* ---- The beat ---- */

/* Where sessions may only be idle for a short time, more often. */
static int64_t tidy_every_ms(void)
{
	return shared_set.session_idle_ms / 4 < TIDY_MS ? shared_set.session_idle_ms / 4 : TIDY_MS;
}

static void live(void)
{
	int64_t at = tick_ms();
	bool unknown;

	if (at < shared.beat_ms)
		return;
	/* After a pause of its own (a stopped process, an outage) it is no judge of others. */
	if (at > shared.beat_ms + BEAT_MS)
		shared.steady_ms = at;
	bool done = beat(shared.store, at - shared.steady_ms >= JUDGES_AFTER_MS, &unknown);
	if (done && at >= shared.tidy_ms) {
		beat_tidy(shared.store);
		shared.tidy_ms = at + tidy_every_ms();
	}
	atomic_store(&shared.healthy, done);
	if (done)
		atomic_store(&shared.beaten_ms, tick_ms());
	shared.beat_ms = tick_ms() + (done ? BEAT_MS : RETRY_MS);
	if (!done)
		shared.steady_ms = tick_ms();
	if (unknown && beat_register(shared.store)) {
		log_warning("shared: the other processes took this one for dead; it goes on as %lld",
		            (long long)shared_me());
		shared.connection = 0;
		keep_listening();
		shared_set.handler.missed(true);
	}
}

/* ---- The thread ---- */

static void wait_for_something(void)
{
	struct pollfd ready[2] = {
		{ .fd = shared.wake, .events = POLLIN },
		{ .fd = store_socket(shared.store), .events = POLLIN },
	};
	int64_t wait_ms = shared.beat_ms - tick_ms();
	eventfd_t ignored;

	if ((shared.todo || store_connection(shared.store) == 0) && wait_ms > RETRY_MS)
		wait_ms = RETRY_MS;
	poll(ready, 2, wait_ms > 0 ? (int)wait_ms : 0);
	if (ready[0].revents)
		eventfd_read(shared.wake, &ignored);
}

static bool is_stopping(void)
{
	pthread_mutex_lock(&shared.lock);
	bool stopping = shared.stopping;
	pthread_mutex_unlock(&shared.lock);
	return stopping;
}

static void *run(UNUSED void *context)
{
	while (!is_stopping()) {
		/* What came before an errand is known before it is carried out. */
		fetch();
		hear();
		run_errands(false);
		live();
		keep_listening();
		hear();
		if (!is_stopping())
			wait_for_something();
	}
	fetch();
	run_errands(true);
	return NULL;
}

bool shared_start(const struct shared_settings *settings)
{
	shared_set = *settings;
	shared.store = store_open(settings->database, STORE_WRITES);
	if (!shared.store || !beat_register(shared.store)) {
		store_close(shared.store);
		shared.store = NULL;
		return false;
	}
	shared.wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	shared.open = true;
	shared.stopping = false;
	shared.connection = 0;
	shared.beat_ms = shared.steady_ms = tick_ms();
	atomic_store(&shared.beaten_ms, tick_ms());
	atomic_store(&shared.healthy, true);
	atomic_store(&shared.on, true);
	keep_listening();
	if (shared.wake < 0 || pthread_create(&shared.thread, NULL, run, NULL) != 0)
		abort();
	return true;
}

void shared_stop(void)
{
	if (!shared.store)
		return;
	pthread_mutex_lock(&shared.lock);
	shared.stopping = true;
	shared.open = false;
	pthread_mutex_unlock(&shared.lock);
	eventfd_write(shared.wake, 1);
	pthread_join(shared.thread, NULL);
	beat_end(shared.store);
	store_close(shared.store);
	shared.store = NULL;
	close(shared.wake);
	shared.wake = -1;
	atomic_store(&shared.on, false);
}
