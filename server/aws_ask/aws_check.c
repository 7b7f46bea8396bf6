/* aws_check.c - see aws_check.h. */
#include "aws_check.h"

#include <pthread.h>

#include "aws_process.h"
#include "aws_shaped.h"
#include "clock.h"

void aws_stands(struct arena *arena, int64_t until_ms, struct aws_standing *standing)
{
	struct credentials *credentials = aws_process_credentials();

	credentials_wait(credentials, until_ms - tick_ms());
	*standing = (struct aws_standing) { .region = aws_process_region() };
	standing->credentials = credentials_where(credentials, arena, &standing->why);
}

/* Who waits for one answer. */
struct pause {
	struct aws_waiter waiter;       /* the first member */
	pthread_mutex_t lock;
	pthread_cond_t told;
	bool over;
};

static void tell(struct aws_waiter *waiter)
{
	struct pause *pause = (struct pause *)(void *)waiter;

	pthread_mutex_lock(&pause->lock);
	pause->over = true;
	pthread_cond_signal(&pause->told);
	pthread_mutex_unlock(&pause->lock);
}

static void begin(struct pause *pause)
{
	pthread_condattr_t attributes;

	*pause = (struct pause) { .waiter.tell = tell };
	pthread_mutex_init(&pause->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&pause->told, &attributes);
	pthread_condattr_destroy(&attributes);
}

static void wait_until(struct pause *pause, int64_t until_ms)
{
	int64_t left;

	pthread_mutex_lock(&pause->lock);
	while (!pause->over && (left = until_ms - tick_ms()) > 0) {
		struct timespec until = tick_in(left);
		pthread_cond_timedwait(&pause->told, &pause->lock, &until);
	}
	pthread_mutex_unlock(&pause->lock);
	/* Behind it nothing is told, and what was told is there to be seen. */
	aws_forget(aws_process_calls(), &pause->waiter);
}

enum aws_outcome (aws_wait_of)(enum aws_action action, const struct shape *in, const void *arguments, const struct shape *out,
                               void *result, int64_t until_ms, struct aws_about *about)
{
	struct pause pause;

	begin(&pause);
	if (!aws_ask(aws_process_calls(), &(struct aws_wish) { .action = action,
	             .input = aws_shaped_input(about->arena, action, in, arguments) }, &pause.waiter))
		wait_until(&pause, until_ms);
	enum aws_outcome outcome = aws_shaped_answer(about->arena, action, &pause.waiter, out, result, about);
	if (outcome == AWS_FAILED && !about->trouble)
		about->trouble = "AWS did not answer in time";
	aws_result_drop(pause.waiter.result);
	pthread_cond_destroy(&pause.told);
	pthread_mutex_destroy(&pause.lock);
	return outcome;
}
