/* list.c - lists that a client gets a page at a time: where one begins, and the cursor of the next. */
#include "result.h"

const struct fault *list_cursor(struct mcp_call *call, const char *key, int count, int *from)
{
	str cursor = json_member(call->params, "cursor");
	const char *purpose = arena_print(call->arena, "list %s %s", runtime.server->name, key);
	int64_t place;

	*from = 0;
	if (!json_given(call->params, "cursor") || (cursor.at && cursor.size == 0))
		return NULL;            /* the first page */
	str plain = cursor.at ? seal_open(call->arena, purpose, cursor) : cursor;
	if (!plain.at || !str_to_int(plain, &place) || place < 0 || place > count)
		return fault_say(call->arena, &FAULT_PARAMS, "There is no such cursor.");
	*from = (int)place;
	return NULL;
}

void list_next(struct mcp_call *call, struct json *json, const char *key, int next)
{
	const char *purpose = arena_print(call->arena, "list %s %s", runtime.server->name, key);

	json_key(json, "nextCursor");
	json_str(json, seal(call->arena, purpose, str_of(arena_print(call->arena, "%d", next))));
}
