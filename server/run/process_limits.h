/* machine.h - what this process may take of its machine: cores, memory, descriptors. */
#ifndef MACHINE_H
#define MACHINE_H

#include "core.h"

/* Cores it may run on at once: by its affinity and its cgroup's quota, at least 1. */
int machine_cores(void);

struct machine_memory {
	int64_t bytes;
	bool limited;           /* by a cgroup; false: it is all the machine has */
};
struct machine_memory machine_memory(void);

/* Descriptors it may open, once it raises its limit as far as it may. */
int64_t machine_files(void);

#endif
