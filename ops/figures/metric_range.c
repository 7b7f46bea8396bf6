/* metric_range.c - see metric_range.h. */
#include "metric_range.h"

/* Those that CloudWatch has, also of what is long ago: minutes for 15 days, five minutes for 63, hours for 455. */
static const int64_t periods_s[] = { 60, 300, 900, 3600, 10800, 21600, 86400, 7 * 86400 };

bool metric_range_read(int64_t since_ms, int64_t now_ms, struct metric_range *range)
{
	int64_t now_s = now_ms / 1000, since_s = since_ms / 1000;
	size_t i = 0;

	if (since_s > now_s || now_s - since_s > RANGE_DAYS_MAX * 86400)
		return false;
	while (now_s - since_s > periods_s[i] * POINTS_MAX)
		i++;
	range->period_s = periods_s[i];
	range->until_s = now_s - now_s % periods_s[i];
	range->from_s = since_s - since_s % periods_s[i];
	/* Less than one is one. */
	if (range->from_s >= range->until_s)
		range->from_s = range->until_s - periods_s[i];
	return true;
}
