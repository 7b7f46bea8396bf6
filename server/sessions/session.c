/* session.c - the sessions that this process has met: copies of what the database has, found by id from
 * any loop.
 *
 * One lock guards the table; it is held for a lookup and two pointers. The table is ordered by last
 * use: what nobody used for a while is dropped, and read again when it is needed. How many sessions
 * there may be, and how long they live, the database decides, which is told what was used. */
#include <stdlib.h>

#include "fatal.h"
#include "session_private.h"

#define BUCKETS 4096
#define COPY_IDLE_MS 60000

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

struct session *session_hold(struct session *session)
{
	atomic_fetch_add(&session->references, 1);
	return session;
}

void session_free(struct session *session)
{
	for (struct filed_call *call = session->calls, *next; call; call = next) {
		next = call->next;
		free(call);
	}
	session_follow_nothing(session);
	caller_drop(session->caller);
	pthread_mutex_destroy(&session->lock);
	free(session);
}

void session_drop(struct session *session)
{
	if (session && atomic_fetch_sub(&session->references, 1) == 1)
		session_free(session);
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

static void order_renew(struct session *session)
{
	order_remove(session);
	order_append(session);
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

/* The table has one reference; a running call, an open stream have others. */
static bool is_busy(const struct session *session)
{
	return atomic_load(&session->references) > 1;
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
		order_renew(session);
	}
	return NULL;
}

/* ---- Copies that nobody uses ---- */

static int64_t copy_idle_ms(void)
{
	return runtime.set.session_idle_ms < COPY_IDLE_MS ? runtime.set.session_idle_ms : COPY_IDLE_MS;
}

/* Drops the one unused for longest, under the lock: nothing is going on in it, so it is over with that. */
static bool drop_idle(int64_t unused_since_ms)
{
	struct session *session = oldest_idle(unused_since_ms);

	if (!session)
		return false;
	take_out(session);
	session_drop(session);
	return true;
}

static void sweep(struct timer *timer, struct loop *loop)
{
	int64_t idle_ms = copy_idle_ms();
	bool more;

	pthread_mutex_lock(&table.lock);
	while (drop_idle(tick_ms() - idle_ms))
		;
	more = table.count > 0;
	if (!more)
		table.sweep = NULL;
	pthread_mutex_unlock(&table.lock);
	if (more)
		timer_set(loop, timer, loop_tick_ms(loop) + idle_ms / 8 + 1);
}

/* A short use is over about when it began, as exactly as the sweep looks; the lock is for long ones. */
void session_leave(struct session *session)
{
	if (session && tick_ms() - session->used_ms > copy_idle_ms() / 8) {
		pthread_mutex_lock(&table.lock);
		if (!atomic_load(&session->ended))
			order_renew(session);
		pthread_mutex_unlock(&table.lock);
	}
	session_drop(session);
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
	timer_set(loop, &timer, loop_tick_ms(loop) + copy_idle_ms() / 8 + 1);
}

/* ---- Beginning, finding, ending ---- */

struct session *session_create(const char *id, const struct caller *caller, enum revision revision,
                               unsigned can)
{
	struct session *session = calloc(1, sizeof(*session));

	if (!session)
		fatal();
	strncpy(session->id, id, SESSION_ID_SIZE - 1);
	session->revision = revision;
	session->can = can;
	session->caller = caller_keep(caller);
	atomic_store(&session->references, 2);          /* the table's and the receiver's */
	atomic_store(&session->log_least, -1);
	atomic_store(&session->doubted, true);
	pthread_mutex_init(&session->lock, NULL);
	return session;
}

static struct session *find(str id)
{
	struct session *session = *bucket(id);

	while (session && !str_is(id, session->id))
		session = session->same_hash;
	return session;
}

struct session *session_put(struct session *session)
{
	struct session **place = bucket(str_of(session->id)), *there;

	pthread_mutex_lock(&table.lock);
	there = find(str_of(session->id));
	if (there) {
		session_keep(there);
	} else {
		if (table.count >= runtime.set.sessions_max)
			(void)drop_idle(INT64_MAX);
		session->same_hash = *place;
		*place = session;
		order_append(session);
		table.count++;
		metric_add(METRIC_SESSIONS, 1);
		start_sweep();
	}
	pthread_mutex_unlock(&table.lock);
	if (there)
		session_free(session);
	return there ? there : session;
}

bool session_is_id(str id)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	for (size_t i = 0; i < id.size; i++)
		if (!memchr(letters, id.at[i], sizeof(letters) - 1))
			return false;
	return id.size == SESSION_ID_SIZE - 1;
}

bool session_is_here(str id)
{
	pthread_mutex_lock(&table.lock);
	const struct session *session = find(id);
	bool here = session && !atomic_load(&session->stale);
	pthread_mutex_unlock(&table.lock);
	return here;
}

struct session *session_held(str id)
{
	pthread_mutex_lock(&table.lock);
	struct session *session = find(id);
	if (session)
		session_keep(session);
	pthread_mutex_unlock(&table.lock);
	return session;
}

void sessions_doubt(void)
{
	pthread_mutex_lock(&table.lock);
	for (struct session *session = table.oldest; session; session = session->newer)
		session_doubt(session);
	pthread_mutex_unlock(&table.lock);
}

/* Something goes on in it, or was until lately. */
static void list_used(struct json *json, int64_t since, bool busy)
{
	for (const struct session *session = table.newest; session; session = session->older)
		if (is_busy(session) == busy && (busy || session->used_ms >= since))
			json_text(json, session->id);
}

str sessions_used(struct arena *arena)
{
	static int64_t since;           /* only the state's thread asks */
	struct json json = json_begin(arena, 1024);
	int64_t now = tick_ms();

	json_array(&json);
	pthread_mutex_lock(&table.lock);
	list_used(&json, since, true);
	list_used(&json, since, false);
	pthread_mutex_unlock(&table.lock);
	json_array_end(&json);
	since = now;
	return json_end(&json);
}

struct session *session_find(str id, const struct caller *caller)
{
	pthread_mutex_lock(&table.lock);
	struct session *session = find(id);
	/* It belongs to whoever began it: to everybody else it does not exist. */
	if (session && !caller_same(session->caller, caller))
		session = NULL;
	if (session) {
		session_keep(session);
		order_renew(session);
	}
	pthread_mutex_unlock(&table.lock);
	return session;
}

static void finish(struct session *session)
{
	session_streams_end_session(session);
	session_drop(session);
}

void session_end(struct session *session)
{
	pthread_mutex_lock(&table.lock);
	bool mine = !atomic_load(&session->ended);
	if (mine)
		take_out(session);
	pthread_mutex_unlock(&table.lock);
	if (mine)
		finish(session);
}

void sessions_end_revoked(void (*each)(const char *id))
{
	struct session *ended = NULL;

	pthread_mutex_lock(&table.lock);
	for (struct session *session = table.oldest, *next; session; session = next) {
		next = session->newer;
		if (auth_is_current(session->caller))
			continue;
		take_out(session);
		session->newer = ended;         /* which has no other use now */
		ended = session;
	}
	pthread_mutex_unlock(&table.lock);
	for (struct session *next; ended; ended = next) {
		next = ended->newer;
		each(ended->id);
		finish(ended);
	}
}

void sessions_stop(void)
{
	while (table.oldest) {
		struct session *session = table.oldest;
		take_out(session);
		session_streams_free_session(session);
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
