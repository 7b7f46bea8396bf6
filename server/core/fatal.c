/* fatal.c - a process that can't go on says why. */
#include "fatal.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

void fatal_in(const char *function, int error)
{
	static atomic_flag is_told = ATOMIC_FLAG_INIT;

	while (atomic_flag_test_and_set(&is_told))      /* another thread's end is everybody's */
		pause();
	log_stop();                     /* from now on a line is written at once, from the stack */
	if (error == 0 || error == ENOMEM)
		log_error("this process ends: no more memory is left for it, in %s()", function);
	else
		log_error("this process ends: %s() was not given what it needs (%s)", function, strerror(error));
	abort();
}
