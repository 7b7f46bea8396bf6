/* balancer.h - load balancers, their listeners and target groups: members as AWS calls them. */
#ifndef BALANCER_H
#define BALANCER_H

#include "look.h"

struct lb_group {
	const char *TargetGroupArn, *TargetGroupName, *Protocol, *Port, *TargetType, *HealthCheckPath;
	const char **LoadBalancerArns;
	int64_t LoadBalancerArns_count;
};

struct lb_groups {
	struct lb_group *TargetGroups;
	int64_t TargetGroups_count;
	const char *NextMarker;
};

/* All there are, in pages. False: pending, or none were to be had. */
bool lb_groups(struct look *look, struct lb_groups *groups);
/* Whether it is a service's: of a deployment that is blue and green there are two, NAME and NAME-2. NULL: any of the cluster's. */
bool lb_group_is_of(struct arena *arena, const struct lb_group *group, const char *service);

struct lb_state { const char *Code, *Reason; };

struct lb_balancer {
	const char *LoadBalancerArn, *LoadBalancerName, *DNSName, *Scheme, *Type;
	struct lb_state *State;
};
struct lb_balancers { struct lb_balancer *LoadBalancers; int64_t LoadBalancers_count; };

/* Of an action only its kind is read: that of a sign-in has a client's secret. */
struct lb_action { const char *Type; };
struct lb_listener {
	const char *Port, *Protocol, *SslPolicy;
	struct lb_action *DefaultActions;
	int64_t DefaultActions_count;
};
struct lb_listeners { struct lb_listener *Listeners; int64_t Listeners_count; };

/* The one that is called as the cluster; that there is none is no gap. False: pending, or it was not to be had. */
bool lb_balancers(struct look *look, struct lb_balancers *balancers);
bool lb_listeners(struct look *look, const char *balancer_arn, struct lb_listeners *listeners);

/* As CloudWatch's dimensions have them: "targetgroup/shop-dev-orders/1", "app/shop-dev/2". */
const char *lb_group_dimension(const char *group_arn);
const char *lb_balancer_dimension(const char *balancer_arn);

#endif
