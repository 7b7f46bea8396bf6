/* awaited.c - see awaited.h. */
#include "awaited.h"

#include "call_private.h"
#include "store_reads.h"

#define AWAITED_OF(pointer) \
	((struct awaited *)(void *)((char *)(pointer) - offsetof(struct awaited, message)))

struct awaited *call_awaited(const struct mcp_call *call, const char *key)
{
	struct awaited *awaited = call->awaited;

	while (awaited && strcmp(awaited->key, key) != 0)
		awaited = awaited->next;
	return awaited;
}

/* ---- On the call's loop ---- */

static void no_longer(struct mcp_call *call)
{
	if (call->parked)
		metric_add(METRIC_CALLS_WAITING, -1);
	call->parked = false;
}

static void wake(struct mcp_call *call)
{
	no_longer(call);
	call->time_left_ms -= loop_tick_ms(call->reply->loop) - call->waiting_since_ms;
	call_again(call);
}

bool call_take_back(struct mcp_call *call)
{
	if (!call->on_worker || atomic_exchange(&call->place, PLACE_CALLED_BACK) != PLACE_NOBODY)
		return false;
	call->on_worker = false;
	call->parked = true;
	return true;
}

static bool has_news(const struct mcp_call *call)
{
	for (const struct awaited *awaited = call->awaited; awaited; awaited = awaited->next)
		if (atomic_load(&awaited->came) && !awaited->seen)
			return true;
	return false;
}

/* What came while its tool ran is looked at at once, but not on this stack. */
static void waited(struct timer *timer, UNUSED struct loop *loop)
{
	struct mcp_call *call = (struct mcp_call *)(void *)((char *)timer - offsetof(struct mcp_call, timer));

	if (has_news(call)) {
		wake(call);
		return;
	}
	metric_add(METRIC_LIMIT_DEADLINE, 1);
	call->overran = true;
	call_settle(call);
}

void call_waits_on(struct mcp_call *call)
{
	struct loop *loop = call->reply->loop;
	int64_t until_ms = call->waiting_since_ms + call->time_left_ms, now_ms = loop_tick_ms(loop);

	call->timer.run = waited;
	timer_set(loop, &call->timer, has_news(call) || until_ms < now_ms ? now_ms : until_ms);
}

static void begin(struct mcp_call *call)
{
	metric_add(METRIC_CALLS_WAITING, 1);
	call->parked = true;
	call->waiting_since_ms = loop_tick_ms(call->reply->loop);
	call_waits_on(call);
}

static const struct wait wait_for_any = { .begin = begin, .leave = no_longer };
static const struct wait wait_before_changes = {
	.begin = begin, .leave = no_longer, .before_changes = "asked another server"
};

static void came(struct message *message, UNUSED struct loop *loop)
{
	struct awaited *awaited = AWAITED_OF(message);

	if (!awaited->call) {
		awaited->release(awaited);
		return;
	}
	struct mcp_call *call = awaited->call;
	atomic_store(&awaited->came, true);     /* from here on its tool may drop it */
	call_take_back(call);
	if (call->parked)
		wake(call);
}

void call_let_go(struct mcp_call *call)
{
	for (struct awaited *awaited; (awaited = call->awaited); ) {
		call->awaited = awaited->next;
		awaited->stop(awaited);
		awaited->call = NULL;
		/* Else its message, which is on its way, releases it. */
		if (!awaited->posted || atomic_load(&awaited->came))
			awaited->release(awaited);
	}
}

/* ---- On the tool's thread ---- */

void call_await(struct mcp_call *call, const char *key, struct awaited *awaited)
{
	awaited->key = key;
	awaited->call = call;
	awaited->loop = call->reply->loop;
	awaited->message.run = came;
	awaited->next = call->awaited;
	call->awaited = awaited;
}

void call_looks_at_awaited(struct mcp_call *call)
{
	for (struct awaited *awaited = call->awaited; awaited; awaited = awaited->next)
		awaited->seen = atomic_load(&awaited->came);
}

bool awaited_came(struct awaited *awaited)
{
	awaited->seen = atomic_load(&awaited->came);
	return awaited->seen;
}

void call_drop_awaited(struct mcp_call *call, struct awaited *awaited)
{
	struct awaited **place = &call->awaited;

	while (*place != awaited)
		place = &(*place)->next;
	*place = awaited->next;
	awaited->release(awaited);
}

void awaited_again(struct awaited *awaited)
{
	awaited->posted = awaited->seen = false;
	atomic_store(&awaited->came, false);
}

/* Twice is the same as once, says the author of a tool that is idempotent: so it may have written before. */
void call_wait_for_awaited(struct mcp_call *call)
{
	call->wait = call->offer->idempotent ? &wait_for_any : &wait_before_changes;
}

bool call_begins_nothing(const struct mcp_call *call)
{
	struct store *store = call->on_trial ? loop_store(call->reply->loop) : NULL;

	return atomic_load(&call->cancelled) || (store && (store_waits(store) || store_gave_up(store)));
}

/* Nothing that only its loop may do is left to be done: no words to be sent, no mistake to be told. */
static bool may_rest(struct mcp_call *call)
{
	bool waits = call->outcome == MCP_WAITING && (call->wait == &wait_for_any || call->wait == &wait_before_changes);

	if (!waits || call->has_result || call->fault || call->mistake || call->misused_store || call->time_left_ms <= 0)
		return false;
	return !(call->wrote && call->wait->before_changes) && !atomic_load(&call->cancelled) && !notes_wait(call)
	       && !atomic_load(&call->notes_posted);
}

bool call_rests(struct mcp_call *call)
{
	int mine = PLACE_WORKER;

	if (!may_rest(call))
		return false;
	metric_add(METRIC_CALLS_WAITING, 1);
	call->waiting_since_ms = tick_ms();
	if (atomic_compare_exchange_strong(&call->place, &mine, PLACE_NOBODY))
		return true;
	metric_add(METRIC_CALLS_WAITING, -1);
	return false;
}

/* ---- On whichever thread does it ---- */

static void go_on(struct mcp_call *call)
{
	metric_add(METRIC_CALLS_WAITING, -1);
	call->time_left_ms -= tick_ms() - call->waiting_since_ms;
	call_hand_on(call);
}

/* A call that nobody has is this thread's: its tool runs again without its loop. Any other the loop is told of. */
void awaited_done(struct awaited *awaited)
{
	struct mcp_call *call = awaited->call;
	int nobody = PLACE_NOBODY;

	if (atomic_compare_exchange_strong(&call->place, &nobody, PLACE_WORKER)) {
		atomic_store(&awaited->came, true);
		go_on(call);
	} else {
		awaited->posted = true;
		loop_post(awaited->loop, &awaited->message);
	}
}
