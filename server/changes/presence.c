/* presence.c - who is at what a URI names just now, for a short time after they said so.
 *
 * It is in the memory of each process and nowhere else: a process says it to all, itself too, in the words that go by way of the database,
 * so each hears of it in the same order. How long it lasts is told, and not until when: no two clocks have to agree. What was not heard, for
 * the connection was lost or the process has just begun, is said again soon or over soon. One timer, on the first loop, looks
 * after what lapses. */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "fatal.h"
#include "mistake.h"
#include "presence_private.h"
#include "presence_table.h"
#include "state.h"
#include "topic.h"

#define TEXT_MAX 1000                   /* of a URI and who is there, together */
#define FOR_MAX_MS 60000

static struct {
	pthread_mutex_t lock;
	struct presences kinds[PRESENCE_KINDS];
	int64_t looks_ms;               /* when the timer does, by tick_ms(); INT64_MAX: it is not set */
} here = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.kinds = { [PRESENCE_SAID] = { .at_one = MCP_PRESENT_MAX }, [PRESENCE_FOLLOWS] = { .at_one = MCP_FOLLOWERS_MAX, .stays = true, .shares = SHARES } },
	.looks_ms = INT64_MAX,
};
static_assert(MCP_PRESENT_MAX <= PRESENCE_AT_ONE_MAX && MCP_FOLLOWERS_MAX <= PRESENCE_AT_ONE_MAX, "presence_find() has room for all");

/* ---- What lapses ---- */

static struct presence *take_lapsed(int64_t now_ms)
{
	struct presence *lapsed = NULL;

	pthread_mutex_lock(&here.lock);
	for (int kind = 0; kind < PRESENCE_KINDS && !lapsed; kind++)
		lapsed = presence_take_lapsed(&here.kinds[kind], now_ms);
	pthread_mutex_unlock(&here.lock);
	return lapsed;
}

/* When the next does. Under the lock. */
static int64_t lapses_ms(void)
{
	int64_t at_ms = INT64_MAX;

	for (int kind = 0; kind < PRESENCE_KINDS; kind++) {
		const struct presence *first = here.kinds[kind].first;
		at_ms = first && first->until_ms < at_ms ? first->until_ms : at_ms;
	}
	return at_ms;
}

static void tell_lapsed(void)
{
	for (struct presence *lapsed; (lapsed = take_lapsed(tick_ms()));) {
		topic_arrived(lapsed->uri);
		free(lapsed);
	}
}

static void look(struct timer *timer, struct loop *loop);
static _Thread_local struct timer timer = { .run = look };

static void set_timer(struct loop *loop)
{
	pthread_mutex_lock(&here.lock);
	int64_t at_ms = here.looks_ms = lapses_ms();
	pthread_mutex_unlock(&here.lock);
	if (at_ms != INT64_MAX)
		timer_set(loop, &timer, at_ms);
}

static void look(UNUSED struct timer *of, struct loop *loop)
{
	tell_lapsed();
	set_timer(loop);
}

static void look_sooner(struct message *message, struct loop *loop)
{
	free(message);
	if (loop_current())
		set_timer(loop);
}

static void have_it_look(struct http *http)
{
	struct message *message = calloc(1, sizeof(*message));

	if (!message)
		fatal();
	message->run = look_sooner;
	loop_post(http_loop(http, 0), message);
}

/* ---- Said and heard ---- */

void presence_hear(enum presence_kind kind, const char *uri, const char *who, int64_t for_ms)
{
	struct http *http = atomic_load(&runtime.http);
	struct presences *all = &here.kinds[kind];
	struct arena *arena = arena_create();
	struct topic topic = topic_of(arena, str_of(uri));
	int64_t now = tick_ms();

	arena_destroy(arena);
	pthread_mutex_lock(&here.lock);
	bool changed = for_ms > 0 ? presence_put(all, topic, uri, who, now + (for_ms < FOR_MAX_MS ? for_ms : FOR_MAX_MS), now)
	                          : presence_remove(all, topic, who, now);
	int64_t at_ms = lapses_ms();
	bool sooner = http && at_ms < here.looks_ms;
	if (sooner)
		here.looks_ms = at_ms;
	pthread_mutex_unlock(&here.lock);
	if (sooner)
		have_it_look(http);
	if (changed)
		topic_arrived(uri);
	tell_lapsed();
}

void presence_told(str words)
{
	struct arena *arena = arena_create();
	int64_t for_ms;
	bool fits = str_to_int(str_cut(&words, ' '), &for_ms);
	const char *uri = arena_copy(arena, str_cut(&words, ' ')), *who = arena_copy(arena, words);

	if (fits)
		presence_hear(PRESENCE_SAID, uri, who, for_ms);
	arena_destroy(arena);
}

void mcp_present(const char *uri, const char *who, int64_t for_ms)
{
	if (!uri || !who || strchr(uri, ' ') || strlen(uri) + strlen(who) > TEXT_MAX) {
		mistake("mcp_present() of %s: pass a URI without blanks and who is there, %d bytes together at most", uri ? uri : "NULL", TEXT_MAX);
		return;
	}
	struct arena *arena = arena_create();
	state_tell(arena_print(arena, "present %lld %s %s", for_ms > 0 ? (long long)for_ms : 0, uri, who));
	arena_destroy(arena);
}

const char *const *presence_now(struct mcp_call *call, enum presence_kind kind, const char *uri)
{
	const char **present = arena_array(call->arena, const char *, PRESENCE_AT_ONE_MAX + 1), *who[PRESENCE_AT_ONE_MAX];
	struct topic topic = topic_of(call->arena, str_of(uri));

	pthread_mutex_lock(&here.lock);
	for (int i = presence_find(&here.kinds[kind], topic, tick_ms(), who); i > 0; i--)
		present[i - 1] = arena_copy(call->arena, str_of(who[i - 1]));
	pthread_mutex_unlock(&here.lock);
	return present;
}

const char *const *mcp_presence(struct mcp_call *call, const char *uri)
{
	static const char *const nobody[] = { NULL };

	if (uri)
		return presence_now(call, PRESENCE_SAID, uri);
	call_mistake(call, "it called mcp_presence() with NULL: pass the URI of what it asks about");
	return nobody;
}

void presence_end(void)
{
	for (struct presence *each; (each = take_lapsed(INT64_MAX));)
		free(each);
	pthread_mutex_lock(&here.lock);
	here.looks_ms = INT64_MAX;
	pthread_mutex_unlock(&here.lock);
}
