/* support_table.h - a history in DynamoDB, where tests/dynamodb.sh runs the test: a table for each server, and what is in it. */
#ifndef SUPPORT_TABLE_H
#define SUPPORT_TABLE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "suite.h"

#include "fetch.h"
#include "json.h"

static char table_setting[128];         /* HISTORY=dynamodb:NAME of the newest */
static const char *table_name;          /* NULL: the history is in the database */

static inline yyjson_val *ask_table(struct arena *arena, const char *action, str body)
{
	const char *const headers[] = {
		"Content-Type: application/x-amz-json-1.0", arena_print(arena, "X-Amz-Target: DynamoDB_20120810.%s", action),
		"Authorization: AWS4-HMAC-SHA256 Credential=AKIATESTS/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x", NULL
	};
	struct fetch_answer answer;
	enum json_trouble trouble;

	fetch(arena, &(struct fetch_request) {
		.method = "POST", .url = getenv("DYNAMODB_URL"), .headers = headers, .body = body, .connect_ms = 5000, .total_ms = 60000,
		.answer_max = 4 << 20,
	}, &answer);
	ck_assert_msg(answer.status == 200, "%s: %d %.*s", action, answer.status, (int)answer.body.size, answer.body.at ? answer.body.at : "");
	return json_parse_copy(arena, answer.body, 32, &trouble);
}

/* As SUPPORT_TABLE describes it. */
static inline void make_table(void)
{
	struct arena *arena = arena_create();
	char text[4096];
	FILE *file = fopen(SUPPORT_TABLE, "r");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fgetc(file), '{');
	int size = (int)fread(text, 1, sizeof(text), file);
	fclose(file);
	ask_table(arena, "CreateTable", str_of(arena_print(arena, "{\"TableName\":\"%s\",%.*s", table_name, size, text)));
	arena_destroy(arena);
}

/* Where the history of a server is kept: in its database, or in a table of its own. */
static inline const char *history_at(void)
{
	static int tables;

	if (!getenv("DYNAMODB_URL"))
		return "HISTORY=store";
	int begin = snprintf(table_setting, sizeof(table_setting), "HISTORY=dynamodb:");
	table_name = table_setting + begin;
	snprintf(table_setting + begin, sizeof(table_setting) - (size_t)begin, "tests-%d-%lld-%d", (int)getpid(), (long long)tick_ms(), ++tables);
	make_table();
	return table_setting;
}

/* How many items are in the newest table whose sorting key begins so: m# of messages, head of conversations. */
static inline int64_t items_in_table(const char *begin)
{
	struct arena *arena = arena_create();
	yyjson_val *answer, *last = NULL;
	int64_t count = 0;

	do {
		struct json json = json_begin(arena, 512);
		json_object(&json);
		json_plain_key(&json, STR("TableName"));
		json_text(&json, table_name);
		json_plain_key(&json, STR("Select"));
		json_text(&json, "COUNT");
		if (*begin) {
			json_plain_key(&json, STR("FilterExpression"));
			json_text(&json, "begins_with(sk, :begin)");
			json_plain_key(&json, STR("ExpressionAttributeValues"));
			json_raw(&json, str_of(arena_print(arena, "{\":begin\":{\"S\":\"%s\"}}", begin)));
		}
		if (last) {
			json_plain_key(&json, STR("ExclusiveStartKey"));
			json_value(&json, last);
		}
		json_object_end(&json);
		answer = ask_table(arena, "Scan", json_end(&json));
		count += yyjson_get_sint(yyjson_obj_get(answer, "Count"));
		last = yyjson_obj_get(answer, "LastEvaluatedKey");
	} while (last);
	arena_destroy(arena);
	return count;
}

#endif
