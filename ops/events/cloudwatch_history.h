/* cloudwatch_history.h - when alarms began and ceased to ring. */
#ifndef CLOUDWATCH_HISTORY_H
#define CLOUDWATCH_HISTORY_H

#include "change.h"

/* Adds those of the cluster, or of one service, since then. False: pending, or not to be had. */
bool alarm_changes(struct look *look, const char *service, int64_t since_ms, struct changes *changes);

#endif
