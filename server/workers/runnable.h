/* runnable.h - which of this process's threads compute, and which wait. */
#ifndef RUNNABLE_H
#define RUNNABLE_H

#include <sys/types.h>

/* How many of these threads run at this moment, or would if they had a processor: the others wait for
 * something. The ids are those of gettid(). -1: this system doesn't tell. Some 5 us a thread. */
int runnable_count(const pid_t *threads, int count);

#endif
