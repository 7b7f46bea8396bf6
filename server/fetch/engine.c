/* engine.c - the outbound thread, and who may tell it what.
 *
 * The lock guards what others say to the thread (`ordered`, and a request's flags). The thread tells of an event
 * without it, but notes which request it is at: whoever drops that one waits until it is through. So a request has
 * one owner at a time: until it is finished the thread, which then looks no more at it, unless it was ordered to. */
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fatal.h"
#include "fetch_private.h"

#define FILES_PART 8                    /* of the files that may be open at most one in so many is a connection */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t event_over;
	bool running, stopping, counted;        /* counted: /metrics has its counters */
	pthread_t thread;
	int wake;                       /* an eventfd, for good: whoever wakes the thread holds no lock */
	atomic_bool asleep;             /* it is to be woken; it becomes so under the lock */
	struct fetch *first, **last;    /* ordered: to be looked at */
	struct fetch *in_event;
	uint64_t events;                /* that are over */
	int settling;                   /* who waits for the one that runs */
} shared = { .lock = PTHREAD_MUTEX_INITIALIZER, .event_over = PTHREAD_COND_INITIALIZER, .wake = -1, .last = &shared.first };

static _Thread_local bool is_engine;

int64_t fetch_files(int64_t files)
{
	return files / FILES_PART < IN_FLIGHT_MOST ? files / FILES_PART : IN_FLIGHT_MOST;
}

/* ---- Events ---- */

bool event_begin(struct fetch *fetch)
{
	pthread_mutex_lock(&shared.lock);
	bool wanted = !fetch->silenced;
	if (wanted)
		shared.in_event = fetch;
	pthread_mutex_unlock(&shared.lock);
	return wanted;
}

static void end_event(struct fetch *fetch, bool finished)
{
	pthread_mutex_lock(&shared.lock);
	shared.in_event = NULL;
	shared.events++;
	fetch->finished = finished;
	bool last = finished && fetch->dropped && !fetch->ordered;
	if (fetch->silenced || shared.settling)
		pthread_cond_broadcast(&shared.event_over);
	pthread_mutex_unlock(&shared.lock);
	if (last)
		request_release(fetch);
}

void event_end(struct fetch *fetch)
{
	end_event(fetch, false);
}

void engine_finish(struct fetch *fetch)
{
	if (event_begin(fetch))
		fetch->events.done(fetch->owner, fetch, &fetch->answer);
	end_event(fetch, true);
}

/* ---- Orders ---- */

/* Best without the lock, which it wants first of all. */
static void wake(bool asleep)
{
	if (asleep && write(shared.wake, &(uint64_t) { 1 }, sizeof(uint64_t)) < 0)
		fatal();
}

/* Under the lock. True: it is to be woken. */
MUST_USE static bool order(struct fetch *fetch)
{
	if (fetch->ordered)
		return false;
	fetch->ordered = true;
	fetch->next_ordered = NULL;
	*shared.last = fetch;
	shared.last = &fetch->next_ordered;
	return atomic_exchange(&shared.asleep, false);
}

static void look_at(struct fetch *fetch, bool dropped, bool withdrawn, bool resumed)
{
	if (dropped) {
		flight_leave(fetch, CURLE_ABORTED_BY_CALLBACK);
		request_release(fetch);
	} else if (withdrawn && flight_withdraw(fetch)) {
		return; /* and it is its owner's now */
	} else if (fetch->phase == PHASE_NEW) {
		flight_begin(fetch);
	} else if (resumed) {
		flight_resume(fetch);
	}
}

/* One at a time: what it does may order more. */
static bool take_order(void)
{
	pthread_mutex_lock(&shared.lock);
	struct fetch *fetch = shared.first;
	if (!fetch) {
		pthread_mutex_unlock(&shared.lock);
		return false;
	}
	if (!(shared.first = fetch->next_ordered))
		shared.last = &shared.first;
	bool dropped = fetch->dropped, withdrawn = fetch->withdrawn, resumed = fetch->resumed, finished = fetch->finished;
	fetch->ordered = fetch->resumed = false;
	pthread_mutex_unlock(&shared.lock);
	if (!finished || dropped)
		look_at(fetch, dropped, withdrawn, resumed);
	return true;
}

/* ---- The thread ---- */

/* Whoever orders something after that wakes it. */
bool engine_falls_asleep(void)
{
	pthread_mutex_lock(&shared.lock);
	bool asleep = !shared.first && !shared.stopping;
	atomic_store(&shared.asleep, asleep);
	pthread_mutex_unlock(&shared.lock);
	return asleep;
}

void engine_is_awake(void)
{
	atomic_store_explicit(&shared.asleep, false, memory_order_relaxed);
}

static bool is_stopping(void)
{
	pthread_mutex_lock(&shared.lock);
	bool stopping = shared.stopping;
	pthread_mutex_unlock(&shared.lock);
	return stopping;
}

static void take_orders(void)
{
	while (take_order())
		;
}

static int files_open_max(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < INT_MAX ? (int)limit.rlim_cur : INT_MAX;
}

/* What is ordered after its last look is for the thread that comes next. */
static void *run(UNUSED void *nothing)
{
	is_engine = true;
	flights_begin();
	hosts_begin((int)fetch_files(files_open_max()));
	while (!is_stopping()) {
		take_orders();
		flights_go();
		multi_turn(flights_due());
		flights_run_due();
	}
	do
		take_orders();
	while (flights_fail("this process stops"));
	hosts_end();
	multi_close();
	return NULL;
}

/* Under the lock. A signal is for others than it to take. */
static void start_thread(void)
{
	sigset_t all, before;

	if (shared.wake < 0 && (shared.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
		fatal();
	multi_open(shared.wake);
	if (!shared.counted)
		counted_add(fetch_counted);
	shared.counted = true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	shared.running = pthread_create(&shared.thread, NULL, run, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!shared.running)
		fatal();
}

/* ---- What others call ---- */

struct fetch *fetch_start(const struct fetch_request *request, const struct fetch_events *events, void *owner)
{
	struct fetch *fetch = request_copy(request);

	fetch->events = *events;
	fetch->owner = owner;
	pthread_mutex_lock(&shared.lock);
	if (!shared.running)
		start_thread();
	bool asleep = order(fetch);
	pthread_mutex_unlock(&shared.lock);
	wake(asleep);
	return fetch;
}

void fetch_drop(struct fetch *fetch)
{
	if (!fetch)
		return;
	pthread_mutex_lock(&shared.lock);
	fetch->silenced = true;
	while (shared.in_event == fetch && !is_engine)
		pthread_cond_wait(&shared.event_over, &shared.lock);
	fetch->dropped = true;
	bool last = fetch->finished && !fetch->ordered, asleep = !last && order(fetch);
	pthread_mutex_unlock(&shared.lock);
	wake(asleep);
	if (last)
		request_release(fetch);
}

void fetch_drop_told(struct fetch *fetch)
{
	pthread_mutex_lock(&shared.lock);
	bool in_event = shared.in_event == fetch;
	if (in_event)
		fetch->dropped = true;
	pthread_mutex_unlock(&shared.lock);
	if (!in_event)
		fetch_drop(fetch);
}

void fetch_settle(void)
{
	pthread_mutex_lock(&shared.lock);
	uint64_t before = shared.events;
	shared.settling++;
	while (shared.in_event && shared.events == before)
		pthread_cond_wait(&shared.event_over, &shared.lock);
	shared.settling--;
	pthread_mutex_unlock(&shared.lock);
}

static void tell_thread(struct fetch *fetch, bool *what)
{
	pthread_mutex_lock(&shared.lock);
	*what = true;
	bool asleep = !fetch->finished && order(fetch);
	pthread_mutex_unlock(&shared.lock);
	wake(asleep);
}

void fetch_withdraw(struct fetch *fetch)
{
	tell_thread(fetch, &fetch->withdrawn);
}

void fetch_resume(struct fetch *fetch)
{
	tell_thread(fetch, &fetch->resumed);
}

void fetch_stop(void)
{
	pthread_mutex_lock(&shared.lock);
	bool running = shared.running && !shared.stopping;
	pthread_t thread = shared.thread;
	if (running) {
		shared.stopping = true;
		wake(true);
	}
	pthread_mutex_unlock(&shared.lock);
	if (!running)
		return;
	pthread_join(thread, NULL);
	pthread_mutex_lock(&shared.lock);
	shared.running = shared.stopping = false;
	if (shared.first)               /* since it looked last */
		start_thread();
	pthread_mutex_unlock(&shared.lock);
}

