/* fatal.h - the end of a process that was not given what it can't do without: memory, a file, a thread, randomness. */
#ifndef FATAL_H
#define FATAL_H

#include <errno.h>

/* Writes the log out, with a line that says in which function and for want of what, and aborts. Allocates nothing. Call
 * it where whatever failed was the last to set errno; a library that says nothing (0) had no memory. */
#define fatal() fatal_in(__func__, errno)
__attribute__((noreturn, cold)) void fatal_in(const char *function, int error);

#endif
