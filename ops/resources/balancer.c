/* balancer.c - see balancer.h. */
#include "balancer.h"

#include "watched.h"

#define PAGES_MAX 5

static SHAPE(group_shape, struct lb_group,
	PARAM(struct lb_group, TargetGroupArn), PARAM(struct lb_group, TargetGroupName), PARAM(struct lb_group, Protocol),
	PARAM(struct lb_group, Port), PARAM(struct lb_group, TargetType), PARAM(struct lb_group, HealthCheckPath),
	TEXTS(struct lb_group, LoadBalancerArns, LoadBalancerArns_count, NULL));
static SHAPE(groups_shape, struct lb_groups,
	LIST(struct lb_groups, TargetGroups, TargetGroups_count, struct lb_group, group_shape, NULL), PARAM(struct lb_groups, NextMarker));

struct ask { const char *Marker; };
static SHAPE(ask_shape, struct ask, PARAM(struct ask, Marker));

static void append(struct arena *arena, struct lb_groups *groups, const struct lb_groups *page)
{
	size_t size = sizeof(*page->TargetGroups), old = size * (size_t)groups->TargetGroups_count, more = size * (size_t)page->TargetGroups_count;

	if (more == 0)
		return;
	groups->TargetGroups = arena_grow(arena, groups->TargetGroups, old, old + more);
	memcpy(groups->TargetGroups + groups->TargetGroups_count, page->TargetGroups, more);
	groups->TargetGroups_count += page->TargetGroups_count;
}

bool lb_groups(struct look *look, struct lb_groups *groups)
{
	struct lb_groups page = { 0 };
	int pages = 0;

	*groups = page;
	while (pages < PAGES_MAX && (pages == 0 || page.NextMarker)) {
		struct ask ask = { page.NextMarker };
		page = (struct lb_groups) { 0 };
		if (!look_at(look, "the target groups", ELB_DESCRIBE_TARGET_GROUPS, ask_shape, &ask, groups_shape, &page))
			break;
		append(mcp_arena(look->call), groups, &page);
		pages++;
	}
	if (page.NextMarker)
		look_gap(look, "the target groups", "there are more of them than are asked for");
	return pages > 0;
}

static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

bool lb_group_is_of(struct arena *arena, const struct lb_group *group, const char *service)
{
	const char *name = arena_print(arena, "%s-%s", watched_cluster(), service ? service : "");

	if (!group->TargetGroupName || !str_starts(str_of(group->TargetGroupName), name))
		return false;
	const char *rest = group->TargetGroupName + strlen(name);
	return !service || !*rest || (*rest == '-' && is_number(rest + 1));
}

static const char *from(const char *arn, const char *part)
{
	const char *found = arn ? strstr(arn, part) : NULL;

	return found ? found : "";
}

const char *lb_group_dimension(const char *group_arn)
{
	return from(group_arn, "targetgroup/");
}

const char *lb_balancer_dimension(const char *balancer_arn)
{
	const char *found = from(balancer_arn, "loadbalancer/");

	return *found ? found + strlen("loadbalancer/") : found;
}

/* ---- Balancers and listeners ---- */

static SHAPE(state_shape, struct lb_state, PARAM(struct lb_state, Code), PARAM(struct lb_state, Reason));
static SHAPE(balancer_shape, struct lb_balancer,
	PARAM(struct lb_balancer, LoadBalancerArn), PARAM(struct lb_balancer, LoadBalancerName), PARAM(struct lb_balancer, DNSName),
	PARAM(struct lb_balancer, Scheme), PARAM(struct lb_balancer, Type), NEST(struct lb_balancer, State, struct lb_state, state_shape, NULL));
static SHAPE(balancers_shape, struct lb_balancers,
	LIST(struct lb_balancers, LoadBalancers, LoadBalancers_count, struct lb_balancer, balancer_shape, NULL));

struct ask_balancers { const char **Names; int64_t Names_count; };
static SHAPE(ask_balancers_shape, struct ask_balancers, TEXTS(struct ask_balancers, Names, Names_count, NULL));

bool lb_balancers(struct look *look, struct lb_balancers *balancers)
{
	const char *name = watched_cluster();
	struct ask_balancers ask = { &name, 1 };

	*balancers = (struct lb_balancers) { 0 };
	return look_for(look, "the balancers", "LoadBalancerNotFound", ELB_DESCRIBE_BALANCERS, ask_balancers_shape, &ask, balancers_shape, balancers);
}

static SHAPE(action_shape, struct lb_action, PARAM(struct lb_action, Type));
static SHAPE(listener_shape, struct lb_listener,
	PARAM(struct lb_listener, Port), PARAM(struct lb_listener, Protocol), PARAM(struct lb_listener, SslPolicy),
	LIST(struct lb_listener, DefaultActions, DefaultActions_count, struct lb_action, action_shape, NULL));
static SHAPE(listeners_shape, struct lb_listeners,
	LIST(struct lb_listeners, Listeners, Listeners_count, struct lb_listener, listener_shape, NULL));

struct ask_listeners { const char *LoadBalancerArn; };
static SHAPE(ask_listeners_shape, struct ask_listeners, PARAM(struct ask_listeners, LoadBalancerArn));

bool lb_listeners(struct look *look, const char *balancer_arn, struct lb_listeners *listeners)
{
	struct ask_listeners ask = { balancer_arn };

	*listeners = (struct lb_listeners) { 0 };
	return look_at(look, "the listeners", ELB_DESCRIBE_LISTENERS, ask_listeners_shape, &ask, listeners_shape, listeners);
}
