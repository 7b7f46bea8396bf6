/* topic.c - changes to resources, told to the calls that wait for them.
 *
 * A change first marks its topic and then posts to every loop; a call that begins to wait is filed
 * first and then looks at the mark. So no change is missed, and no thread waits. */
#include <assert.h>
#include <stdlib.h>

#include "fatal.h"
#include "mistake.h"
#include "subscription.h"
#include "state.h"
#include "topic.h"

#define MARKS 4096                      /* a power of two; topics that share one only look once more */
#define BUCKETS 256
#define LAST_LOOK_MS 500
#define TOLD_MAX 4

static atomic_uint_fast64_t marks[MARKS];       /* the latest change of the topics with that hash */
static atomic_int_fast64_t marked_ms[MARKS];    /* when, by tick_ms(); 0: never */
static atomic_int_fast64_t hears_since_ms;      /* by tick_ms(); 0: always */
static _Thread_local struct mcp_call *waiting[BUCKETS];
static _Thread_local bool ended;        /* the server stops: nobody waits any longer */

static topic_told_fn *told[TOLD_MAX];
static int told_too;

struct news {
	struct message message;
	struct change change;
	char uri[];
};

static void topic_leave(struct mcp_call *call)
{
	if (!call->waiting_place)
		return;
	*call->waiting_place = call->waiting_next;
	if (call->waiting_next)
		call->waiting_next->waiting_place = call->waiting_place;
	call->waiting_place = NULL;
	metric_add(METRIC_CALLS_WAITING, -1);
}

static void enter(struct mcp_call *call)
{
	struct mcp_call **place = &waiting[call->wait_topic.key % BUCKETS];

	call->waiting_place = place;
	call->waiting_next = *place;
	if (*place)
		(*place)->waiting_place = &call->waiting_next;
	*place = call;
	metric_add(METRIC_CALLS_WAITING, 1);
}

/* It runs once more with hardly any time left, so that its tool answers with what it sees now. */
static void look_last(struct mcp_call *call)
{
	call->looks_last = true;
	call->time_left_ms = LAST_LOOK_MS;
}

static void wake(struct mcp_call *call)
{
	topic_leave(call);
	/* Waiting for a change uses the deadline up; only people have time of their own. If only a millisecond: what
	 * waits for what it changes itself, or for no time, would never end. */
	int64_t waited_ms = loop_tick_ms(call->reply->loop) - call->waiting_since_ms;
	call->time_left_ms -= waited_ms > 0 ? waited_ms : 1;
	if (call->time_left_ms < LAST_LOOK_MS)
		look_last(call);
	call_again(call);
}

static void waited_enough(struct timer *timer, UNUSED struct loop *loop)
{
	wake((struct mcp_call *)(void *)((char *)timer - offsetof(struct mcp_call, timer)));
}

static void begin_to_wait(struct mcp_call *call)
{
	int64_t wait_ms = call->wait_ms < call->time_left_ms ? call->wait_ms : call->time_left_ms;

	if (ended) {
		call->fault = &FAULT_STOPPING;
		return;
	}
	if (call->looks_last) {
		call->overran = true;
		call->fault = &FAULT_INTERNAL;
		return;
	}

	call->waiting_since_ms = loop_tick_ms(call->reply->loop);
	enter(call);
	/* A change since the run began: look again at once, but not on this stack. */
	if (atomic_load(&marks[call->wait_topic.key % MARKS]) > call->seen)
		wait_ms = 0;
	call->timer.run = waited_enough;
	timer_set(call->reply->loop, &call->timer, loop_tick_ms(call->reply->loop) + wait_ms);
}

static const struct wait topic_wait = {
	.begin = begin_to_wait, .leave = topic_leave
};

enum mcp_answer mcp_wait(struct mcp_call *call, const char *uri, int64_t timeout_ms)
{
	if (!uri) {
		call_mistake(call, "it called mcp_wait() with NULL: pass the URI of what it waits for");
		return MCP_WAITING;
	}
	call->wait = &topic_wait;
	call->wait_topic = topic_of(call->arena, str_of(uri));
	call->wait_ms = timeout_ms > 0 ? timeout_ms : 0;
	return MCP_WAITING;
}

void topic_tell_also(topic_told_fn *also)
{
	for (int i = 0; i < told_too; i++)
		if (told[i] == also)
			return;
	assert(told_too < TOLD_MAX);
	told[told_too++] = also;
}

/* Whatever it was that changed. */
static void look_again(struct message *message, UNUSED struct loop *loop)
{
	for (int i = 0; i < BUCKETS; i++) {
		for (struct mcp_call *call = waiting[i], *next; call; call = next) {
			next = call->waiting_next;
			wake(call);
		}
	}
	subscriptions_tell_all();
	free(message);
}

void topic_missed(void)
{
	struct http *http = atomic_load(&runtime.http);
	uint64_t change = atomic_fetch_add(&changes_so_far, 1) + 1;

	topic_hears(false);
	for (int i = 0; i < MARKS; i++)
		atomic_store(&marks[i], change);
	for (int i = 0; http && i < http_loops(http); i++) {
		struct message *message = calloc(1, sizeof(*message));
		if (!message)
			fatal();
		message->run = look_again;
		loop_post(http_loop(http, i), message);
	}
}

static void arrive(struct message *message, UNUSED struct loop *loop)
{
	struct news *news = (struct news *)message;
	struct topic topic = news->change.topic;

	for (struct mcp_call *call = waiting[topic.key % BUCKETS], *next; call; call = next) {
		next = call->waiting_next;
		if (topic_is(call->wait_topic, topic))
			wake(call);
	}
	subscriptions_tell(topic);
	for (int i = 0; i < told_too; i++)
		told[i](&news->change);
	free(news);
}

static uint64_t mark(struct topic topic)
{
	uint64_t change = atomic_fetch_add(&changes_so_far, 1) + 1;
	uint64_t before = atomic_load(&marks[topic.key % MARKS]);

	atomic_store(&marked_ms[topic.key % MARKS], tick_ms());
	while (before < change &&
	       !atomic_compare_exchange_weak(&marks[topic.key % MARKS], &before, change))
		;
	return change;
}

void topic_hears(bool first)
{
	atomic_store(&hears_since_ms, first ? 0 : tick_ms());
	/* Those of a server that this process was before, on another database. */
	for (int i = 0; first && i < MARKS; i++)
		atomic_store(&marked_ms[i], 0);
}

int64_t topic_changed_ms(struct topic topic)
{
	int64_t since = atomic_load(&hears_since_ms), at = atomic_load(&marked_ms[topic.key % MARKS]);

	return at > since ? at : since;
}

static bool database_tells(const char *uri)
{
	struct arena *arena = arena_create();
	const void *in;
	const struct offer *offer = offer_for_uri(arena, str_of(uri), &in);
	bool tells = offer && offer->database_tells;

	arena_destroy(arena);
	return tells;
}

void mcp_changed(const char *uri)
{
	if (!uri) {
		mistake("mcp_changed() of NULL: pass the URI of what changed");
		return;
	}
	state_changed(uri, database_tells(uri));
}

void topic_arrived(const char *uri)
{
	struct http *http = atomic_load(&runtime.http);
	struct arena *arena = arena_create();
	struct topic topic = topic_of(arena, str_of(uri));
	uint64_t number = mark(topic);

	arena_destroy(arena);
	for (int i = 0; http && i < http_loops(http); i++) {
		struct news *news = malloc(sizeof(*news) + strlen(uri) + 1);
		if (!news)
			fatal();
		strcpy(news->uri, uri);
		news->change = (struct change) { news->uri, topic, number };
		news->message.run = arrive;
		loop_post(http_loop(http, i), &news->message);
	}
}

void topic_end_all(void)
{
	ended = true;
	for (int i = 0; i < BUCKETS; i++) {
		while (waiting[i]) {
			struct mcp_call *call = waiting[i];
			topic_leave(call);
			look_last(call);
			call_again(call);
		}
	}
}

const char *const list_topics[] = {
	[MCP_TOOLS] = "list:tools", [MCP_PROMPTS] = "list:prompts", [MCP_RESOURCES] = "list:resources"
};

const char *topic_method(const char *changed, const char **uri)
{
	static const char *const methods[] = {
		[MCP_TOOLS] = "notifications/tools/list_changed",
		[MCP_PROMPTS] = "notifications/prompts/list_changed",
		[MCP_RESOURCES] = "notifications/resources/list_changed"
	};

	*uri = NULL;
	for (int list = MCP_TOOLS; list <= MCP_RESOURCES; list++)
		if (strcmp(changed, list_topics[list]) == 0)
			return methods[list];
	*uri = changed;
	return "notifications/resources/updated";
}

void mcp_list_changed(enum mcp_list list)
{
	if ((unsigned)list > MCP_RESOURCES)
		mistake("mcp_list_changed() of %d: there are MCP_TOOLS, MCP_PROMPTS and MCP_RESOURCES", (int)list);
	else
		mcp_changed(list_topics[list]);
}
