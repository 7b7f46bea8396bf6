/* thread.c - the shared thread: carries out errands, hears notifications, beats. */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>

#include "log.h"
#include "room.h"
#include "store_internal.h"

#define BEAT_MS 2000
#define LATE_MS 6000                    /* a beat that takes longer: the database may be cut off */
#define JUDGES_AFTER_MS 12000           /* of its own steady beats: an outage is nobody's death */
#define TIDY_MS 30000
#define RETRY_MS 200
#define STATE_WAIT_MS 15000             /* for the process that had an SQLite state before */

struct shared_settings shared_set;

static struct {
	pthread_t thread;
	int wake;
	atomic_bool on, healthy;
	atomic_llong beaten_ms;         /* the latest beat the database answered */
	_Atomic int64_t me;
	atomic_uint_fast32_t numbers;
	/* The thread's own. */
	struct store *store;
	unsigned connection;            /* the one that is listened on */
	int64_t beat_ms, steady_ms, tidy_ms;
} shared;

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
		store_heard_free(shared.store, &notice);
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
	store_rest(shared.store);
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

	if ((errands_wait() || store_connection(shared.store) == 0) && wait_ms > RETRY_MS)
		wait_ms = RETRY_MS;
	poll(ready, 2, wait_ms > 0 ? (int)wait_ms : 0);
	if (ready[0].revents)
		eventfd_read(shared.wake, &ignored);
}

static void *run(UNUSED void *context)
{
	while (errands_are_open()) {
		/* What came before an errand is known before it is carried out. */
		errands_fetch();
		hear();
		errands_run(shared.store, false);
		room_look(shared.store);
		live();
		keep_listening();
		hear();
		if (errands_are_open())
			wait_for_something();
	}
	errands_fetch();
	errands_run(shared.store, true);
	return NULL;
}

/* PostgreSQL's tables are made with those of the program. A state of SQLite's is this process's alone:
 * all others that are in it are dead. */
static bool begin(struct store *store)
{
	bool alone = store_kind(store) == STORE_SQLITE;

	return (!alone || store_migrate(store, shared_migrations)) && beat_register(store)
	       && (!alone || beat_bury_others(store));
}

bool shared_start(const struct shared_settings *settings)
{
	shared_set = *settings;
	shared.store = store_open_state(settings->database, STATE_WAIT_MS);
	if (!shared.store || !begin(shared.store)) {
		store_close(shared.store);
		shared.store = NULL;
		return false;
	}
	shared.wake = errands_open();
	shared.connection = 0;
	store_rest(shared.store);
	shared.beat_ms = shared.steady_ms = tick_ms();
	shared.tidy_ms = tick_ms() + tidy_every_ms();
	atomic_store(&shared.beaten_ms, tick_ms());
	atomic_store(&shared.healthy, true);
	atomic_store(&shared.on, true);
	keep_listening();
	if (pthread_create(&shared.thread, NULL, run, NULL) != 0)
		abort();
	return true;
}

void shared_stop(void)
{
	if (!shared.store)
		return;
	errands_close();
	pthread_join(shared.thread, NULL);
	beat_end(shared.store);
	store_close(shared.store);
	shared.store = NULL;
	errands_end();
	atomic_store(&shared.on, false);
}
