/* key_source.c - the keys of the issuer: fetched by a thread of its own, kept while the issuer is down.
 *
 * A set of keys never changes: another is put in its place, and each thread that checks keeps the one it
 * saw last (as keys.c does). They are fetched at the start, every ten minutes, and when a token names a key
 * that is not known; for those at most once in half a minute, whoever names them, for anybody can. */
#include "key_source.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fatal.h"
#include "fetch.h"
#include "log.h"
#include "seal.h"

struct key_times key_times = {
	.refresh = 600000, .floor = 30000, .retry = 1000, .retry_most = 30000,
	.keep = (int64_t)24 * 3600 * 1000, .fetch = 5000, .log = 60000,
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Under the lock. Times are of tick_ms(). */
static struct {
	const struct issuer *issuer;    /* NULL: there is none */
	struct jwk_set *keys;           /* NULL: none */
	struct jwk_set *before;         /* those that they took the place of; NULL: none */
	int64_t confirmed_ms;           /* when they were last had */
	char *document;                 /* of discovery, for a façade; NULL: none */

	pthread_t thread;
	pthread_cond_t changed;
	bool running, stopping;
	bool fetching, wanted;
	int64_t next_ms;                /* when it fetches anyway */
	int64_t asked_ms;               /* when it did so for a key that was not known */
	int failures;                   /* since the last success */
	int64_t logged_ms;              /* the latest line about them; 0: none */

	struct auth_waiter *waiting;
} source;

static atomic_uint changes;             /* how often `keys` was replaced */
static atomic_bool give_up;             /* whatever is being fetched */

/* ---- What threads see ---- */

static _Thread_local struct jwk_set *seen;
static _Thread_local unsigned seen_changes;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t at_exit;

static void drop_seen(void *keys)
{
	jwk_set_drop(keys);
}

static void prepare(void)
{
	if (pthread_key_create(&at_exit, drop_seen) != 0)
		fatal();
}

static void look_again(void)
{
	pthread_once(&once, prepare);
	jwk_set_drop(seen);
	pthread_mutex_lock(&lock);
	seen = source.keys ? jwk_set_keep(source.keys) : NULL;
	seen_changes = atomic_load(&changes);
	pthread_mutex_unlock(&lock);
	pthread_setspecific(at_exit, seen);
}

const struct jwk_set *key_source_keys(unsigned *number)
{
	if (atomic_load_explicit(&changes, memory_order_acquire) != seen_changes)
		look_again();
	*number = seen_changes;
	return seen;
}

/* Under the lock; takes them over. Whoever has others drops them at the next look, and with them what it
 * knows of tokens that they verified. */
static void replace(struct jwk_set *keys)
{
	jwk_set_drop(source.before);
	source.before = source.keys;
	source.keys = keys;
	atomic_fetch_add(&changes, 1);
}

/* ---- Is it worth waiting? Under the lock ---- */

static bool is_file(void)
{
	return source.issuer->jwks && source.issuer->jwks[0] == '@';
}

static bool is_coming(int64_t now)
{
	return source.running && (source.fetching || source.wanted || source.next_ms <= now);
}

static enum key_hope later(int64_t at_ms, int64_t now, int64_t *retry_ms)
{
	*retry_ms = at_ms > now ? at_ms - now : 1;
	return KEY_LATER;
}

/* Since somebody looked. */
static bool have_come(unsigned number)
{
	return atomic_load(&changes) != number;
}

enum key_hope key_source_hope(unsigned number, int64_t *retry_ms)
{
	pthread_mutex_lock(&lock);
	int64_t now = tick_ms();
	enum key_hope hope = have_come(number) ? KEY_CAME
		: is_coming(now) ? KEY_COMES : later(source.next_ms, now, retry_ms);
	pthread_mutex_unlock(&lock);
	return hope;
}

/* What was there before, and is not among what the issuer said last, is not its newest. */
static bool is_withdrawn(str kid)
{
	return source.before && jwk_set_has(source.before, kid);
}

static enum key_hope hope_for_other(str kid, bool again, int64_t now, int64_t *retry_ms)
{
	if (is_file() || (again && !is_coming(now) && source.failures == 0))
		return KEY_NEVER;
	if (is_coming(now))
		return KEY_COMES;
	if (source.failures > 0 || !source.running)
		return later(source.next_ms, now, retry_ms);
	if (now < source.asked_ms + key_times.floor)
		return is_withdrawn(kid) ? KEY_NEVER : later(source.asked_ms + key_times.floor, now, retry_ms);
	source.asked_ms = now;
	source.wanted = true;
	pthread_cond_signal(&source.changed);
	return KEY_COMES;
}

enum key_hope key_source_hope_for_other(unsigned number, str kid, bool again, int64_t *retry_ms)
{
	pthread_mutex_lock(&lock);
	enum key_hope hope = have_come(number) ? KEY_CAME
		: hope_for_other(kid, again, tick_ms(), retry_ms);
	pthread_mutex_unlock(&lock);
	return hope;
}

/* ---- Who waits ---- */

bool auth_await_keys(struct auth_waiter *waiter, struct loop *loop, uint64_t party,
                     void (*come)(struct auth_waiter *waiter))
{
	key_wait_prepare(waiter, loop, party, come);
	pthread_mutex_lock(&lock);
	bool room = key_wait_add(waiter, &source.waiting);
	/* They have come in between. */
	if (!is_coming(tick_ms()))
		key_wait_tell(&source.waiting);
	pthread_mutex_unlock(&lock);
	atomic_fetch_add(room ? &sign_ins.waited : &sign_ins.unavailable, 1);
	return room;
}

bool key_wait_take(struct auth_waiter *waiter)
{
	pthread_mutex_lock(&lock);
	bool waits = key_wait_remove(waiter);
	pthread_mutex_unlock(&lock);
	return waits;
}

/* ---- The thread ---- */

static int64_t jittered(int64_t ms)
{
	uint32_t random;

	random_bytes(&random, sizeof(random));
	return ms - ms / 10 + (int64_t)((uint64_t)random * (uint64_t)(ms / 5 + 1) >> 32);
}

static int64_t retry_after(int failures)
{
	int64_t ms = key_times.retry;

	while (--failures > 0 && ms < key_times.retry_most)
		ms *= 2;
	return jittered(ms < key_times.retry_most ? ms : key_times.retry_most);
}

static void keep_document(str document)
{
	free(source.document);
	source.document = document.at ? strndup(document.at, document.size) : NULL;
}

static void adopt(struct key_fetch *fetched, int64_t now)
{
	bool same = source.keys && jwk_set_same(source.keys, fetched->keys);

	if (source.failures > 0 || !same)
		log_info("keys of the issuer %s: %d%s", source.issuer->name, jwk_set_count(fetched->keys),
		         same ? ", as before" : source.keys ? ", others than before" : "");
	if (same)
		jwk_set_drop(fetched->keys);
	else
		replace(fetched->keys);
	if (source.issuer->facade)
		keep_document(fetched->document);
	source.failures = 0;
	source.logged_ms = 0;
	source.confirmed_ms = now;
	atomic_store(&sign_ins.keys_had_s, now_ms() / 1000);
	source.next_ms = now + jittered(key_times.refresh);
}

static void bear(const char *why, int64_t now)
{
	atomic_fetch_add(&sign_ins.failed_fetches, 1);
	if (source.keys && now - source.confirmed_ms >= key_times.keep) {
		log_warning("the keys of the issuer %s are too old to be believed", source.issuer->name);
		replace(NULL);
	}
	source.failures++;
	source.next_ms = now + retry_after(source.failures);
	if (source.logged_ms && now - source.logged_ms < key_times.log)
		return;
	source.logged_ms = now;
	log_warning("the keys of the issuer can't be had: %s; %s", why, source.keys
	            ? "those of before are used" : "until then access tokens are answered with 503");
}

/* Under the lock, but while it fetches. */
static void fetch_once(void)
{
	struct arena *arena = arena_create();
	struct key_fetch fetched;

	source.fetching = true;
	source.wanted = false;
	pthread_mutex_unlock(&lock);
	atomic_fetch_add(&sign_ins.fetches, 1);
	key_fetch(arena, source.issuer, &give_up, &fetched);
	pthread_mutex_lock(&lock);
	source.fetching = false;
	if (fetched.keys)
		adopt(&fetched, tick_ms());
	else if (!source.stopping)
		bear(fetched.why, tick_ms());
	key_wait_tell(&source.waiting);
	arena_destroy(arena);
}

static void wait_until(int64_t at_ms)
{
	struct timespec at = { .tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000 };

	pthread_cond_timedwait(&source.changed, &lock, &at);
}

static void *keep_fetching(UNUSED void *nothing)
{
	pthread_mutex_lock(&lock);
	while (!source.stopping)
		if (source.wanted || source.next_ms <= tick_ms())
			fetch_once();
		else
			wait_until(source.next_ms);
	pthread_mutex_unlock(&lock);
	return NULL;
}

/* ---- From start to end ---- */

/* Not under the lock: whoever checks a token must not wait for a disk. */
static const char *read_file(const char *path)
{
	static char trouble[512];
	struct arena *arena = arena_create();
	struct key_fetch read;

	key_read_file(arena, path, &read);
	pthread_mutex_lock(&lock);
	if (!read.keys)
		snprintf(trouble, sizeof(trouble), "OAUTH_JWKS: %s", read.why);
	else if (source.keys && jwk_set_same(source.keys, read.keys))
		jwk_set_drop(read.keys);
	else
		replace(read.keys);
	pthread_mutex_unlock(&lock);
	arena_destroy(arena);
	return read.keys ? NULL : trouble;
}

const char *key_source_configure(const struct issuer *issuer)
{
	pthread_mutex_lock(&lock);
	source.issuer = issuer;
	if (source.keys)
		replace(NULL);
	jwk_set_drop(source.before);
	source.before = NULL;
	keep_document((str) { 0 });
	pthread_mutex_unlock(&lock);
	return issuer && is_file() ? read_file(issuer->jwks + 1) : NULL;
}

void issuer_start(void)
{
	pthread_condattr_t attributes;

	if (!source.issuer || is_file())
		return;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&source.changed, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_lock(&lock);
	source.next_ms = tick_ms();
	source.asked_ms = source.next_ms - key_times.floor;
	source.failures = 0;
	source.logged_ms = 0;
	source.stopping = source.fetching = source.wanted = false;
	atomic_store(&give_up, false);
	source.running = pthread_create(&source.thread, NULL, keep_fetching, NULL) == 0;
	if (!source.running)
		fatal();
	pthread_mutex_unlock(&lock);
}

void issuer_stop(void)
{
	pthread_mutex_lock(&lock);
	bool running = source.running;
	source.stopping = true;
	source.running = false;
	fetch_give_up(&give_up);
	if (running)
		pthread_cond_signal(&source.changed);
	pthread_mutex_unlock(&lock);
	if (!running)
		return;
	pthread_join(source.thread, NULL);
	pthread_cond_destroy(&source.changed);
	pthread_mutex_lock(&lock);
	key_wait_tell(&source.waiting);
	pthread_mutex_unlock(&lock);
}

const char *issuer_reload(void)
{
	pthread_mutex_lock(&lock);
	const char *path = source.issuer && is_file() ? source.issuer->jwks + 1 : NULL;
	if (source.running) {
		source.wanted = true;
		pthread_cond_signal(&source.changed);
	}
	pthread_mutex_unlock(&lock);
	return path ? read_file(path) : NULL;
}

char *issuer_document(struct arena *arena)
{
	pthread_mutex_lock(&lock);
	char *document = source.document ? arena_copy(arena, str_of(source.document)) : NULL;
	pthread_mutex_unlock(&lock);
	return document;
}
