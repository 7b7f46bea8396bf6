/* fetch.c - a request for a thread that may wait for its answer; and what an answer's headers say. */
#include <pthread.h>

#include "fetch_private.h"

/* Whoever waits, on its stack. */
struct waiter {
	struct waiter *next;
	pthread_cond_t changed;
	bool done;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct waiter *waiters;

static void add(struct waiter *waiter)
{
	pthread_mutex_lock(&lock);
	waiter->next = waiters;
	waiters = waiter;
	pthread_mutex_unlock(&lock);
}

/* Under the lock. */
static void take_away(const struct waiter *waiter)
{
	struct waiter **at = &waiters;

	while (*at != waiter)
		at = &(*at)->next;
	*at = waiter->next;
}

static void came(void *owner, UNUSED struct fetch *fetch, UNUSED const struct fetch_answer *answer)
{
	struct waiter *waiter = owner;

	pthread_mutex_lock(&lock);
	waiter->done = true;
	pthread_cond_signal(&waiter->changed);
	pthread_mutex_unlock(&lock);
}

static bool wait_for(struct waiter *waiter, const atomic_bool *give_up)
{
	pthread_mutex_lock(&lock);
	while (!waiter->done && !(give_up && atomic_load(give_up)))
		pthread_cond_wait(&waiter->changed, &lock);
	take_away(waiter);
	bool done = waiter->done;
	pthread_mutex_unlock(&lock);
	return done;
}

/* The body goes over whole, the rest is short. */
static void move_answer(struct arena *arena, struct fetch *fetch, struct fetch_answer *answer)
{
	*answer = fetch->answer;
	answer->type.at = answer->type.at ? arena_copy(arena, answer->type) : NULL;
	answer->head.at = arena_copy(arena, answer->head);
	answer->elsewhere = answer->elsewhere ? arena_copy(arena, str_of(answer->elsewhere)) : NULL;
	answer->why = answer->why ? arena_copy(arena, str_of(answer->why)) : NULL;
	if (fetch->body)
		arena_adopt(arena, fetch->body, fetch->body_room);
	fetch->body = NULL;
}

void fetch(struct arena *arena, const struct fetch_request *request, struct fetch_answer *answer)
{
	struct waiter waiter = { .changed = PTHREAD_COND_INITIALIZER };

	add(&waiter);
	struct fetch *started = fetch_start(request, &(struct fetch_events) { .done = came }, &waiter);
	if (wait_for(&waiter, request->give_up))
		move_answer(arena, started, answer);
	else
		*answer = (struct fetch_answer) { .sent = true, .why = "it was given up" };
	fetch_drop(started);
	pthread_cond_destroy(&waiter.changed);
}

void fetch_give_up(atomic_bool *give_up)
{
	pthread_mutex_lock(&lock);
	atomic_store(give_up, true);
	for (struct waiter *waiter = waiters; waiter; waiter = waiter->next)
		pthread_cond_signal(&waiter->changed);
	pthread_mutex_unlock(&lock);
}

str fetch_header(const struct fetch_answer *answer, const char *name)
{
	size_t size = strlen(name);

	for (str rest = answer->head; rest.size > 0; ) {
		str line = str_cut(&rest, '\n');
		if (line.size > 0 && line.at[line.size - 1] == '\r')
			line.size--;
		if (line.size > size && line.at[size] == ':' && letters_same(line.at, name, size))
			return str_trim((str) { line.at + size + 1, line.size - size - 1 });
	}
	return (str) { 0 };
}
