/* errands.c - errands: sent by any thread, carried out by the one of the state, given back.
 *
 * Each party has its turn: its errands are carried out as they came, but for each of them one of every
 * other party that has any. So nobody waits for all that another sent. An errand is told its turn when
 * it is fetched, and the list is in the order of turns.
 *
 * Those that the database could not do are tried again after a pause, and meanwhile only those wait that
 * are of the same key. Which keys have somebody waiting is a bit each, by a hash: two that share one wait
 * for one another, which is rare and harms nobody. So it is with parties and the turn they had last. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "builder.h"
#include "fatal.h"
#include "log.h"
#include "state_private.h"
#include "store_internal.h"

#define RETRY_MS 200
#define TOGETHER_MAX 256                /* in one statement */
#define TRIES_MAX 5                     /* of what fails though the database is there */
#define HASHES 4096
#define SLICE_MS 20                     /* then it is looked at what came meanwhile, and beaten */
#define CHARGED 4096                    /* the arena's first block: a request may have many errands */
#define LOST_KINDS 16

static struct {
	pthread_mutex_t lock;
	struct errand *first, **last;   /* sent; under the lock */
	bool open;                      /* under the lock too, and `wake` is written to only while it is:
	                                   whoever closes it has no late writer to fear */
	int wake;
	/* The state's thread's own. */
	struct errand *todo;            /* by their turns */
	uint64_t turn;                  /* whose it is */
	uint64_t latest[HASHES];        /* the latest turn that was given to a party */
	uint64_t waiting[HASHES / 64];  /* the keys of those that were passed over in this go */
	struct { const char *what; int64_t count; } lost[LOST_KINDS];   /* at the end */
} errands = { .lock = PTHREAD_MUTEX_INITIALIZER, .last = &errands.first, .wake = -1 };

/* Of what they keep; whoever sends may do so before there is anybody to carry it out. */
static _Atomic(struct budget *) budget;

/* ---- Sent and given back ---- */

void *errand_create(const struct errand_kind *kind, size_t size)
{
	struct arena *arena = arena_create_charged(atomic_load(&budget));
	struct errand *errand = arena_alloc(arena, size);

	arena_charge(arena, CHARGED);
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
	atomic_fetch_sub(&state_counters.errands, 1);
	if (!errand->kind->done) {
		arena_destroy(errand->arena);
		return;
	}
	errand->message.run = come_back;
	if (errand->loop)
		loop_post(errand->loop, &errand->message);
	else                            /* sent when the loops were no more */
		come_back(&errand->message, NULL);
}

void errand_send_from(struct errand *errand, struct loop *loop)
{
	errand->loop = loop;
	errand->next = NULL;
	atomic_fetch_add(&state_counters.errands, 1);
	pthread_mutex_lock(&errands.lock);
	bool open = errands.open;
	if (open) {
		if (!errands.first)
			eventfd_write(errands.wake, 1);
		*errands.last = errand;
		errands.last = &errand->next;
	}
	pthread_mutex_unlock(&errands.lock);
	if (!open)
		give_back(errand, true);
}

void errand_send(struct errand *errand)
{
	errand_send_from(errand, loop_current());
}

/* ---- Opening, closing ---- */

int errands_open(void)
{
	atomic_store(&budget, state_set.budget);
	pthread_mutex_lock(&errands.lock);
	errands.wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	errands.open = true;
	pthread_mutex_unlock(&errands.lock);
	if (errands.wake < 0)
		fatal();
	return errands.wake;
}

bool errands_are_open(void)
{
	pthread_mutex_lock(&errands.lock);
	bool open = errands.open;
	pthread_mutex_unlock(&errands.lock);
	return open;
}

void errands_close(void)
{
	pthread_mutex_lock(&errands.lock);
	errands.open = false;
	eventfd_write(errands.wake, 1);
	pthread_mutex_unlock(&errands.lock);
}

void errands_end(void)
{
	pthread_mutex_lock(&errands.lock);
	close(errands.wake);
	errands.wake = -1;
	pthread_mutex_unlock(&errands.lock);
}

/* ---- Carrying them out ---- */

static uint64_t hash_of(uint64_t number)
{
	return number * 11400714819323198485u >> 52;
}

/* Behind what there is of its line: it comes when that had its turns, or at once. */
static void give_turn(struct errand *errand)
{
	uint64_t line = errand->party ? errand->party : errand->key;
	uint64_t *latest = &errands.latest[hash_of(line)];

	errand->turn = errands.turn;
	if (line)
		errand->turn = *latest = (*latest > errands.turn ? *latest : errands.turn) + 1;
}

/* Of those that have the same turn the first list's come first. */
static struct errand *merge(struct errand *first, struct errand *second)
{
	struct errand *merged, **last = &merged;

	while (first && second) {
		struct errand **list = second->turn < first->turn ? &second : &first;
		struct errand *next = *list;
		*list = next->next;
		*last = next;
		last = &next->next;
	}
	*last = first ? first : second;
	return merged;
}

/* sorted[i] has 2^i of them, which came before those of sorted[i - 1]. */
static struct errand *sort(struct errand *list)
{
	struct errand *sorted[48] = { NULL }, *all = NULL;

	while (list) {
		struct errand *some = list;
		int i = 0;
		list = list->next;
		some->next = NULL;
		give_turn(some);
		for (; sorted[i]; i++) {
			some = merge(sorted[i], some);
			sorted[i] = NULL;
		}
		sorted[i] = some;
	}
	for (int i = 0; i < 48; i++)
		all = merge(sorted[i], all);
	return all;
}

void errands_fetch(void)
{
	pthread_mutex_lock(&errands.lock);
	struct errand *sent = errands.first;
	errands.first = NULL;
	errands.last = &errands.first;
	pthread_mutex_unlock(&errands.lock);
	errands.todo = merge(errands.todo, sort(sent));
}

bool errands_wait(void)
{
	return errands.todo;
}

static uint64_t *bit_of(uint64_t key, uint64_t *bit)
{
	uint64_t place = hash_of(key);

	*bit = UINT64_C(1) << place % 64;
	return &errands.waiting[place / 64];
}

static bool waits_behind(const struct errand *errand)
{
	uint64_t bit, *word = bit_of(errand->key, &bit);

	return errand->key && (*word & bit);
}

static void pass_over(const struct errand *errand)
{
	uint64_t bit, *word = bit_of(errand->key, &bit);

	if (errand->key)
		*word |= bit;
}

/* How many are done in one statement, from the first on. One that failed is tried by itself. */
static int count_together(const struct errand *first)
{
	int count = 1;

	if (!first->kind->work_all || first->tries)
		return 1;
	for (const struct errand *each = first->next; each && each->kind == first->kind &&
	     !each->tries && !waits_behind(each) && count < TOGETHER_MAX; each = each->next)
		count++;
	return count;
}

static bool carry_out(struct errand *first, int count, struct store *store)
{
	store_begin_call(store, STORE_BUDGET);
	return first->kind->work_all ? first->kind->work_all(first, count, store)
		: first->kind->work(first, store);
}

static void count_try(struct errand *first, int count)
{
	int64_t again_ms = tick_ms() + RETRY_MS;

	for (; count > 0; first = first->next, count--) {
		first->tries++;
		first->again_ms = again_ms;
	}
}

/* What becomes of one that could not be done. While the database is not there nothing is held against
 * it; what is refused ends at once, but of several the one at fault has to be found first. */
enum failure { FAILED, ALONE, LATER, AWAY };

static enum failure judge(struct errand *first, int count, struct store *store, bool lasts)
{
	bool refused = store_refused(store) || first->no_room;

	if (refused && count > 1) {
		count_try(first, count);
		for (struct errand *each = first; count > 0; each = each->next, count--)
			each->again_ms = 0;
		return ALONE;
	}
	first->refused = refused;
	if (refused || !lasts)
		return FAILED;
	if (!store_reachable(store))
		return AWAY;
	count_try(first, count);
	return first->tries > TRIES_MAX ? FAILED : LATER;
}

/* ---- What the database then has not ---- */

static void count_lost(const char *what, int count)
{
	for (int i = 0; what && i < LOST_KINDS; i++) {
		if (errands.lost[i].what && errands.lost[i].what != what)
			continue;
		errands.lost[i].what = what;
		errands.lost[i].count += count;
		return;
	}
}

void errands_tell_lost(void)
{
	struct arena *arena = arena_create();
	struct builder list = builder_begin(arena, 256);

	for (int i = 0; i < LOST_KINDS && errands.lost[i].what; i++)
		builder_put(&list, str_of(arena_print(arena, "%s%s: %lld", i ? ", " : "",
		            errands.lost[i].what, (long long)errands.lost[i].count)));
	if (errands.lost[0].what)
		log_warning("the database is away, so it has not the last of this process (%s); once it is back, clients"
		            " that ask others for it are told that this process ended", builder_end(&list));
	memset(errands.lost, 0, sizeof(errands.lost));
	arena_destroy(arena);
}

/* ---- Going through them ---- */

/* Takes `count` of them off the list at `place` and gives them back. */
static void take_off(struct errand **place, int count, bool failed)
{
	while (count-- > 0) {
		struct errand *errand = *place;
		*place = errand->next;
		give_back(errand, failed);
	}
}

bool errands_run(struct store *store, bool last_time)
{
	struct errand **place = &errands.todo;
	int64_t until = tick_ms() + SLICE_MS;
	bool away = false;

	memset(errands.waiting, 0, sizeof(errands.waiting));
	while (*place) {
		struct errand *first = *place;
		bool lasts = first->kind->lasts && !last_time;
		if (waits_behind(first) || (lasts && (away || first->again_ms > tick_ms()))) {
			pass_over(first);
			place = &first->next;
			continue;
		}
		if (!last_time && tick_ms() >= until)
			return true;
		int count = count_together(first);
		if (first->turn > errands.turn)
			errands.turn = first->turn;
		if (carry_out(first, count, store)) {
			take_off(place, count, false);
			continue;
		}
		enum failure failure = judge(first, count, store, lasts);
		away |= failure == AWAY;
		if (failure == FAILED) {
			if (last_time && !first->refused)
				count_lost(first->kind->lost, count);
			take_off(place, count, true);
		}
		/* ALONE, LATER, AWAY: what is to be done shows in the next go through the loop. */
	}
	return false;
}
