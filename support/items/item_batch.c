/* item_batch.c - see item_batch.h. */
#include "item_batch.h"

#define AT_ONCE 25                      /* of BatchWriteItem */
#define TRIES_MAX 20

static void begin(struct batch *batch)
{
	batch->json = json_begin(batch->arena, 4096);
	json_object(&batch->json);
	json_plain_key(&batch->json, STR("RequestItems"));
	json_object(&batch->json);
	json_key_str(&batch->json, str_of(items.table));
	json_array(&batch->json);
	batch->count = 0;
}

struct batch batch_open(struct store *store, struct arena *arena)
{
	struct batch batch = { .store = store, .arena = arena };

	begin(&batch);
	return batch;
}

static bool send_all(struct batch *batch)
{
	yyjson_val *said, *left;

	json_array_end(&batch->json);
	json_object_end(&batch->json);
	for (int tries = 0; tries < TRIES_MAX; tries++) {
		if (items_asked(batch->store, &batch->json, DYNAMODB_BATCH_WRITE, &said) != DYNAMODB_DONE)
			return false;
		left = yyjson_obj_get(said, "UnprocessedItems");
		if (!yyjson_obj_size(left))
			return true;
		batch->json = json_begin(batch->arena, 4096);
		json_object(&batch->json);
		json_plain_key(&batch->json, STR("RequestItems"));
		json_value(&batch->json, left);
	}
	return false;
}

static void send_these(struct batch *batch)
{
	if (batch->count && !batch->failed)
		batch->failed = !send_all(batch);
	begin(batch);
}

bool batch_send(struct batch *batch)
{
	send_these(batch);
	return !batch->failed;
}

void batch_delete(struct batch *batch, const char *pk, const char *sk)
{
	if (batch->count == AT_ONCE)
		send_these(batch);
	batch->count++;
	json_object(&batch->json);
	json_plain_key(&batch->json, STR("DeleteRequest"));
	json_object(&batch->json);
	json_key_of(&batch->json, pk, sk);
	json_object_end(&batch->json);
	json_object_end(&batch->json);
}
