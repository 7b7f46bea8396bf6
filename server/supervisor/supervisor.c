/* supervisor.c - sd_notify(3)'s messages, each a datagram of lines NAME=VALUE to a socket that the environment names.
 *
 * libsystemd says the same, and would be one more library in each image for it; the protocol is promised to stay. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"
#include "supervisor.h"

#define MESSAGE_ROOM 1024

static struct {
	struct sockaddr_un address;
	socklen_t size;                 /* of it; 0: nobody asked */
	int64_t watchdog_us;            /* 0: nobody watches */
	bool deaf;                      /* it can't be told; logged once */
} the;

/* ---- Who asked ---- */

/* A path, or @NAME of Linux's abstract ones. */
static bool read_address(const char *path)
{
	size_t length = strlen(path);

	if ((*path != '/' && *path != '@') || length < 2 || length >= sizeof(the.address.sun_path)) {
		log_warning("NOTIFY_SOCKET is neither a path nor @NAME: its supervisor hears nothing of it");
		return false;
	}
	the.address.sun_family = AF_UNIX;
	memcpy(the.address.sun_path, path, length);
	if (*path == '@')
		the.address.sun_path[0] = '\0';
	the.size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	return true;
}

/* Not those of a process that started this one and handed its environment on. */
static int64_t watchdog_us(void)
{
	const char *time = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

	if (!time || (pid && strtoll(pid, NULL, 10) != getpid()))
		return 0;
	long long us = strtoll(time, NULL, 10);
	return us > 0 ? us : 0;
}

void supervisor_begin(void)
{
	const char *path = getenv("NOTIFY_SOCKET");

	memset(&the, 0, sizeof(the));
	if (path && *path && read_address(path))
		the.watchdog_us = watchdog_us();
}

/* ---- Messages ---- */

static void tell(const char *message)
{
	if (the.size == 0)
		return;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ssize_t sent = fd < 0 ? -1 : sendto(fd, message, strlen(message), MSG_NOSIGNAL,
	                                    (struct sockaddr *)&the.address, the.size);
	if (sent < 0 && errno != EAGAIN && !the.deaf) {
		log_warning("the supervisor that NOTIFY_SOCKET names can't be told how it is: %s", strerror(errno));
		the.deaf = true;
	}
	if (fd >= 0)
		close(fd);
}

/* A line break in it would begin another of the message. */
static void tell_status(const char *first, const char *status)
{
	char message[MESSAGE_ROOM];
	int length = snprintf(message, sizeof(message), "%sSTATUS=", first);

	for (; *status && length < MESSAGE_ROOM - 1; status++)
		message[length++] = *status == '\n' ? ' ' : *status;
	message[length] = '\0';
	tell(message);
}

void supervisor_ready(const char *status)
{
	tell_status("READY=1\n", status);
}

void supervisor_status(const char *status)
{
	tell_status("", status);
}

void supervisor_reloading(void)
{
	char message[MESSAGE_ROOM];

	/* By CLOCK_MONOTONIC, so that the supervisor tells it from one before. */
	snprintf(message, sizeof(message), "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)tick_us());
	tell(message);
}

void supervisor_stopping(int64_t within_ms)
{
	char message[MESSAGE_ROOM];

	snprintf(message, sizeof(message), "STOPPING=1\nEXTEND_TIMEOUT_USEC=%lld\nSTATUS=stopping: what runs may end",
	         (long long)within_ms * 1000);
	tell(message);
}

int64_t supervisor_watchdog_ms(void)
{
	int64_t part_ms = the.watchdog_us / 4000;

	return the.watchdog_us == 0 ? -1 : part_ms > 0 ? part_ms : 1;
}

void supervisor_alive(void)
{
	tell("WATCHDOG=1");
}
