/* cloudtrail.c - see cloudtrail.h. */
#include "cloudtrail.h"

#include "mask.h"
#include "stamp.h"

#define EVENTS_A_PAGE 50                /* the most there are; a page takes two seconds of what we may ask */

struct resource { const char *ResourceName; };
static SHAPE(resource_shape, struct resource, PARAM(struct resource, ResourceName));

struct event {
	const char *EventName, *EventSource, *Username, *CloudTrailEvent;
	double EventTime;
	struct resource *Resources;
	int64_t resources_count;
};
static SHAPE(event_shape, struct event,
	PARAM(struct event, EventName), PARAM(struct event, EventSource), PARAM(struct event, Username),
	PARAM(struct event, CloudTrailEvent), PARAM(struct event, EventTime),
	LIST(struct event, Resources, resources_count, struct resource, resource_shape, NULL));

struct page { struct event *Events; int64_t count; const char *NextToken; };
static SHAPE(page_shape, struct page,
	LIST(struct page, Events, count, struct event, event_shape, NULL), PARAM(struct page, NextToken));

struct attribute { const char *AttributeKey, *AttributeValue; };
static SHAPE(attribute_shape, struct attribute, PARAM(struct attribute, AttributeKey), PARAM(struct attribute, AttributeValue));

struct lookup { struct attribute *LookupAttributes; int64_t attributes_count, StartTime, MaxResults; const char *NextToken; };
static SHAPE(lookup_shape, struct lookup,
	LIST(struct lookup, LookupAttributes, attributes_count, struct attribute, attribute_shape, NULL),
	PARAM(struct lookup, StartTime), PARAM(struct lookup, MaxResults), PARAM(struct lookup, NextToken));

/* What CloudTrailEvent has, which is JSON in a text. Nothing of what was asked for is read: it may have secrets. */
struct identity { const char *type, *arn, *userName, *invokedBy; };
static SHAPE(identity_shape, struct identity,
	PARAM(struct identity, type), PARAM(struct identity, arn), PARAM(struct identity, userName), PARAM(struct identity, invokedBy));
struct detail { const char *errorCode, *sourceIPAddress; struct identity *userIdentity; };
static SHAPE(detail_shape, struct detail,
	PARAM(struct detail, errorCode), PARAM(struct detail, sourceIPAddress),
	NEST(struct detail, userIdentity, struct identity, identity_shape, NULL));

/* An AWS service that does its work, on nobody's wish of this minute. */
static bool is_aws_itself(const struct detail *detail)
{
	const struct identity *who = detail->userIdentity;

	return who && ((who->type && strcmp(who->type, "AWSService") == 0) || (who->invokedBy && strstr(who->invokedBy, ".amazonaws.com")));
}

/* "shop-dev-deploy/run-7" of arn:aws:sts::1:assumed-role/shop-dev-deploy/run-7. */
static const char *who_of(const struct event *event, const struct detail *detail)
{
	const char *arn = detail->userIdentity ? detail->userIdentity->arn : NULL, *behind = arn ? strchr(arn, '/') : NULL;

	return behind ? behind + 1 : arn ? arn : event->Username;
}

static void add(struct look *look, const struct event *event, struct changes *changes)
{
	struct arena *arena = mcp_arena(look->call);
	struct detail detail = { 0 };

	if (!event->EventName)
		return;
	if (event->CloudTrailEvent && !mcp_read_json(look->call, event->CloudTrailEvent, detail_shape, &detail))
		detail = (struct detail) { 0 };
	mask_all(arena, detail_shape, &detail);
	if (is_aws_itself(&detail))
		return;
	str source = str_of(event->EventSource ? event->EventSource : "");
	str service = str_cut(&source, '.');
	const char *on = NULL;
	for (int64_t i = 0; i < event->resources_count && i < 3; i++)
		if (event->Resources[i].ResourceName)
			on = on ? arena_print(arena, "%s, %s", on, event->Resources[i].ResourceName) : event->Resources[i].ResourceName;
	changes_add(changes, arena, &(struct change) {
		.at = stamp_ms(event->EventTime), .kind = "call", .who = who_of(event, &detail), .failed = detail.errorCode, .on = on,
		.what = arena_print(arena, "%.*s%s%s", STR_FORMAT(service), service.size ? ":" : "", event->EventName),
	});
}

bool cloudtrail_changes(struct look *look, int64_t since_ms, int pages, struct changes *changes)
{
	struct attribute writes = { "ReadOnly", "false" };
	struct lookup lookup = { &writes, 1, since_ms / 1000, EVENTS_A_PAGE, NULL };

	for (int turned = 0; turned == 0 || (turned < pages && lookup.NextToken); turned++) {
		struct page page = { 0 };
		if (!look_at(look, "who changed what", CLOUDTRAIL_LOOKUP_EVENTS, lookup_shape, &lookup, page_shape, &page))
			return false;
		for (int64_t i = 0; i < page.count; i++)
			add(look, &page.Events[i], changes);
		lookup.NextToken = page.NextToken;
	}
	if (lookup.NextToken)
		look_gap(look, "who changed what", arena_print(mcp_arena(look->call), "only the latest %d calls were looked at", pages * EVENTS_A_PAGE));
	return true;
}
