/* model_step.h - what comes after a model's trouble: the same once more, the next model, or nothing. Only arithmetic. */
#ifndef MODEL_STEP_H
#define MODEL_STEP_H

#include "breaker.h"
#include "model.h"

enum model_step {
	MODEL_STEP_AGAIN,       /* the same model, after a pause */
	MODEL_STEP_MENDED,      /* likewise, but as somebody else or by another clock: once */
	MODEL_STEP_NEXT,        /* the next model, if there is one */
	MODEL_STEP_END,         /* no other would say otherwise */
};

/* `tries` of this model were made, the latest came to this; `last`: no model is behind it. `chance` is from 0 to 1. */
enum model_step model_step_after(const struct model_fault *fault, int tries, bool last, double chance, int64_t *pause_ms);
/* What its breaker is told at the end of its tries; NULL: it answered. */
enum breaker_turn model_tell_breaker(struct breaker *breaker, enum breaker_pass pass, const struct model_fault *fault, int64_t at_tick_ms);

#endif
