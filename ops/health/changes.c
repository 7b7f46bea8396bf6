/* changes.c - see changes.h. */
#include "changes.h"

#include "ago.h"
#include "cloudtrail.h"
#include "cloudwatch_history.h"
#include "ecs_deployment.h"
#include "stamp.h"
#include "watched.h"

#define CHANGES_SHOWN 100
#define MOST_MS (INT64_C(14) * 86400000)
#define STEP_MS INT64_C(300000)         /* so that equal calls share an answer, and one that is run again asks the same */
#define PAGES 2                         /* of CloudTrail: each takes two seconds */

const SHAPE(changes_wanted_shape, struct changes_wanted,
	TEXT(struct changes_wanted, since, "Since when, two weeks at most: " AGO_WORDS, DEFAULT("6h"), AT_MOST(40)),
	TEXT(struct changes_wanted, who, "Only what was done by somebody whose name has this in it", AT_LEAST(1), AT_MOST(100)),
	TEXT(struct changes_wanted, what, "Only what has this in it: a call, a service, an alarm, a resource", AT_LEAST(1), AT_MOST(100),
	     EXAMPLES("UpdateService", "products", "secret")));

const SHAPE(changes_shape, struct changes_answer,
	LIST(struct changes_answer, changes, changes_count, struct change, change_shape, "What changed, the latest first"),
	INT(struct changes_answer, left_out, "How many older ones are not shown"),
	TIME(struct changes_answer, since, "Since when was looked"),
	TIME(struct changes_answer, as_of, "When the oldest of it was so; calls may be missing for a quarter of an hour"),
	LIST(struct changes_answer, gaps, gaps_count, struct gap, gap_shape, "What could not be had"));

static void add_deployments(struct look *look, const char *service, int64_t since_ms, struct changes *changes)
{
	struct arena *arena = mcp_arena(look->call);
	struct ecs_service_deployments all;

	if (!ecs_deployments(look, service, &all))
		return;
	for (int64_t i = 0; i < all.count; i++) {
		const struct ecs_service_deployment *each = &all.serviceDeployments[i];
		int64_t at = stamp_ms(each->createdAt);
		if (at >= since_ms)
			changes_add(changes, arena, &(struct change) {
				.at = at, .kind = "deployment", .on = service,
				.what = arena_print(arena, "a deployment began: %s%s%s", each->status ? each->status : "?", each->statusReason ? ", " : "",
				                    each->statusReason ? each->statusReason : ""),
			});
	}
}

/* Whether one of the texts has it, whatever the case. `words` NULL: any does. */
static bool has(struct arena *arena, const char *words, const char *a, const char *b)
{
	const char *wanted = words ? text_small(arena, words) : NULL;

	return !words || (a && strstr(text_small(arena, a), wanted)) || (b && strstr(text_small(arena, b), wanted));
}

static void put(struct arena *arena, const struct changes_wanted *wanted, const struct changes *all, struct changes_answer *out)
{
	out->changes = arena_array(arena, struct change, CHANGES_SHOWN);
	for (int64_t i = 0; i < all->count; i++) {
		const struct change *change = &all->changes[i];
		if (!has(arena, wanted->who, change->who, NULL) || !has(arena, wanted->what, change->what, change->on))
			continue;
		if (out->changes_count < CHANGES_SHOWN)
			out->changes[out->changes_count++] = *change;
		else
			out->left_out++;
	}
}

enum mcp_answer changes(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct changes_wanted *wanted = in;
	struct look look = look_begin(call, false);
	struct changes all = { 0 };
	struct changes_answer out = { 0 };

	if (!ago_read(wanted->since, now_ms(), &out.since) || out.since < now_ms() - MOST_MS)
		return mcp_fail(call, "since is %s, and at most two weeks ago.", AGO_WORDS);
	out.since = out.since / STEP_MS * STEP_MS;
	cloudtrail_changes(&look, out.since, PAGES, &all);
	alarm_changes(&look, NULL, out.since, &all);
	for (size_t i = 0; i < watched_count(); i++)
		add_deployments(&look, watched_services()[i], out.since, &all);
	if (look.pending)
		return MCP_WAITING;
	changes_sort(&all);
	put(mcp_arena(call), wanted, &all, &out);
	out.as_of = look.as_of;
	out.gaps = look.gaps;
	out.gaps_count = look.gaps_count;
	return mcp_return(call, changes_shape, &out);
}
