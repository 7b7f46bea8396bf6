/* otlp.h - sends spans to a collector: OpenTelemetry's OTLP over HTTP, as JSON, from a thread of its own.
 *
 * The settings are those that every program with OpenTelemetry has, under their names. A collector that is slow or away
 * slows nothing: what it does not take in time is dropped and counted. */
#ifndef OTLP_H
#define OTLP_H

#include "core.h"

/* NULL, or what is wrong with the settings, valid until the next call. */
const char *otlp_check(void);
/* Begins, where a setting says to whom; its spans are of that service, unless a setting says another. */
void otlp_start(const char *service, const char *version);
/* Sends what is left, as long as that takes no longer than `most_ms`. Nobody records any more. */
void otlp_stop(int64_t most_ms);

#endif
