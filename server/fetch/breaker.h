/* breaker.h - a circuit breaker: stops calling what does not answer, and tries again with one call.
 *
 * Every call enters before and leaves after it. Any thread. */
#ifndef BREAKER_H
#define BREAKER_H

#include <pthread.h>

#include "core.h"

#define BREAKER_FAILURES 5              /* in a row open it */
#define BREAKER_OPEN_MS 10000           /* until a probe may decide */

struct breaker {
	pthread_mutex_t lock;
	int failures;                   /* in a row */
	bool open;
	bool probing;                   /* a probe is on its way */
	int64_t probe_at_ms;            /* open: when the next one may go */
};

#define BREAKER_START { .lock = PTHREAD_MUTEX_INITIALIZER }

enum breaker_pass { BREAKER_NO_ENTRY, BREAKER_CALL, BREAKER_PROBE };
enum breaker_turn { BREAKER_AS_IT_WAS, BREAKER_OPENED, BREAKER_CLOSED };

MUST_USE enum breaker_pass breaker_enter(struct breaker *breaker, int64_t at_tick_ms);
/* `pass` is what entering gave. */
enum breaker_turn breaker_leave(struct breaker *breaker, enum breaker_pass pass, bool reached,
                                int64_t at_tick_ms);
/* Instead: it was answered, with what holds for a while whoever asks, such as that the key is wrong. It is open at once, for so
 * long. */
enum breaker_turn breaker_refused(struct breaker *breaker, enum breaker_pass pass, int64_t at_tick_ms, int64_t for_ms);
/* Instead: nobody wants to know any more what came of it. */
void breaker_forget(struct breaker *breaker, enum breaker_pass pass);

#endif
