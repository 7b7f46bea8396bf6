/* probe - a server whose tools do what makes sharing hard: stream slowly, ask, wait, change things. */
#include <stdlib.h>
#include <time.h>

#include "consult.h"
#include "mcp.h"
#include "mistaken.h"
#include "tasks.h"

enum { LINGER_DEADLINE_MS = 1200 };

struct count { int64_t to, pause_ms; };
struct named { const char *name; };
struct consent { bool sure; };
struct asking { int64_t rounds; };
struct linger { bool ever; };
struct large { int64_t kib; };
struct sum { int64_t to; };
struct place { const char *name; };
struct labels { const char *text; int64_t number; bool flag; struct place *place; };

static SHAPE(count_shape, struct count,
	INT(struct count, to, "How far", AT_LEAST(1), AT_MOST(100000), DEFAULT(10)),
	INT(struct count, pause_ms, "Between two", AT_LEAST(0), AT_MOST(10000), DEFAULT(100)));

static SHAPE(named_shape, struct named,
	TEXT(struct named, name, "Which", .required = true, AT_MOST(100)));

static SHAPE(consent_shape, struct consent,
	BOOL(struct consent, sure, "Are you sure?", .required = true));

static SHAPE(asking_shape, struct asking,
	INT(struct asking, rounds, "How often it asks", AT_LEAST(1), AT_MOST(5), DEFAULT(1)));

static enum mcp_answer count(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	const struct count *count = in;

	for (int64_t i = 1; i <= count->to; i++) {
		struct timespec pause = { .tv_sec = count->pause_ms / 1000,
		                          .tv_nsec = count->pause_ms % 1000 * 1000000 };
		mcp_log(call, MCP_INFO, "%lld", (long long)i);
		if (!mcp_progress(call, (double)i, (double)count->to, "%lld", (long long)i))
			return mcp_fail(call, "It was not wanted any more.");
		if (count->pause_ms > 0)
			nanosleep(&pause, NULL);
	}
	return mcp_say(call, "Counted to %lld.", (long long)count->to);
}

/* One question after the other, each with the answers to those before. */
static enum mcp_answer consent(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	const struct asking *asking = in;
	int sure = 0;

	for (int64_t i = 1; i <= asking->rounds; i++) {
		struct consent consent;
		const char *key = arena_print(mcp_arena(call), "consent-%lld", (long long)i);
		switch (mcp_ask(call, key, consent_shape, &consent, "Sure (%lld)?", (long long)i)) {
		case MCP_PENDING:     return MCP_WAITING;
		case MCP_ACCEPTED:    sure += consent.sure; break;
		case MCP_UNAVAILABLE: return mcp_cannot_ask(call, "Nobody can be asked.");
		default:              return mcp_say(call, "Nobody said yes to %lld.", (long long)i);
		}
	}
	return mcp_say(call, "Sure %d times.", sure);
}

static SHAPE(large_shape, struct large,
	INT(struct large, kib, "How much", AT_LEAST(1), AT_MOST(65536), DEFAULT(300)));

static enum mcp_answer large(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	size_t size = (size_t)((const struct large *)in)->kib * 1024;
	char *text = arena_alloc(mcp_arena(call), size + 1);

	memset(text, 'x', size);
	mcp_progress(call, 1, 1, "It is written.");
	return mcp_say(call, "%s", text);
}

/* A read that says nothing of how long it may take. */
static SHAPE(sum_shape, struct sum,
	INT(struct sum, to, "The last number", AT_LEAST(1), AT_MOST(10000000), DEFAULT(10)));

static enum mcp_answer sum(struct mcp_call *call, const void *in, struct store *store)
{
	struct sum total;

	if (store_find_one(store, mcp_arena(call), "with recursive n (i) as (select 1 union all"
	                   " select i + 1 from n where i < :to) select sum(i) as \"to\" from n",
	                   sum_shape, in, sum_shape, &total) != 1)
		return mcp_fail(call, "The database is unavailable.");
	return mcp_say(call, "%lld", (long long)total.to);
}

/* Speaks and counts between reads, after which it may be run again: what it says is heard once. */
static enum mcp_answer narrate(struct mcp_call *call, const void *in, struct store *store)
{
	struct sum total = *(const struct sum *)in, now = { now_ms() };

	mcp_count(0, 1);
	mcp_log(call, MCP_INFO, "before");
	mcp_progress(call, 1, 3, "before");
	if (store_find_one(store, mcp_arena(call), "with recursive n (i) as (select 1 union all"
	                   " select i + 1 from n where i < :to) select sum(i) as \"to\" from n",
	                   sum_shape, &total, sum_shape, &total) != 1) {
		mcp_log(call, MCP_ERROR, "in vain");
		return mcp_fail(call, "The database is unavailable.");
	}
	mcp_log(call, MCP_INFO, "between");
	mcp_progress(call, 2, 3, "between");
	if (store_find_one(store, mcp_arena(call), "select :to as \"to\"", sum_shape, &now, sum_shape,
	                   &now) != 1)
		return mcp_fail(call, "The database is unavailable.");
	mcp_log(call, MCP_INFO, "after");
	return mcp_say(call, "%lld", (long long)total.to);
}

/* Asks only whom it concerns, which the database knows; in vain it says so. */
static enum mcp_answer concern(struct mcp_call *call, const void *in, struct store *store)
{
	struct sum total = *(const struct sum *)in;
	struct consent consent;

	if (store_find_one(store, mcp_arena(call), "with recursive n (i) as (select 1 union all"
	                   " select i + 1 from n where i < :to) select sum(i) as \"to\" from n",
	                   sum_shape, &total, sum_shape, &total) != 1) {
		mcp_progress(call, 1, 1, "in vain");
		return mcp_fail(call, "The database is unavailable.");
	}
	if (mcp_ask(call, "concern", consent_shape, &consent, "%lld?", (long long)total.to) == MCP_PENDING)
		return MCP_WAITING;
	return mcp_say(call, "%lld", (long long)total.to);
}

static SHAPE(place_shape, struct place,
	TEXT(struct place, name, "A name", .header = "Place"));

static SHAPE(labels_shape, struct labels,
	TEXT(struct labels, text, "A text", .header = "Text"),
	INT(struct labels, number, "A number", .header = "Number"),
	BOOL(struct labels, flag, "A flag", .header = "Flag"),
	NEST(struct labels, place, struct place, place_shape, "A place"));

static enum mcp_answer labels(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	const struct labels *labels = in;

	return mcp_say(call, "%s %lld %d", labels->text ? labels->text : "-",
	               (long long)labels->number, labels->flag);
}

/* Uses up its time, and only then asks. */
static enum mcp_answer tire(struct mcp_call *call, UNUSED const void *in, struct store *store UNUSED)
{
	struct consent consent;

	while (mcp_time_left_ms(call) > 0)
		nanosleep(&(struct timespec) { .tv_nsec = 1000000 }, NULL);
	if (mcp_ask(call, "tire", consent_shape, &consent, "Go on?") == MCP_PENDING)
		return MCP_WAITING;
	return mcp_say(call, "It went on.");
}

static SHAPE(linger_shape, struct linger,
	BOOL(struct linger, ever, "Even when its time is over"));

/* Waits longer than it may run, for what never changes. */
static enum mcp_answer linger(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	const struct linger *asked = in;

	if (asked->ever || mcp_time_left_ms(call) > LINGER_DEADLINE_MS / 2)
		return mcp_wait(call, "probe://never", 60000);
	return mcp_say(call, "It never came.");
}

static const char *uri_of(struct mcp_call *call, const struct named *named)
{
	return arena_print(mcp_arena(call), "probe://%s", named->name);
}

static enum mcp_answer touch(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	mcp_changed(uri_of(call, in));
	return mcp_say(call, "Touched.");
}

/* As many as were typed. */
static void complete_named(struct mcp_call *call, UNUSED const char *argument, const char *value,
                           UNUSED struct store *store)
{
	for (long i = strtol(value, NULL, 10); i > 0; i--)
		mcp_suggest(call, "name");
}

static enum mcp_answer read_named(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	const struct named *named = in;

	return mcp_say(call, "%s", named->name);
}

/* JSON there and back: what came, what a shape takes of it, and whether the caller has a scope. */
struct mirrored { int64_t size; const char *scope; };

static SHAPE(mirrored_shape, struct mirrored,
	INT(struct mirrored, size, "A size", DEFAULT(7)),
	TEXT(struct mirrored, scope, "A scope"));

static const char MIRROR_IN[] = "{\"type\":\"object\",\"properties\":{"
	"\"place\":{\"type\":\"object\",\"properties\":{"
	"\"region\":{\"type\":\"string\",\"x-mcp-header\":\"Region\"}}},"
	"\"size\":{\"type\":[\"integer\",\"string\"],\"x-mcp-header\":\"Size\"},\"scope\":{\"type\":\"string\"}}}";

static enum mcp_answer mirror(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	struct mirrored read;

	if (!mcp_read_json(call, in, mirrored_shape, &read))
		return mcp_fail(call, "That is no mirrored thing.");
	return mcp_return_json(call, arena_print(mcp_arena(call), "{\"came\":%s,\"read\":%s,\"may\":%s}",
		(const char *)in, mcp_json(call, mirrored_shape, &read),
		mcp_may(call, read.scope) ? "true" : "false"));
}

static enum mcp_answer listing(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	return mcp_return_json(call, "[1,2]");
}

/* Its runs have the same number, whoever has the later ones. */
static enum mcp_answer numbered(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	long long number = (long long)mcp_call_number(call);
	struct consent consent;

	switch (mcp_ask(call, "consent", consent_shape, &consent, "Is it %lld?", number)) {
	case MCP_PENDING:     return MCP_WAITING;
	case MCP_ACCEPTED:    return mcp_say(call, "It is %lld.", number);
	default:              return mcp_say(call, "Nobody said so.");
	}
}

static const struct mcp_tool tools[] = {
	{ "count", "Count", "Counts slowly, telling each number.", .in = count_shape, .blocks = true,
	  .run = count },
	{ "consent", "Consent", "Asks the person.", .in = asking_shape, .changes = true, .scope = MCP_ANYONE,
	  .run = consent },
	{ "numbered", "Numbered", "Asks the person whether it is its number.", .run = numbered },
	{ "large", "Large", "Answers with much.", .in = large_shape, .run = large },
	{ "sum", "Sum", "Adds up the numbers from one on.", .in = sum_shape, .run = sum },
	{ "narrate", "Narrate", "Adds them up and talks about it.", .in = sum_shape, .run = narrate },
	{ "concern", "Concern", "Adds them up and asks about it.", .in = sum_shape, .run = concern },
	{ "labels", "Labels", "Has its arguments in headers too.", .in = labels_shape, .run = labels },
	{ "tire", "Tire", "Uses up its time, then asks the person.", .deadline_ms = 50, .run = tire },
	{ "linger", "Linger", "Waits for what never comes.", .in = linger_shape,
	  .deadline_ms = LINGER_DEADLINE_MS, .run = linger },
	{ "linger_blocking", "Linger", "The same, on a worker.", .in = linger_shape, .blocks = true,
	  .deadline_ms = LINGER_DEADLINE_MS, .run = linger },
	{ "linger_task", "Linger", "The same, as a task.", .in = linger_shape, .runs_long = true, .deadline_ms = 60000,
	  .run = linger },
	{ "touch", "Touch", "Says that a resource changed.", .in = named_shape, .changes = true, .scope = MCP_ANYONE,
	  .run = touch },
	{ "mirror", "Mirror", "Gives back what it got.", .in_schema = MIRROR_IN,
	  .out_schema = "{\"type\":\"object\",\"properties\":{}}", .run = mirror },
	{ "listing", "Listing", "Gives a list.", .out_schema = "{\"type\":\"array\"}", .run = listing },
	CONSULT_TOOLS,
	TASK_TOOLS,
	MISTAKEN_TOOLS,
	{ 0 },
};

static const struct mcp_resource resources[] = {
	{ "probe://{name}", "probe", "Probe", "Anything.", "text/plain", .in = named_shape,
	  .run = read_named, .complete = complete_named },
	{ "mistaken://{how}", "mistaken", "Mistaken", "Makes a mistake.", "text/plain", .in = mistaken_shape,
	  .run = mistaken_store, .complete = mistaken_completes, .sees = mistaken_sees },
	{ 0 },
};

static const struct migration migrations[] = {
	{ "1-unused", "create table unused (id bigint primary key);", NULL },
	{ 0 },
};

static const struct mcp_counter counters[] = {
	{ "probe_narrated_total", "Runs of narrate that counted." },
	{ "probe_consulted_total", "Runs of consult." },
	{ 0 },
};

static const struct mcp_prompt prompts[] = {
	{ "mistaken", "Mistaken", "Makes a mistake.", .in = mistaken_shape, .run = mistaken_store },
	{ 0 },
};

static const struct mcp_job jobs[] = {
	{ "mistaken_job", mistaken_works },
	{ 0 },
};

static const struct mcp_command commands[] = {
	{ "mistaken", "mistaken", "Make a mistake", mistaken_command, NULL },
	{ 0 },
};

static const struct setting settings[] = {
	{ .name = "MISTAKEN_JOB", .kind = SETTING_INT, .standard = "0", .about = "1: its job makes a mistake", .most = 1 },
	CONSULT_SETTINGS,
	{ 0 },
};

int main(int argc, char **argv)
{
	return mcp_main(&(struct mcp_server) {
		.start = consult_start, .stop = consult_stop,
		.name = "probe", .title = "Probe", .version = "1.0.0", .port = 8089,
		.tools = tools, .resources = resources, .migrations = migrations,
		.scopes = "a:b products:read products:write probe:read",        /* that tests ask it about */
		.prompts = prompts, .jobs = jobs, .commands = commands, .settings = settings, .counters = counters, .database = "sqlite:probe.db",
	}, argc, argv);
}
