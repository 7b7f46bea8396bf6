/* calls_out.h - what came of the calls of each service, for /metrics and for the call in which they were made. */
#ifndef CALLS_OUT_H
#define CALLS_OUT_H

enum call_out {
	CALL_ANSWERED,
	CALL_REFUSED,           /* by its tool, in words */
	CALL_UNAVAILABLE,       /* it could not, and says that it is its own matter: its database, a mistake */
	CALL_DENIED,            /* by the service: a key or an address is wrong */
	CALL_UNREADABLE,        /* what it answered can't be used */
	CALL_UNREACHABLE,       /* no answer in time, or no time for one */
	CALL_HELD_BACK,         /* it failed lately and is not called for a while */
	CALLS_OUT
};

struct calls_out;

/* Those of the service at a URL, by its host and port: the same for every client of it, as long as the process lives.
 * Beyond some services, "other". */
struct calls_out *calls_out_to(const char *url);
/* The host and port; and the word for what came of a call. */
const char *calls_out_service(const struct calls_out *calls);
const char *calls_out_word(enum call_out came_of);
/* What was counted is told of once more: to a run of a tool that finds it as the one before did. */
void calls_out_again(enum call_out came_of);
void calls_out_note(struct calls_out *calls, enum call_out came_of);

#endif
