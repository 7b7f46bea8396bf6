/* connect.h - how a person connects a client: one text, for the terminal and for the page at /. */
#ifndef CONNECT_H
#define CONNECT_H

#include "core.h"

/* One way to do it: for whom, what to do, and what to copy. */
struct way {
	const char *title, *about, *code;
};

struct ways {
	int count;
	struct way each[4];
};

/* How its callers are known. Where people sign in, keys may be accepted as well. */
enum connect_by { CONNECT_FREELY, CONNECT_BY_KEY, CONNECT_BY_SIGN_IN };

/* The server of that name, whose endpoint is at `url`. */
struct ways connect_ways(struct arena *arena, const char *name, const char *url, enum connect_by by);
/* Who makes a key, and how: a sentence. */
const char *connect_key(struct arena *arena, const char *name);

#endif
