/* model_step.c - see model_step.h. */
#include "model_step.h"

#define TRIES_THROTTLED 3
#define TRIES_LAST 2                    /* of the last model: the others' next try is the next model */
#define WAIT_MOST_MS 2000
#define WAIT_FIRST_MS 500
#define WRONG_FOR_MS ((int64_t)5 * 60 * 1000)   /* somebody has to change something first */

static const struct manner {
	enum model_step step;
	bool is_away;                   /* as its breaker has it */
	bool is_wrong;                  /* and will be for a while, whoever asks */
} manners[] = {
	[MODEL_THROTTLED] = { MODEL_STEP_AGAIN, .is_away = true },
	[MODEL_UNAVAILABLE] = { MODEL_STEP_NEXT, .is_away = true },
	[MODEL_NOT_READY] = { MODEL_STEP_NEXT, .is_away = true },
	[MODEL_IDENTITY] = { MODEL_STEP_MENDED, .is_away = true },
	[MODEL_NO_SUCH_MODEL] = { MODEL_STEP_NEXT, .is_wrong = true },
	[MODEL_DENIED] = { MODEL_STEP_NEXT, .is_wrong = true },
	[MODEL_INVALID] = { MODEL_STEP_END },
	[MODEL_TOO_LONG] = { MODEL_STEP_END },
	[MODEL_CUT] = { MODEL_STEP_NEXT, .is_away = true },
	[MODEL_NONSENSE] = { MODEL_STEP_NEXT, .is_away = true },
	[MODEL_NO_ROOM] = { MODEL_STEP_END },
};

enum model_step model_step_after(const struct model_fault *fault, int tries, bool last, double chance, int64_t *pause_ms)
{
	const struct manner *manner = &manners[fault->trouble];
	bool throttled = manner->step == MODEL_STEP_AGAIN;
	int64_t wait_ms = (WAIT_FIRST_MS << (tries < 4 ? tries - 1 : 3)) * (throttled ? 1 : 0) + WAIT_FIRST_MS / 2;

	if (wait_ms < fault->retry_after_ms)    /* any number, so none to go on with */
		wait_ms = fault->retry_after_ms <= WAIT_MOST_MS ? fault->retry_after_ms : WAIT_MOST_MS + 1;
	*pause_ms = wait_ms + (int64_t)(chance * WAIT_FIRST_MS / 2);
	if (!throttled && (!last || manner->step != MODEL_STEP_NEXT || manner->is_wrong))
		return manner->step;
	return tries < (throttled ? TRIES_THROTTLED : TRIES_LAST) && wait_ms <= WAIT_MOST_MS ? MODEL_STEP_AGAIN : MODEL_STEP_NEXT;
}

enum breaker_turn model_tell_breaker(struct breaker *breaker, enum breaker_pass pass, const struct model_fault *fault, int64_t at_tick_ms)
{
	const struct manner *manner = fault ? &manners[fault->trouble] : NULL;

	if (manner && manner->is_wrong)
		return breaker_refused(breaker, pass, at_tick_ms, WRONG_FOR_MS);
	return breaker_leave(breaker, pass, !manner || !manner->is_away, at_tick_ms);
}
