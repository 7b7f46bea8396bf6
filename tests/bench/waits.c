/* waits.c - the reference of a tool that waits: a thread for each connection that sleeps, then answers.
 *
 *     bench-waits MILLISECONDS
 *
 * Prints its port, serves until killed. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "reference.h"

static struct timespec pause_;

static size_t answer(void *own, const char *body, char *json, size_t room)
{
	(void)own, (void)body;
	nanosleep(&pause_, NULL);
	return (size_t)snprintf(json, room, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[{\"type\":"
	                        "\"text\",\"text\":\"It waited.\"}],\"resultType\":\"complete\"}}");
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	pause_.tv_nsec = atol(argv[1]) * 1000000;
	serve_with_threads(&(struct service) { .answer = answer });
}
