/* log.h - one line an event on stderr: text on a terminal, a JSON object otherwise.
 *
 * Lines are collected in memory and written by a thread of the log's own, so that neither a loop
 * nor a worker ever waits for whoever reads stderr. If the reader is too slow, lines are dropped
 * and counted. Before log_start() and after log_stop() lines are written at once.
 * What a client can bring about as often as it likes is logged with log_often(): the same message is
 * written once, and then once a minute how many more there were (log_repeats.h).
 * A thread's lines say what it works on (about.h). Never log tokens or arguments. */
#ifndef LOG_H
#define LOG_H

#include "about.h"
#include "counted.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

void log_start(enum log_level most, bool json);
/* Writes what is left, unless whoever reads stderr takes nothing for a second. */
void log_stop(void);
extern const struct counted log_counted[];      /* for /metrics: what was dropped */
bool log_shows(enum log_level level);
extern bool log_repeats;                /* for tests: log_often() is as log_write() */

void log_write(enum log_level level, const char *format, ...) PRINTF(2, 3);
void log_often(enum log_level level, const char *format, ...) PRINTF(2, 3);
#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)

/* The line of one request. Empty members are left out. Method, revision and outcome are words of ours. */
struct log_request {
	const struct about *about;      /* its id, its trace, what was noted of it */
	const char *method;             /* the JSON-RPC method, or the HTTP method */
	str target;                     /* tool, prompt or path; anything a client may have sent */
	const char *caller;
	str client, client_version;     /* as it calls itself */
	const char *revision;           /* of MCP */
	str address;                    /* the client's */
	const char *outcome;            /* "ok", "error", "fault", "cancelled" ... */
	int status;                     /* HTTP */
	int64_t micros;
};
void log_request(const struct log_request *request);

#endif
