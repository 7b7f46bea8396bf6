/* elb.h - what the load balancer says of the targets of a group. */
#ifndef ELB_H
#define ELB_H

#include "look.h"

struct target_at { const char *Id, *Port, *AvailabilityZone; };
struct target_health { const char *State, *Reason, *Description; };

struct target {
	struct target_at *Target;
	struct target_health *TargetHealth;
};

struct targets {
	struct target *targets;
	int64_t count;
};

/* Adds those of one group. False: pending, or they could not be had. */
bool elb_targets(struct look *look, const char *target_group_arn, struct targets *targets);
/* Whether it is in that state: "healthy", "unhealthy", "draining", "initial", "unused", "unavailable". */
bool target_is(const struct target *target, const char *state);
/* Those that count: not on their way out, and not without a listener. */
int64_t targets_all(const struct targets *targets);
int64_t targets_in(const struct targets *targets, const char *state);

#endif
