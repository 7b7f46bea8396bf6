/* item_write.h - several writes as one: a TransactWriteItems that is sent once and no more, whatever happens on the way. Only for this room. */
#ifndef ITEM_WRITE_H
#define ITEM_WRITE_H

#include "items.h"

struct writes {
	struct arena *arena;
	struct json json;
	int count;
};

#define WRITES_MAX 100                  /* items of one, which DynamoDB takes; 4 MB in all */

struct writes writes_open(struct arena *arena);
/* "Put", "Update" or "Delete" of one item that is not among them yet: {"TableName":…; what else is in it comes behind, up to writes_end(). */
struct json *writes_begin(struct writes *writes, const char *what);
void writes_end(struct writes *writes);
MUST_USE enum dynamodb_outcome writes_send(struct store *store, struct writes *writes);

#endif
