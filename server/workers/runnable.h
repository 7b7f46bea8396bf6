/* runnable.h - which of this process's threads compute, and which wait. */
#ifndef RUNNABLE_H
#define RUNNABLE_H

#include <stdbool.h>
#include <sys/types.h>

/* Which of these threads run at this moment, or would if they had a processor: the others wait for
 * something. The ids are those of gettid(). False: this system doesn't tell. Some 5 to 10 us a thread. */
bool runnable_look(const pid_t *threads, int count, bool *runnable);

#endif
