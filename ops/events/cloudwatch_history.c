/* cloudwatch_history.c - see cloudwatch_history.h. */
#include "cloudwatch_history.h"

#include "stamp.h"
#include "watched.h"

struct item { const char *AlarmName, *HistorySummary; double Timestamp; };
static SHAPE(item_shape, struct item, PARAM(struct item, AlarmName), PARAM(struct item, HistorySummary), PARAM(struct item, Timestamp));

struct page { struct item *AlarmHistoryItems; int64_t count; const char *NextToken; };
static SHAPE(page_shape, struct page,
	LIST(struct page, AlarmHistoryItems, count, struct item, item_shape, NULL), PARAM(struct page, NextToken));

struct describe { const char *HistoryItemType, *ScanBy; int64_t StartDate, MaxRecords; };
static SHAPE(describe_shape, struct describe,
	PARAM(struct describe, HistoryItemType), PARAM(struct describe, ScanBy), PARAM(struct describe, StartDate), PARAM(struct describe, MaxRecords));

bool alarm_changes(struct look *look, const char *service, int64_t since_ms, struct changes *changes)
{
	struct arena *arena = mcp_arena(look->call);
	struct describe describe = { "StateUpdate", "TimestampDescending", since_ms / 1000, 100 };
	struct page page = { 0 };
	const char *prefix = watched_alarm_prefix(arena, service);

	if (!look_at(look, "what alarms did", CLOUDWATCH_DESCRIBE_ALARM_HISTORY, describe_shape, &describe, page_shape, &page))
		return false;
	for (int64_t i = 0; i < page.count; i++) {
		const struct item *item = &page.AlarmHistoryItems[i];
		if (item->AlarmName && str_starts(str_of(item->AlarmName), prefix))
			changes_add(changes, arena, &(struct change) { .at = stamp_ms(item->Timestamp), .kind = "alarm", .on = item->AlarmName,
			                                               .what = item->HistorySummary ? item->HistorySummary : "its state changed" });
	}
	if (page.NextToken)
		look_gap(look, "what alarms did", "only the latest hundred were looked at");
	return true;
}
