/* elb.c - see elb.h. */
#include "elb.h"

static SHAPE(at_shape, struct target_at,
	PARAM(struct target_at, Id), PARAM(struct target_at, Port), PARAM(struct target_at, AvailabilityZone));
static SHAPE(health_shape, struct target_health,
	PARAM(struct target_health, State), PARAM(struct target_health, Reason), PARAM(struct target_health, Description));
static SHAPE(target_shape, struct target,
	NEST(struct target, Target, struct target_at, at_shape, NULL),
	NEST(struct target, TargetHealth, struct target_health, health_shape, NULL));

struct answer { struct target *TargetHealthDescriptions; int64_t count; };
static SHAPE(answer_shape, struct answer,
	LIST(struct answer, TargetHealthDescriptions, count, struct target, target_shape, NULL));

struct describe { const char *TargetGroupArn; };
static SHAPE(describe_shape, struct describe, PARAM(struct describe, TargetGroupArn));

bool elb_targets(struct look *look, const char *target_group_arn, struct targets *targets)
{
	struct describe describe = { target_group_arn };
	struct answer answer = { 0 };

	if (!look_at(look, "the targets", ELB_DESCRIBE_TARGET_HEALTH, describe_shape, &describe, answer_shape, &answer))
		return false;
	struct target *all = arena_array(mcp_arena(look->call), struct target, targets->count + answer.count);
	for (int64_t i = 0; i < targets->count; i++)
		all[i] = targets->targets[i];
	for (int64_t i = 0; i < answer.count; i++)
		all[targets->count + i] = answer.TargetHealthDescriptions[i];
	*targets = (struct targets) { all, targets->count + answer.count };
	return true;
}

bool target_is(const struct target *target, const char *state)
{
	return target->TargetHealth && target->TargetHealth->State && strcmp(target->TargetHealth->State, state) == 0;
}

int64_t targets_in(const struct targets *targets, const char *state)
{
	int64_t found = 0;

	for (int64_t i = 0; i < targets->count; i++)
		found += target_is(&targets->targets[i], state);
	return found;
}

int64_t targets_all(const struct targets *targets)
{
	return targets->count - targets_in(targets, "draining") - targets_in(targets, "unused");
}
