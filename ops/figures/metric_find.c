/* metric_find.c - see metric_find.h. */
#include "metric_find.h"

#include "balancer.h"
#include "metric_row.h"
#include "watched.h"

static struct cw_dimension *dimensions(struct arena *arena, struct cw_dimension first, struct cw_dimension second)
{
	struct cw_dimension *both = arena_array(arena, struct cw_dimension, 2);

	both[0] = first;
	both[1] = second;
	return both;
}

static struct found_metric found_of(const struct metric_row *row, struct cw_dimension *dimensions, int64_t count, const char *label)
{
	const char *namespace = metric_namespace(row->of);

	return (struct found_metric) {
		{ namespace ? namespace : watched_cluster(), row->name, dimensions, count }, row->stat, row->unit, label
	};
}

/* Of each target group: where there are two, which take turns, the label says of which. */
static int64_t find_targets(struct look *look, const struct metric_row *row, const char *service, struct found_metric *found, int64_t room)
{
	struct arena *arena = mcp_arena(look->call);
	struct lb_groups groups;
	int64_t count = 0;

	if (!lb_groups(look, &groups))
		return 0;
	for (int64_t i = 0; i < groups.TargetGroups_count && count < room; i++) {
		const struct lb_group *group = &groups.TargetGroups[i];
		if (!lb_group_is_of(arena, group, service) || group->LoadBalancerArns_count == 0)
			continue;
		struct cw_dimension *both = dimensions(arena, (struct cw_dimension) { "TargetGroup", lb_group_dimension(group->TargetGroupArn) },
			(struct cw_dimension) { "LoadBalancer", lb_balancer_dimension(group->LoadBalancerArns[0]) });
		const char *label = count == 0 ? row->label : arena_print(arena, "%s (%s)", row->label, group->TargetGroupName);
		found[count++] = found_of(row, both, 2, label);
	}
	return count;
}

static int64_t find_row(struct look *look, const struct metric_row *row, const char *service, struct found_metric *found, int64_t room)
{
	struct cw_dimension its[2] = { 0 };
	int64_t count = 1;

	switch (row->of) {
	case OF_TARGETS:
		return find_targets(look, row, service, found, room);
	case OF_PROGRAM:
		its[0] = (struct cw_dimension) { "Service", service };
		break;
	case OF_DATABASE:
		its[0] = (struct cw_dimension) { "DBInstanceIdentifier", watched_cluster() };
		break;
	case OF_SERVICE:
	case OF_INSIGHTS:
		its[0] = (struct cw_dimension) { "ClusterName", watched_cluster() };
		its[1] = (struct cw_dimension) { "ServiceName", service };
		count = 2;
		break;
	}
	*found = found_of(row, dimensions(mcp_arena(look->call), its[0], its[1]), count, row->label);
	return 1;
}

static int64_t find_named(struct look *look, const struct metrics_wanted *wanted, struct found_metric *found)
{
	struct cw_dimension *all = arena_array(mcp_arena(look->call), struct cw_dimension, wanted->dimensions_count);

	for (int64_t i = 0; i < wanted->dimensions_count; i++)
		all[i] = (struct cw_dimension) { wanted->dimensions[i].name, wanted->dimensions[i].value };
	*found = (struct found_metric) { { wanted->namespace, wanted->name, all, wanted->dimensions_count }, wanted->stat, NULL, wanted->name };
	return 1;
}

int64_t metrics_find(struct look *look, const struct metrics_wanted *wanted, struct found_metric found[METRICS_MAX])
{
	int64_t count = 0;

	if (wanted->name)
		return find_named(look, wanted, found);
	for (const struct metric_row *row = metric_rows; row->what; row++)
		if (strcmp(row->what, wanted->what) == 0 && count < METRICS_MAX)
			count += find_row(look, row, wanted->service, found + count, METRICS_MAX - count);
	return count;
}
