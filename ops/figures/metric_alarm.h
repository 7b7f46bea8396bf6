/* metric_alarm.h - the alarms that look at metrics: at which, and from where on they ring. */
#ifndef METRIC_ALARM_H
#define METRIC_ALARM_H

#include "cloudwatch_alarm.h"

/* Whether it looks at that metric, alone or with others. */
bool alarm_of(const struct alarm *alarm, const struct cw_metric *metric);
/* Whether its threshold is one of that metric's own values: a line that can be drawn among them. */
bool alarm_is_line(const struct alarm *alarm, const struct cw_metric *metric, const char *stat, int64_t period_s);
/* "above 85", "100 * failed / calls above 10". */
const char *alarm_words(struct arena *arena, const struct alarm *alarm);

#endif
