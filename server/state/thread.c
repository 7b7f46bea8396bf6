/* thread.c - the state's thread: carries out errands, hears notifications, beats. */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>

#include "databases.h"
#include "fatal.h"
#include "listener_rows.h"
#include "log.h"
#include "store_internal.h"
#include "stream_bytes.h"

#define BEAT_MS 2000
#define LATE_MS 6000                    /* a beat that takes longer: the database may be cut off */
#define JUDGES_AFTER_MS 12000           /* of its own steady beats: an outage is nobody's death */
#define TIDY_MS 30000
#define RETRY_MS 200
#define STATE_WAIT_MS 15000             /* for the process that had an SQLite state before */

struct state_settings state_set;

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
	bool more_due;
} state;

bool state_on(void)
{
	return atomic_load_explicit(&state.on, memory_order_relaxed);
}

bool state_healthy(void)
{
	return atomic_load(&state.healthy) && tick_ms() - atomic_load(&state.beaten_ms) < LATE_MS;
}

int64_t state_me(void)
{
	return atomic_load(&state.me);
}

void state_set_me(int64_t me)
{
	atomic_store(&state.me, me);
}

/* A process gives four thousand million of them before it would have to take another number. */
int64_t state_number(void)
{
	return state_on() ? state_me() << 32 | (int64_t)(atomic_fetch_add(&state.numbers, 1) + 1) : 0;
}

/* ---- Listening ---- */

/* To all on one connection: another one may have taken its place in between. */
static bool listen_again(void)
{
	char mine[48];

	snprintf(mine, sizeof(mine), CHANNEL_ONE "%lld", (long long)state_me());
	if (!store_listen(state.store, CHANNEL_CHANGED))
		return false;
	state.connection = store_connection(state.store);
	if (store_listen(state.store, CHANNEL_ALL) && store_listen(state.store, mine)
	    && store_connection(state.store) == state.connection)
		return true;
	state.connection = 0;
	return false;
}

static bool listens(void)
{
	bool same = state.connection != 0 && store_connection(state.store) == state.connection;

	return same || listen_again();
}

/* On a connection that is new nothing is heard, and what was told before is lost. */
static void keep_listening(void)
{
	unsigned before = state.connection;

	if (store_connection(state.store) == 0 && !store_reachable(state.store))
		atomic_store(&state.healthy, false);
	else if (listens() && state.connection != before)
		state_set.handler.missed(false);
}

static void hear(void)
{
	struct store_notice notice;

	while (store_heard(state.store, &notice)) {
		str rest = str_of(notice.words);
		if (strcmp(notice.channel, CHANNEL_CHANGED) == 0) {
			state_set.handler.changed(notice.words);
		} else {
			str what = str_cut(&rest, ' ');
			/* Its own words too: its copy of a session may come from a row that was read
			 * before this process changed it. */
			state_set.handler.told(what, rest);
		}
		store_heard_free(state.store, &notice);
	}
}

/* ---- The beat ---- */

/* Where sessions may only be idle for a short time, more often. */
static int64_t tidy_every_ms(void)
{
	return state_set.session_idle_ms / 4 < TIDY_MS ? state_set.session_idle_ms / 4 : TIDY_MS;
}

static void live(void)
{
	int64_t at = tick_ms();
	struct beat_seen seen;

	/* What is due goes in portions, the next when the errands of one are done. */
	if (at < state.beat_ms && !(state.more_due && !errands_wait()))
		return;
	/* After a pause of its own (a stopped process, an outage) it is no judge of others. */
	if (at > state.beat_ms + BEAT_MS)
		state.steady_ms = at;
	bool done = beat(state.store, at - state.steady_ms >= JUDGES_AFTER_MS, &seen);
	if (done && at >= state.tidy_ms) {
		beat_tidy(state.store);
		state.tidy_ms = at + tidy_every_ms();
	}
	store_rest(state.store);
	state.more_due = done && seen.more;
	atomic_store(&state.healthy, done);
	if (done)
		atomic_store(&state.beaten_ms, tick_ms());
	state.beat_ms = tick_ms() + (done ? BEAT_MS : RETRY_MS);
	if (!done)
		state.steady_ms = tick_ms();
	if (seen.unknown && beat_register(state.store)) {
		log_warning("state: the other processes took this one for dead; it goes on as %lld",
		            (long long)state_me());
		state_set.handler.missed(true);
		state.connection = 0;
		keep_listening();
	}
}

/* ---- The thread ---- */

static void wait_for_something(void)
{
	struct pollfd ready[2] = {
		{ .fd = state.wake, .events = POLLIN },
		{ .fd = store_socket(state.store), .events = POLLIN },
	};
	int64_t wait_ms = state.beat_ms - tick_ms();
	eventfd_t ignored;

	if ((errands_wait() || store_connection(state.store) == 0) && wait_ms > RETRY_MS)
		wait_ms = RETRY_MS;
	poll(ready, 2, wait_ms > 0 ? (int)wait_ms : 0);
	if (ready[0].revents)
		eventfd_read(state.wake, &ignored);
}

static void *run(UNUSED void *context)
{
	while (errands_are_open()) {
		/* What came before an errand is known before it is carried out. */
		errands_fetch();
		hear();
		bool more = errands_run(state.store, false);
		stream_bytes_look(state.store);
		live();
		keep_listening();
		hear();
		if (!more && errands_are_open())
			wait_for_something();
	}
	errands_fetch();
	(void)errands_run(state.store, true);
	return NULL;
}

/* PostgreSQL's tables are made with those of the program. A state of SQLite's is this process's alone:
 * all others that are in it are dead. */
static bool begin(struct store *store)
{
	bool alone = store_kind(store) == STORE_SQLITE;

	return (!alone || store_migrate(store, state_migrations))
	       && (!state_set.fresh_secret || secret_keep(store)) && beat_register(store)
	       && (!alone || beat_bury_others(store)) && listens() && listener_rows_begin(store);
}

/* Tables that SQLite finds whole may still not be those of this program. */
static bool begun(struct store *store)
{
	if (begin(store))
		return true;
	if (store_kind(store) == STORE_SQLITE && store_refused(store))
		log_error("state: the file .state beside the data has not the tables it should have: move it"
		          " away and start again; sessions, open streams, questions and tasks are lost then, the"
		          " data is not");
	return false;
}

bool state_start(const struct state_settings *settings)
{
	state_set = *settings;
	state.connection = 0;
	state.store = store_open_state(settings->database, STATE_WAIT_MS);
	if (!state.store || !begun(state.store)) {
		store_close(state.store);
		state.store = NULL;
		return false;
	}
	state.wake = errands_open();
	store_rest(state.store);
	state.beat_ms = state.steady_ms = tick_ms();
	state.tidy_ms = tick_ms() + tidy_every_ms();
	atomic_store(&state.beaten_ms, tick_ms());
	atomic_store(&state.healthy, true);
	atomic_store(&state.on, true);
	if (pthread_create(&state.thread, NULL, run, NULL) != 0)
		fatal();
	return true;
}

void state_stop(void)
{
	if (!state.store)
		return;
	errands_close();
	pthread_join(state.thread, NULL);
	errands_tell_lost();
	beat_end(state.store);
	store_close(state.store);
	state.store = NULL;
	errands_end();
	atomic_store(&state.on, false);
}
