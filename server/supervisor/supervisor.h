/* supervisor.h - tells whoever started the process, and asked for it, how it is: systemd's Type=notify, by sd_notify(3)'s
 * protocol. Where nobody set NOTIFY_SOCKET each call does nothing.
 *
 * All on the main thread. A message is a datagram that is sent or, where the supervisor does not read, given up:
 * nothing waits for it. */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include "core.h"

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID of the environment. */
void supervisor_begin(void);

/* It serves: what depends on it may start. `status` is the line that `systemctl status` shows. */
void supervisor_ready(const char *status);
/* The line alone. */
void supervisor_status(const char *status);
/* Its settings are read again, from here to supervisor_ready(). */
void supervisor_reloading(void);
/* It stops, which may take so long; whatever the supervisor's own time for it is. */
void supervisor_stopping(int64_t within_ms);

/* How often supervisor_alive() is to be called, a quarter of what the supervisor waits for it; -1: never. */
int64_t supervisor_watchdog_ms(void);
void supervisor_alive(void);

#endif
