/* process_output.h - what a command writes, run without a shell: a credential_process. */
#ifndef PROCESS_OUTPUT_H
#define PROCESS_OUTPUT_H

#include <stdatomic.h>

#include "core.h"

struct process_bounds {
	size_t output_max;
	int64_t total_ms;
	const atomic_bool *give_up;     /* true: it ends within a second */
};

/* The words of a command, as a shell would part them: "…", '…', \. Nothing else means anything. NULL: a quote does not
 * end, or there is none. Ends with NULL. */
char **process_words(struct arena *arena, const char *command);
/* NULL, or why there is none: of what it wrote nothing is quoted. It, and whatever it began, is over by then, or killed. */
const char *process_output(struct arena *arena, const char *command, const struct process_bounds *bounds, str *output);

#endif
