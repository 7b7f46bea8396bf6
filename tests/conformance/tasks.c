/* tasks.c - tools that become tasks: quick and slow ones, failing ones, and some that ask. */
#include <time.h>

#include "tasks.h"

#define STEP_MS 10

struct greet { const char *name; };
struct slow { double seconds; const char *label; };
struct file { const char *filename; };
struct consent { bool confirm; };
struct answer { const char *answer; };

SHAPE(greet_shape, struct greet,
	TEXT(struct greet, name, "Who is greeted", .required = true));

SHAPE(slow_compute_shape, struct slow,
	REAL(struct slow, seconds, "How long it takes", AT_LEAST(0), AT_MOST(300), DEFAULT(1)),
	TEXT(struct slow, label, "What the answer is called"));

SHAPE(confirm_delete_shape, struct file,
	TEXT(struct file, filename, "The file to delete", .required = true));

static SHAPE(consent_shape, struct consent,
	BOOL(struct consent, confirm, "Delete it?", .required = true));

static SHAPE(answer_shape, struct answer,
	TEXT(struct answer, answer, "The answer"));

static SHAPE(name_shape, struct greet,
	TEXT(struct greet, name, "Your name", .required = true));

/* Works for so long. False: nobody wants it any more. */
static bool work(struct mcp_call *call, int64_t ms)
{
	for (int64_t done = 0; done < ms; done += STEP_MS) {
		if (!mcp_progress(call, (double)(done + 1), (double)ms, "%lld of %lld ms",
		                  (long long)done, (long long)ms))
			return false;
		nanosleep(&(struct timespec) { .tv_nsec = STEP_MS * 1000000 }, NULL);
	}
	return mcp_wanted(call);
}

enum mcp_answer greet(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	const struct greet *asked = in;

	return mcp_say(call, "Hello, %s!", asked->name);
}

enum mcp_answer slow_compute(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	const struct slow *asked = in;

	if (!work(call, (int64_t)(asked->seconds * 1000)))
		return mcp_fail(call, "This was stopped before it was done.");
	return mcp_say(call, "%s is done after %g s.", asked->label ? asked->label : "The computation",
	               asked->seconds);
}

enum mcp_answer failing_job(struct mcp_call *call, const void *in UNUSED,
                            struct store *store UNUSED)
{
	work(call, 500);
	return mcp_fail(call, "This job always fails.");
}

enum mcp_answer protocol_error_job(struct mcp_call *call, const void *in UNUSED,
                                   struct store *store UNUSED)
{
	work(call, 500);
	return mcp_error(call, -32603, "This job always breaks.");
}

enum mcp_answer confirm_delete(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	const struct file *file = in;
	struct consent consent;

	switch (mcp_ask(call, "confirm", consent_shape, &consent, "Delete %s?", file->filename)) {
	case MCP_PENDING:     return MCP_WAITING;
	case MCP_ACCEPTED:    break;
	case MCP_UNAVAILABLE: return mcp_cannot_ask(call, "Delete %s by hand.", file->filename);
	default:              return mcp_say(call, "%s was left as it is.", file->filename);
	}
	return consent.confirm ? mcp_say(call, "%s is deleted.", file->filename)
		: mcp_say(call, "%s was left as it is.", file->filename);
}

enum mcp_answer multi_input(struct mcp_call *call, const void *in UNUSED,
                            struct store *store UNUSED)
{
	struct answer first = { NULL }, second = { NULL };
	enum mcp_reply one = mcp_ask(call, "first", answer_shape, &first, "What is the first answer?");
	enum mcp_reply two = mcp_ask(call, "second", answer_shape, &second,
	                             "What is the second answer?");

	if (one == MCP_UNAVAILABLE || two == MCP_UNAVAILABLE)
		return mcp_must_ask(call);
	if (one == MCP_PENDING || two == MCP_PENDING)
		return MCP_WAITING;
	return mcp_say(call, "The answers are %s and %s.", first.answer ? first.answer : "none",
	               second.answer ? second.answer : "none");
}

enum mcp_answer tool_with_task(struct mcp_call *call, const void *in UNUSED,
                               struct store *store UNUSED)
{
	struct greet person;

	switch (mcp_ask(call, "name", name_shape, &person, "What is your name?")) {
	case MCP_PENDING:     return MCP_WAITING;
	case MCP_ACCEPTED:    break;
	case MCP_UNAVAILABLE: return mcp_must_ask(call);
	default:              return mcp_say(call, "Nobody is greeted.");
	}
	if (!mcp_begin_task(call))
		return MCP_WAITING;
	return mcp_say(call, "Hello, %s!", person.name);
}
