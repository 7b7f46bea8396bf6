/* dynamodb.h - operations of DynamoDB on one table's items: sent, tried again as AWS's own libraries do, and waited for.
 *
 * Whoever calls waits with its thread, as who runs a statement of a store does: a call takes a few milliseconds, and never longer than until
 * it is given up, all tries and the waits between them. So never on an event loop. A body is JSON of the operation's own; what it answers is
 * JSON too, read in the arena. What is not done is to a tool as if its database could not do it, see trouble.h.
 *
 * An operation may have been done though no answer came, and is then sent again: what writes has a condition that its own first time
 * fulfils as well, or is a transaction with a ClientRequestToken in its body. */
#ifndef DYNAMODB_H
#define DYNAMODB_H

#include <yyjson.h>

#include "aws_self.h"

enum dynamodb_action {
	DYNAMODB_GET_ITEM, DYNAMODB_QUERY, DYNAMODB_UPDATE_ITEM, DYNAMODB_TRANSACT_WRITE, DYNAMODB_DESCRIBE_TABLE, DYNAMODB_ACTIONS
};

enum dynamodb_outcome {
	DYNAMODB_DONE,
	DYNAMODB_CONDITION,     /* a condition does not hold, of a transaction: of one of its items */
	DYNAMODB_FAILED,        /* it was logged why; of DescribeTable whoever asks says it, for they know what to do */
};

struct dynamodb_answer {
	yyjson_val *said;       /* DYNAMODB_DONE: what it answers; DYNAMODB_CONDITION: CancellationReasons, of a transaction */
	const char *code;       /* DYNAMODB_FAILED: as AWS calls it, "ResourceNotFoundException"; "": nobody answered */
	const char *why;        /* and in words for people */
};

struct dynamodb;

/* Any thread, all at once. What is in `self` stays until the end, and the name of the table that traces have. `chance` is from 0 to 1, NULL:
 * chance. */
struct dynamodb *dynamodb_create(const struct aws_self *self, const char *table, double (*chance)(void));
void dynamodb_destroy(struct dynamodb *dynamodb);       /* NULL is fine */

/* Where it is asked: "eu-central-1"; NULL: nobody says. */
const char *dynamodb_region(const struct dynamodb *dynamodb);

/* Given up at `until_ms` by tick_ms(), and after DYNAMODB_CALL_MS in any case. */
#define DYNAMODB_CALL_MS 6000
MUST_USE enum dynamodb_outcome dynamodb_call(struct dynamodb *dynamodb, struct arena *arena, enum dynamodb_action action, str body,
                                             int64_t until_ms, struct dynamodb_answer *answer);

#endif
