/* counted.h - the numbers that a layer counts, as a table whose names and words are the operator's. */
#ifndef COUNTED_H
#define COUNTED_H

#include <stdatomic.h>
#include <stddef.h>

struct counted {
	const char *name;               /* "mcp_open_streams"; totals end in _total. A label may follow, {cause="away"}:
	                                   those of one family stand together, with the same type and help. One that ends in
	                                   _seconds_total has its value in microseconds */
	const char *type;               /* of Prometheus: "counter" or "gauge" */
	const char *help;               /* one line */
	atomic_llong *value;
};
/* A table ends with an empty entry. */

/* One that its layer has printed by itself, as long as the process lives; there is room for some. Any thread. */
#define COUNTED_MORE 24
void counted_add(const struct counted *table);
const struct counted *counted_more(int index);  /* in that order; NULL: the end */

#endif
