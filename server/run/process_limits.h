/* process_limits.h - what this process may take of its machine: cores, memory, descriptors. */
#ifndef PROCESS_LIMITS_H
#define PROCESS_LIMITS_H

#include "core.h"

/* Cores it may run on at once: by its affinity and its cgroup's quota, at least 1. */
int process_cores(void);

struct process_memory {
	int64_t bytes;
	bool limited;           /* by a cgroup; false: it is all the machine has */
};
struct process_memory process_memory(void);

/* Threads that its cgroup or its user may have, others' among them. */
int64_t process_threads(void);

/* Descriptors it may open, once it raises its limit as far as it may. */
int64_t process_files(void);

#endif
