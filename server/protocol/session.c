/* session.c - the table of sessions: found by id from any loop, idle ones end by themselves.
 *
 * One lock guards the table; it is held for a lookup and two pointers. The table is ordered by last
 * use, so the oldest is found at once: for the idle limit, and to make room at the cap. */
#include <stdlib.h>

#include "session_private.h"

#define BUCKETS 4096

static struct {
	pthread_mutex_t lock;
	struct session *buckets[BUCKETS];
	struct session *oldest, *newest;
	int count;
	struct timer *sweep;            /* on the loop that began the first session */
} table = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct session **bucket(str id)
{
	uint32_t value = 2166136261u;

	for (size_t i = 0; i < id.size; i++)
		value = (value ^ (unsigned char)id.at[i]) * 16777619u;
	return &table.buckets[value % BUCKETS];
}

struct session *session_keep(struct session *session)
{
	atomic_fetch_add(&session->references, 1);
	return session;
}

static void free_session(struct session *session)
{
	for (struct filed_call *call = session->calls, *next; call; call = next) {
		next = call->next;
		free(call);
	}
	for (struct filed_question *question = session->questions, *next; question; question = next) {
		next = question->next;
		free(question);
	}
	for (struct followed *followed = session->followed, *next; followed; followed = next) {
		next = followed->next;
		free(followed);
	}
	caller_drop(session->caller);
	pthread_mutex_destroy(&session->lock);
	free(session);
}

void session_drop(struct session *session)
{
	if (session && atomic_fetch_sub(&session->references, 1) == 1)
		free_session(session);
}

/* ---- The order of use; all under the table's lock ---- */

static void order_remove(struct session *session)
{
	*(session->older ? &session->older->newer : &table.oldest) = session->newer;
	*(session->newer ? &session->newer->older : &table.newest) = session->older;
	session->older = session->newer = NULL;
}

static void order_append(struct session *session)
{
	session->used_ms = tick_ms();
	session->older = table.newest;
	*(table.newest ? &table.newest->newer : &table.oldest) = session;
	table.newest = session;
}

/* Takes it out of the table; the table's reference is the caller's now. */
static void take_out(struct session *session)
{
	struct session **place = bucket(str_of(session->id));

	while (*place != session)
		place = &(*place)->same_hash;
	*place = session->same_hash;
	order_remove(session);
	table.count--;
	atomic_store(&session->ended, true);
	metric_add(METRIC_SESSIONS, -1);
}

static bool is_busy(const struct session *session)
{
	/* The table has one reference, each kept channel too; a running call or open stream another. */
	return atomic_load(&session->references) > 1 + atomic_load(&session->kept_channels);
}

/* The session unused for longest. One that something is going on in is in use: it moves to the end
 * of the order; a bounded number of them in one go. */
static struct session *oldest_idle(int64_t unused_since_ms)
{
	for (int tries = 0; table.oldest && tries < 64; tries++) {
		struct session *session = table.oldest;
		if (session->used_ms > unused_since_ms)
			return NULL;
		if (!is_busy(session))
			return session;
		order_remove(session);
		order_append(session);
	}
	return NULL;
}

static void finish(struct session *session)
{
	channels_end_session(session);
	session_drop(session);
}

/* ---- The idle limit ---- */

static void sweep(struct timer *timer, struct loop *loop)
{
	int64_t idle_ms = runtime.set.session_idle_ms;
	bool more;

	for (;;) {
		pthread_mutex_lock(&table.lock);
		struct session *session = oldest_idle(tick_ms() - idle_ms);
		if (session)
			take_out(session);
		more = table.count > 0;
		if (!more)
			table.sweep = NULL;
		pthread_mutex_unlock(&table.lock);
		if (!session)
			break;
		finish(session);
	}
	if (more)
		timer_set(loop, timer, loop_tick_ms(loop) + idle_ms / 8 + 1);
}

/* The first session starts the sweep, on its loop; the last one's end stops it. */
static void start_sweep(void)
{
	static _Thread_local struct timer timer;
	struct loop *loop = loop_current();

	if (table.sweep || !loop)
		return;
	table.sweep = &timer;
	timer.run = sweep;
	timer_set(loop, &timer, loop_tick_ms(loop) + runtime.set.session_idle_ms / 8 + 1);
}

/* ---- Beginning, finding, ending ---- */

static struct session *create(const struct caller *caller, enum revision revision, unsigned can)
{
	struct session *session = calloc(1, sizeof(*session));
	struct arena *arena = arena_create();

	if (!session)
		abort();
	memcpy(session->id, random_text(arena, SESSION_ID_BYTES), SESSION_ID_SIZE);
	arena_destroy(arena);
	session->revision = revision;
	session->can = can;
	session->caller = caller_keep(caller);
	atomic_store(&session->references, 2);          /* the table's and the receiver's */
	atomic_store(&session->log_least, -1);
	pthread_mutex_init(&session->lock, NULL);
	return session;
}

struct session *session_begin(const struct caller *caller, enum revision revision, unsigned can)
{
	struct session *session = create(caller, revision, can), *evicted = NULL;
	struct session **place = bucket(str_of(session->id));
	bool room = true;

	pthread_mutex_lock(&table.lock);
	if (table.count >= runtime.set.sessions_max) {
		evicted = oldest_idle(INT64_MAX);
		if (evicted)
			take_out(evicted);
		else
			room = false;
	}
	if (room) {
		session->same_hash = *place;
		*place = session;
		order_append(session);
		table.count++;
		metric_add(METRIC_SESSIONS, 1);
		start_sweep();
	}
	pthread_mutex_unlock(&table.lock);

	if (evicted) {
		metric_add(METRIC_SESSIONS_EVICTED, 1);
		finish(evicted);
	}
	if (room) {
		metric_add(METRIC_SESSIONS_BEGUN, 1);
		return session;
	}
	metric_add(METRIC_LIMIT_SESSIONS, 1);
	free_session(session);
	return NULL;
}

struct session *session_find(str id, const struct caller *caller)
{
	struct session *session;

	pthread_mutex_lock(&table.lock);
	for (session = *bucket(id); session; session = session->same_hash)
		if (str_is(id, session->id))
			break;
	/* It belongs to whoever began it: to everybody else it does not exist. */
	if (session && !caller_same(session->caller, caller))
		session = NULL;
	if (session) {
		session_keep(session);
		order_remove(session);
		order_append(session);
	}
	pthread_mutex_unlock(&table.lock);
	return session;
}

void session_end(struct session *session)
{
	bool mine;

	pthread_mutex_lock(&table.lock);
	mine = !atomic_load(&session->ended);
	if (mine)
		take_out(session);
	pthread_mutex_unlock(&table.lock);
	if (mine)
		finish(session);
}

void sessions_stop(void)
{
	while (table.oldest) {
		struct session *session = table.oldest;
		take_out(session);
		channels_free_session(session);
		session_drop(session);
	}
	table.sweep = NULL;
}

const char *session_id(const struct session *session)
{
	return session->id;
}

enum revision session_revision(const struct session *session)
{
	return session->revision;
}

unsigned session_can(const struct session *session)
{
	return session->can;
}

int session_log_least(const struct session *session)
{
	return atomic_load(&session->log_least);
}

void session_set_log_least(struct session *session, int level)
{
	atomic_store(&session->log_least, level);
}

/* ---- Resources it follows ---- */

#define FOLLOWED_MAX 1000

static struct followed **followed_place(struct session *session, str uri)
{
	struct followed **place = &session->followed;

	while (*place && !str_same(uri, (str) { (*place)->uri, (*place)->size }))
		place = &(*place)->next;
	return place;
}

bool session_subscribe(struct session *session, str uri, bool wanted)
{
	bool room = true;

	pthread_mutex_lock(&session->lock);
	struct followed **place = followed_place(session, uri), *found = *place;
	if (found && !wanted) {
		*place = found->next;
		session->followed_count--;
		free(found);
	} else if (!found && wanted && (room = session->followed_count < FOLLOWED_MAX)) {
		found = malloc(sizeof(*found) + uri.size);
		if (!found)
			abort();
		found->next = NULL;
		found->size = uri.size;
		memcpy(found->uri, uri.at, uri.size);
		*place = found;
		session->followed_count++;
	}
	atomic_store(&session->follows, session->followed_count > 0);
	pthread_mutex_unlock(&session->lock);
	return room;
}

bool session_follows(struct session *session, const char *uri)
{
	if (!atomic_load(&session->follows))
		return false;
	pthread_mutex_lock(&session->lock);
	bool follows = *followed_place(session, str_of(uri));
	pthread_mutex_unlock(&session->lock);
	return follows;
}
