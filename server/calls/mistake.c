/* mistake.c - what a program's own code did wrong in a call. Its operator is told which tool it was and what
 * to write instead, its client that the server failed, and all others are served on; a debug build stops. */
#include "call.h"
#include "call_private.h"
#include "mistake.h"

static const char *kind_of(const struct mcp_call *call)
{
	static const char *const kinds[] = {
		[OFFER_TOOL] = "tool", [OFFER_RESOURCE] = "resource", [OFFER_PROMPT] = "prompt"
	};

	return kinds[call->offer->kind];
}

void call_by(const struct mcp_call *call)
{
	mistake_by(kind_of(call), call->offer->name);
}

static void tell(const struct mcp_call *call, const char *what)
{
	call_by(call);
	mistake("%s", what);
	mistake_by(NULL, NULL);
}

void call_mistake(struct mcp_call *call, const char *what, ...)
{
	va_list list;

	if (call->mistake)
		return;
	va_start(list, what);
	call->mistake = arena_print_list(call->arena, what, list);
	va_end(list);
	/* A run that may not count has perhaps not seen what it asked the database for. */
	if (!call->on_trial && mistakes_stop)
		tell(call, call->mistake);
}

static const struct question *pending(const struct mcp_call *call)
{
	const struct question *question = call->questions;

	while (question && (!question->wanted || question->answered))
		question = question->next;
	return question;
}

/* It may well answer without it where something else was declined, could not be asked, or failed, or nobody wants the
 * answer any more. */
static bool ignores(const struct mcp_call *call)
{
	for (const struct question *each = call->questions; each; each = each->next)
		if (each->wanted && each->answered)
			return false;
	return !call->lacks && call->trouble == TROUBLE_NONE && mcp_wanted(call) && pending(call);
}

/* The answer stands: it is a good one, but for whoever was to be asked. */
static void look_at_questions(struct mcp_call *call)
{
	if (!ignores(call))
		return;
	bool failed = call->is_error || call->fault;

	tell(call, arena_print(call->arena, "it asked \"%s\" and %s without the answer: return MCP_WAITING where mcp_ask()"
	                       " is MCP_PENDING%s", pending(call)->key, failed ? "failed" : "answered",
	                       failed ? ", or fail before it asks" : ""));
}

/* What it waits for that belongs before any change. NULL: nothing. */
static const char *wait_behind(struct mcp_call *call)
{
	if (call->wait)
		return call->wait->before_changes;
	return arena_print(call->arena, "asked \"%s\"", pending(call)->key);
}

static void look(struct mcp_call *call)
{
	bool answered = call->has_result || call->fault;

	if (call->outcome != MCP_ANSWERED && !call->wait && !pending(call))
		call_mistake(call, "it returned MCP_WAITING and waits for nothing: return that where mcp_ask() is"
		             " MCP_PENDING, or what mcp_wait() returns");
	else if (call->outcome != MCP_ANSWERED && answered)
		call_mistake(call, "it answered and returned MCP_WAITING: return what mcp_return(), mcp_say(), mcp_fail() or"
		             " the like returns, or wait and do not answer");
	else if (call->outcome != MCP_ANSWERED && call->wrote && wait_behind(call))
		call_mistake(call, "it wrote to the store and then %s, so it is run again from the top and would write"
		             " again: look and ask first, act after", wait_behind(call));
	else if (call->outcome == MCP_ANSWERED && !answered)
		call_mistake(call, "it returned MCP_ANSWERED and gave no answer: return what mcp_return(), mcp_say(),"
		             " mcp_fail() or the like returns");
	else if (call->outcome == MCP_ANSWERED)
		look_at_questions(call);
}

/* Nobody's answer is lost for a letter in a row of a database, but somebody should look. */
static void tell_of_text(const struct mcp_call *call)
{
	if (call->mended || call->result.mended || call->content.mended || call->messages.mended)
		log_often(LOG_WARNING, "the %s %s answered with text that is not UTF-8: U+FFFD stands for what is"
		          " none", kind_of(call), call->offer->name);
}

bool call_mistaken(struct mcp_call *call)
{
	if (!call->misused_store)
		look(call);
	if (!call->mistake && !call->misused_store) {
		tell_of_text(call);
		return false;
	}
	if (call->mistake)
		tell(call, call->mistake);
	call->fault = &FAULT_INTERNAL;
	call->wait = NULL;
	return true;
}
