/* item_index.c - see item_index.h. */
#include "item_index.h"

#define DAY_MS INT64_C(86400000)

const char *item_sorted(struct arena *arena, int64_t number)
{
	return arena_print(arena, "%019lld", (long long)number);
}

/* FNV-1a: the same in every process, and ever after. */
static int part_of(const char *id)
{
	uint32_t hash = 2166136261u;

	for (; *id; id++)
		hash = (hash ^ (unsigned char)*id) * 16777619u;
	return (int)((hash ^ hash >> 16) % ITEM_PARTS);
}

const char *item_place(struct arena *arena, const struct conversation *head)
{
	double feels = head->has_sentiment && head->sentiment >= -1 && head->sentiment <= 1 ? head->sentiment : 0;

	return arena_print(arena, "%012lld#%07lld#%s#%s", (long long)(head->waiting_since / 300000), (long long)((feels + 2) * 1000000),
	                   item_sorted(arena, head->waiting_since), head->id);
}

void item_put_indexed(struct json *json, const struct conversation *head)
{
	struct arena *arena = json->arena;
	const char *latest = arena_print(arena, "%s#%s", item_sorted(arena, head->updated_at), head->id);
	int part = part_of(head->id);

	item_text(json, "latest", latest);
	item_text(json, "status_part", arena_print(arena, "%s#%d", head->status, part));
	item_text(json, "day_part", arena_print(arena, "begun#%lld#%d", (long long)(head->started_at / DAY_MS), part));
	item_text(json, "moment", arena_print(arena, "%s#%s", item_sorted(arena, head->started_at), head->id));
	if (strcmp(head->status, "waiting") == 0) {
		item_text(json, "due_part", "waiting");
		item_text(json, "due_by", item_place(arena, head));
	} else if (strcmp(head->status, "open") == 0 && head->answered < head->messages) {
		item_text(json, "due_part", arena_print(arena, "unanswered#%d", part));
		item_text(json, "due_by", latest);
	}
}

void item_put_moment(struct json *json, const struct message *message)
{
	struct arena *arena = json->arena;

	item_text(json, "day_part", arena_print(arena, "said#%lld#%d", (long long)(message->at / DAY_MS), part_of(message->conversation_id)));
	item_text(json, "moment", arena_print(arena, "%s#%s#%lld", item_sorted(arena, message->at), message->conversation_id, (long long)message->seq));
}

/* ---- Reading ---- */

struct json range_begin(struct arena *arena, const struct range *range, int part)
{
	struct json json = items_ask(arena);

	json_member_of(&json, "IndexName", range->index);
	json_member_of(&json, "KeyConditionExpression", arena_print(arena, "%s = :value AND %s BETWEEN :from AND :to", range->partition, range->by));
	json_plain_key(&json, STR("ExpressionAttributeValues"));
	json_object(&json);
	item_text(&json, ":value", range->parts ? arena_print(arena, "%s#%d", range->value, part) : range->value);
	item_text(&json, ":from", range->from);
	item_text(&json, ":to", range->to);
	json_object_end(&json);
	json_plain_key(&json, STR("ScanIndexForward"));
	json_bool(&json, !range->backwards);
	if (range->limit) {
		json_plain_key(&json, STR("Limit"));
		json_int(&json, range->limit);
	}
	return json;
}

int range_parts(const struct range *range)
{
	if (strcmp(range->from, range->to) > 0)
		return 0;
	return range->parts ? ITEM_PARTS : 1;
}

bool range_each(struct store *store, struct arena *arena, const struct range *range, item_fn *each, void *context)
{
	for (int part = 0; part < range_parts(range); part++) {
		struct json json = range_begin(arena, range, part);
		if (!query_each(store, &json, each, context))
			return false;
	}
	return true;
}

static bool count_one(void *context, yyjson_val *item UNUSED)
{
	++*(int64_t *)context;
	return true;
}

bool range_count(struct store *store, struct arena *arena, const struct range *range, int64_t *count)
{
	*count = 0;
	return range_each(store, arena, range, count_one, count);
}
