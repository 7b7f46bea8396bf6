/* followers.c - see followers.h.
 *
 * Nobody keeps a list of who is where. Each loop says again every few seconds whom it has, many in one message, and who is not said any more is
 * soon not there: so a process that was killed, a connection that nobody saw end, and a word that was lost need no care of their own. */
#include "followers.h"

#include <assert.h>

#include "mistake.h"
#include "presence.h"
#include "presence_private.h"
#include "state.h"

#define AGAIN_MS 10000
#define LASTS_MS 25000                  /* one time may be missed */
#define WORDS_MAX 6000                  /* of one message; a notification of PostgreSQL has 8000 bytes */
#define LINE_BYTES_MAX 1000
#define BETWEEN '\1'                   /* its name, its customer, and as what it is known to people */
#define TOLD_BY_MAX 2
#define SAID_MAX 5000                  /* of one caller, of a loop, until all is said again: no more of theirs would be known */
#define SAID_BUCKETS 1024               /* of callers */

static followers_fn *told_by[TOLD_BY_MAX];

static void say_again(struct timer *timer, struct loop *loop);
static _Thread_local struct timer timer = { .run = say_again };
static _Thread_local bool timer_is_set;

static bool are_wanted(void)
{
	for (const struct mcp_resource *each = runtime.server->resources; each && each->uri; each++)
		if (each->tells_followers)
			return true;
	return false;
}

static _Thread_local uint16_t said[SAID_BUCKETS];

/* Whoever follows very much, or one thing in very many spellings, is said no more often than others can be told. */
static bool may_say(const struct caller *caller)
{
	uint16_t *so_far = &said[str_hash(str_of(caller_name(caller))) % SAID_BUCKETS];

	return *so_far < SAID_MAX && ++*so_far;
}

static void say_in_time(struct loop *loop)
{
	timer_set(loop, &timer, loop_tick_ms(loop) + AGAIN_MS);
	timer_is_set = true;
}

struct following following_begin(struct loop *loop)
{
	bool wanted = are_wanted();

	if (wanted && !timer_is_set)
		say_in_time(loop);
	return (struct following) { .wanted = wanted };
}

static void say(struct following *following)
{
	state_tell(builder_end(&following->words));
	arena_destroy(following->arena);
	*following = (struct following) { .wanted = true };
}

static void begin_words(struct following *following)
{
	following->arena = arena_create();
	following->words = builder_begin(following->arena, 512);
	builder_put(&following->words, str_of(arena_print(following->arena, "followers %d", LASTS_MS)));
}

/* NULL: it can't be said. A line has a URI without blanks, and nothing in it ends it. */
static const char *line_of(struct arena *arena, const char *uri, const struct caller *caller)
{
	const char *customer = caller_customer(caller), *called = caller_called(caller);
	const char *line = arena_print(arena, "%s %s%c%s%c%s", uri, caller_name(caller), BETWEEN, customer ? customer : "", BETWEEN, called ? called : "");

	return strlen(line) > LINE_BYTES_MAX || strchr(uri, ' ') || strchr(line, '\n') ? NULL : line;
}

void following_add(struct following *following, const char *uri, const struct caller *caller)
{
	if (!following->wanted)
		return;
	struct arena *arena = arena_create();
	const void *in;
	const struct offer *offer = offer_for_uri(arena, str_of(uri), &in);
	const char *line = offer && offer->tells_followers ? line_of(arena, uri, caller) : NULL;

	if (line && may_say(caller)) {
		if (following->arena && following->words.size + strlen(line) > WORDS_MAX)
			say(following);
		if (!following->arena)
			begin_words(following);
		builder_put(&following->words, STR("\n"));
		builder_put(&following->words, str_of(line));
	}
	arena_destroy(arena);
}

void following_end(struct following *following)
{
	if (following->arena)
		say(following);
}

/* ---- Again ---- */

void followers_are_told_by(followers_fn *adds)
{
	int count = 0;

	while (count < TOLD_BY_MAX && told_by[count] && told_by[count] != adds)
		count++;
	assert(count < TOLD_BY_MAX);
	told_by[count] = adds;
}

static void say_again(UNUSED struct timer *of, struct loop *loop)
{
	struct following following = { .wanted = true };
	bool any = false;

	memset(said, 0, sizeof(said));
	for (int i = 0; i < TOLD_BY_MAX && told_by[i]; i++)
		any |= told_by[i](&following);
	following_end(&following);
	timer_is_set = false;
	if (any)
		say_in_time(loop);
}

/* ---- Heard, and asked for ---- */

void followers_told(str words)
{
	struct arena *arena = arena_create();
	str line = str_cut(&words, '\n');
	int64_t for_ms;

	if (str_to_int(line, &for_ms)) {
		while (words.size > 0) {
			line = str_cut(&words, '\n');
			const char *uri = arena_copy(arena, str_cut(&line, ' '));
			presence_hear(PRESENCE_FOLLOWS, uri, arena_copy(arena, line), for_ms);
		}
	}
	arena_destroy(arena);
}

static struct mcp_follower follower(struct arena *arena, const char *who)
{
	str called = str_of(who), caller = str_cut(&called, BETWEEN), customer = str_cut(&called, BETWEEN);

	return (struct mcp_follower) {
		arena_copy(arena, caller), customer.size > 0 ? arena_copy(arena, customer) : NULL, called.size > 0 ? arena_copy(arena, called) : NULL,
	};
}

static bool tells_followers(struct mcp_call *call, const char *uri)
{
	const void *in;
	const struct offer *offer = offer_for_uri(call->arena, str_of(uri), &in);

	return offer && offer->tells_followers;
}

const struct mcp_follower *mcp_followers(struct mcp_call *call, const char *uri)
{
	struct mcp_follower *followers = arena_array(call->arena, struct mcp_follower, MCP_FOLLOWERS_MAX + 1);

	if (!uri || !tells_followers(call, uri)) {
		mistake("mcp_followers() of %s: write .tells_followers = true in the row of that resource", uri ? uri : "NULL");
		return followers;
	}
	const char *const *now = presence_now(call, PRESENCE_FOLLOWS, uri);
	for (int i = 0; now[i]; i++)
		followers[i] = follower(call->arena, now[i]);
	return followers;
}
