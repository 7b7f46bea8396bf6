/* aws_ask.c - requests of AWS that a call waits for: begun in one run of its tool, found in the next. */
#include "aws_ask.h"

#include <stdlib.h>

#include "awaited.h"
#include "aws_process.h"
#include "aws_shaped.h"
#include "charged.h"
#include "fatal.h"

struct asked {
	struct awaited awaited;         /* the first member */
	struct aws_waiter waiter;
	enum aws_action action;
	uint64_t party;
	bool over;                      /* its answer is known */
	bool done;                      /* and so is what it began */
	struct budget *budget;
	size_t charged;
	char key[];
};

#define ASKED_OF(pointer) \
	((struct asked *)(void *)((char *)(pointer) - offsetof(struct asked, waiter)))

static void tell(struct aws_waiter *waiter)
{
	awaited_done(&ASKED_OF(waiter)->awaited);
}

static void stop(struct awaited *awaited)
{
	struct asked *asked = (struct asked *)(void *)awaited;

	aws_forget(aws_process_calls(), &asked->waiter);
}

/* Whatever becomes of its call: what it began ends with it. */
static void release(struct awaited *awaited)
{
	struct asked *asked = (struct asked *)(void *)awaited;

	if (asked->waiter.result)
		aws_end(aws_process_calls(), asked->action, asked->party, asked->waiter.result, asked->done);
	aws_result_drop(asked->waiter.result);
	budget_give(asked->budget, asked->charged);
	budget_drop(asked->budget);
	free(asked);
}

static void charge(struct asked *asked, size_t size)
{
	budget_take(asked->budget, size);
	asked->charged += size;
}

static struct asked *begin(struct mcp_call *call, const char *key, const struct aws_wish *wish)
{
	size_t size = strlen(key) + 1;
	struct asked *asked = calloc(1, sizeof(*asked) + size);

	if (!asked)
		fatal();
	memcpy(asked->key, key, size);
	asked->action = wish->action;
	asked->party = wish->party;
	asked->budget = budget_hold(reply_budget(call->reply));
	charge(asked, sizeof(*asked) + size);
	asked->awaited.stop = stop;
	asked->awaited.release = release;
	asked->waiter.tell = tell;
	call_await(call, asked->key, &asked->awaited);
	asked->over = aws_ask(aws_process_calls(), wish, &asked->waiter);
	return asked;
}

/* What it keeps by then. */
static void note_over(struct asked *asked, bool over)
{
	if (over && asked->waiter.result)
		charge(asked, aws_result_size(asked->waiter.result));
	asked->over = over;
}

/* 0: one that has no key, which no key is called, is alone and may have all. */
static uint64_t party_of(const struct mcp_call *call)
{
	const struct caller *caller = call->reply->caller;

	return strcmp(caller_name(caller), "anonymous") != 0 ? caller_party(caller, (str) { 0 }) : 0;
}

/* Found where it was begun, or begun now; NULL: nothing is. */
static struct asked *find(struct mcp_call *call, enum aws_action action, const struct shape *in, const void *arguments,
                          const struct aws_about *about)
{
	struct arena *arena = arena_create();
	str input = aws_shaped_input(arena, action, in, arguments);
	const char *key = arena_print(arena, "aws %d %lld %.*s", (int)action, (long long)about->round, STR_FORMAT(input));
	struct asked *asked = (struct asked *)(void *)call_awaited(call, key);

	if (!asked && !call_begins_nothing(call)) {
		asked = begin(call, key, &(struct aws_wish) { action, input, about->refresh, about->pause_ms, party_of(call) });
		note_over(asked, asked->over);
	} else if (asked && !asked->over) {
		note_over(asked, awaited_came(&asked->awaited));
	}
	arena_destroy(arena);
	return asked;
}

enum aws_outcome (aws_ask_of)(struct mcp_call *call, enum aws_action action, const struct shape *in, const void *arguments,
                              const struct shape *out, void *result, struct aws_about *about)
{
	struct arena *arena = about->arena ? about->arena : call->arena;
	struct asked *asked = find(call, action, in, arguments, about);

	if (!asked || !asked->over) {
		call_wait_for_awaited(call);
		return AWS_PENDING;
	}
	enum aws_outcome outcome = aws_shaped_answer(arena, action, &asked->waiter, out, result, about);
	if (about->once)
		call_drop_awaited(call, &asked->awaited);
	return outcome;
}

void aws_done(struct mcp_call *call, enum aws_action action)
{
	for (struct awaited *awaited = call->awaited; awaited; awaited = awaited->next)
		if (awaited->stop == stop && ((struct asked *)(void *)awaited)->action == action)
			((struct asked *)(void *)awaited)->done = true;
}

/* ---- What is kept from run to run ---- */

struct kept {
	struct awaited awaited;         /* the first member; nothing is awaited */
	struct budget *budget;
	size_t size;
	void (*over)(void *kept);       /* NULL: nobody need hear of it */
	_Alignas(max_align_t) char bytes[];
};

static void stop_nothing(UNUSED struct awaited *awaited)
{
}

static void release_kept(struct awaited *awaited)
{
	struct kept *kept = (struct kept *)(void *)awaited;

	if (kept->over)
		kept->over(kept->bytes);
	budget_give(kept->budget, kept->size);
	budget_drop(kept->budget);
	free(kept);
}

void *aws_kept_until(struct mcp_call *call, size_t size, void (*over)(void *kept))
{
	static const char key[] = "kept";
	struct kept *kept = (struct kept *)(void *)call_awaited(call, key);

	if (kept)
		return kept->bytes;
	kept = calloc(1, sizeof(*kept) + size);
	if (!kept)
		fatal();
	kept->over = over;
	kept->size = sizeof(*kept) + size;
	kept->budget = budget_hold(reply_budget(call->reply));
	budget_take(kept->budget, kept->size);
	kept->awaited.stop = stop_nothing;
	kept->awaited.release = release_kept;
	call_await(call, key, &kept->awaited);
	return kept->bytes;
}

void *aws_kept(struct mcp_call *call, size_t size)
{
	return aws_kept_until(call, size, NULL);
}
