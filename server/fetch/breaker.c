/* breaker.c - a circuit breaker. */
#include "breaker.h"

enum breaker_pass breaker_enter(struct breaker *breaker, int64_t at_tick_ms)
{
	enum breaker_pass pass = BREAKER_CALL;
	pthread_mutex_lock(&breaker->lock);
	if (breaker->open) {
		bool probe = !breaker->probing && at_tick_ms >= breaker->probe_at_ms;
		pass = probe ? BREAKER_PROBE : BREAKER_NO_ENTRY;
		breaker->probing = breaker->probing || probe;
	}
	pthread_mutex_unlock(&breaker->lock);
	return pass;
}

static enum breaker_turn close_it(struct breaker *breaker)
{
	bool was_open = breaker->open;
	breaker->open = false;
	breaker->failures = 0;
	return was_open ? BREAKER_CLOSED : BREAKER_AS_IT_WAS;
}

/* A call from before it opened, failing late, says nothing new. */
static enum breaker_turn note_failure(struct breaker *breaker, enum breaker_pass pass, int64_t now)
{
	if (breaker->open && pass != BREAKER_PROBE)
		return BREAKER_AS_IT_WAS;
	if (!breaker->open && ++breaker->failures < BREAKER_FAILURES)
		return BREAKER_AS_IT_WAS;
	bool was_open = breaker->open;
	breaker->open = true;
	breaker->probe_at_ms = now + BREAKER_OPEN_MS;
	return was_open ? BREAKER_AS_IT_WAS : BREAKER_OPENED;
}

enum breaker_turn breaker_leave(struct breaker *breaker, enum breaker_pass pass, bool reached,
                                int64_t at_tick_ms)
{
	pthread_mutex_lock(&breaker->lock);
	if (pass == BREAKER_PROBE)
		breaker->probing = false;
	enum breaker_turn turn = reached ? close_it(breaker)
	                                 : note_failure(breaker, pass, at_tick_ms);
	pthread_mutex_unlock(&breaker->lock);
	return turn;
}

enum breaker_turn breaker_refused(struct breaker *breaker, enum breaker_pass pass, int64_t at_tick_ms, int64_t for_ms)
{
	pthread_mutex_lock(&breaker->lock);
	bool was_open = breaker->open;
	if (pass == BREAKER_PROBE)
		breaker->probing = false;
	breaker->open = true;
	breaker->probe_at_ms = at_tick_ms + for_ms;
	pthread_mutex_unlock(&breaker->lock);
	return was_open ? BREAKER_AS_IT_WAS : BREAKER_OPENED;
}

void breaker_forget(struct breaker *breaker, enum breaker_pass pass)
{
	pthread_mutex_lock(&breaker->lock);
	if (pass == BREAKER_PROBE)
		breaker->probing = false;
	pthread_mutex_unlock(&breaker->lock);
}
