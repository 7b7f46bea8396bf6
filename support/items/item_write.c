/* item_write.c - see item_write.h. */
#include "item_write.h"

#include <stdio.h>

#include "log.h"
#include "seal.h"

struct writes writes_open(struct arena *arena)
{
	struct writes writes = { .arena = arena, .json = json_begin(arena, 8192) };
	unsigned char token[16];
	char text[2 * sizeof(token) + 1];

	random_bytes(token, sizeof(token));
	for (size_t i = 0; i < sizeof(token); i++)
		snprintf(text + 2 * i, 3, "%02x", token[i]);
	json_object(&writes.json);
	json_member_of(&writes.json, "ClientRequestToken", text);
	json_plain_key(&writes.json, STR("TransactItems"));
	json_array(&writes.json);
	return writes;
}

struct json *writes_begin(struct writes *writes, const char *what)
{
	struct json *json = &writes->json;

	writes->count++;
	json_object(json);
	json_plain_key(json, str_of(what));
	json_object(json);
	json_member_of(json, "TableName", items.table);
	return json;
}

void writes_end(struct writes *writes)
{
	json_object_end(&writes->json);
	json_object_end(&writes->json);
}

enum dynamodb_outcome writes_send(struct store *store, struct writes *writes)
{
	yyjson_val *said;

	if (writes->count > WRITES_MAX) {
		log_write(LOG_ERROR, "a transaction of %d items is more than DynamoDB takes, which is %d", writes->count, WRITES_MAX);
		return DYNAMODB_FAILED;
	}
	json_array_end(&writes->json);
	return items_asked(store, &writes->json, DYNAMODB_TRANSACT_WRITE, &said);
}
