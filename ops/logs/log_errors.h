/* log_errors.h - what a service's log complains of: its last errors and warnings, equal ones folded. */
#ifndef LOG_ERRORS_H
#define LOG_ERRORS_H

#include "look.h"

struct log_error {
	const char *level, *message;
	int64_t count;
	int64_t first, last;            /* milliseconds since 1970 */
};
extern SHAPE_OF(log_error_shape, struct log_error);

struct log_errors {
	struct log_error *errors;       /* the latest first */
	int64_t count;
};

#define LOG_ERRORS_MAX 40

/* Since then. Pages without anything in them are turned, a few. False: pending, or it could not be had. */
bool log_errors(struct look *look, const char *service, int64_t since_ms, struct log_errors *errors);

#endif
