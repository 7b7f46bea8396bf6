/* period.h - the days that figures are of: as people say them, and the days to compare them with. All in UTC. */
#ifndef PERIOD_H
#define PERIOD_H

#include "core.h"

#define PERIOD_DAYS_MAX 366
#define DAY_SIZE sizeof("2026-11-28")

struct period {
	char from[DAY_SIZE], to[DAY_SIZE];              /* both are of it */
	char end[DAY_SIZE];                             /* the day after */
	char before_from[DAY_SIZE], before_end[DAY_SIZE];       /* as many days before, of a month so far the same of the last; end is not of it */
	char today[DAY_SIZE], next_month[DAY_SIZE];
	int64_t days;
	bool running;                                   /* today is of it */
};

/* For people who got it wrong. */
#define PERIOD_WORDS "\"this month\", \"last month\", \"last 7 days\" (with today), \"2026-10\", or \"2026-10-01 to 2026-10-15\"" \
	" (both days are of it)"

/* False: it is none of PERIOD_WORDS, begins after today or is longer than PERIOD_DAYS_MAX. What lies ahead is cut off. */
MUST_USE bool period_read(const char *words, int64_t now_ms, struct period *period);

#endif
