/* counted.h - the numbers that a layer counts, as a table whose names and words are the operator's. */
#ifndef COUNTED_H
#define COUNTED_H

#include <stdatomic.h>

struct counted {
	const char *name;               /* "mcp_open_streams"; totals end in _total */
	const char *type;               /* of Prometheus: "counter" or "gauge" */
	const char *help;               /* one line */
	atomic_llong *value;
};
/* A table ends with an empty entry. */

#endif
