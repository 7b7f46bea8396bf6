/* aws_result.c - an answer of AWS: its text, and what that says. */
#include "aws_result.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "xml.h"

#define DEPTH_MAX 32
#define VALUES_MAX 200000
#define TEXT_TIMES 3                    /* a text, and what is read of it */

struct aws_result {
	atomic_int keepers;
	const struct aws_operation *operation;
	int64_t as_of_ms;
	struct arena *arena;
	str text;                       /* with room behind it for its reader */
	pthread_mutex_t lock;
	bool was_read;
	yyjson_val *value;
};

struct aws_result *aws_result_create(const struct aws_operation *operation, str text, int64_t as_of_ms)
{
	struct arena *arena = arena_create();
	struct aws_result *result = arena_new(arena, struct aws_result);
	char *copy = arena_alloc(arena, text.size + 4);

	if (text.size > 0)
		memcpy(copy, text.at, text.size);
	result->keepers = 1;
	result->operation = operation;
	result->as_of_ms = as_of_ms;
	result->arena = arena;
	result->text = (str) { copy, text.size };
	pthread_mutex_init(&result->lock, NULL);
	return result;
}

struct aws_result *aws_result_keep(struct aws_result *result)
{
	atomic_fetch_add(&result->keepers, 1);
	return result;
}

void aws_result_drop(struct aws_result *result)
{
	if (!result || atomic_fetch_sub(&result->keepers, 1) > 1)
		return;
	pthread_mutex_destroy(&result->lock);
	arena_destroy(result->arena);
}

int64_t aws_result_as_of_ms(const struct aws_result *result)
{
	return result->as_of_ms;
}

size_t aws_result_size(const struct aws_result *result)
{
	return sizeof(*result) + TEXT_TIMES * result->text.size;
}

/* <DescribeXResponse><DescribeXResult>…; without a result there is nothing in it. */
static yyjson_val *read_xml(struct aws_result *result)
{
	const struct aws_operation *operation = result->operation;
	const char *wrong;
	yyjson_val *all = xml_read(result->arena, result->text, operation->service->items, &wrong);

	all = yyjson_obj_get(all, arena_print(result->arena, "%sResponse", operation->action));
	return yyjson_obj_get(all, arena_print(result->arena, "%sResult", operation->action));
}

static yyjson_val *read(struct aws_result *result)
{
	struct json_bounds bounds = { .depth = DEPTH_MAX, .values = VALUES_MAX };
	enum json_trouble trouble;
	const char *why;

	if (result->operation->service->protocol == AWS_QUERY)
		return read_xml(result);
	return json_parse(result->arena, (char *)(uintptr_t)result->text.at, result->text.size, bounds, &trouble, &why);
}

yyjson_val *aws_result_value(struct aws_result *result)
{
	pthread_mutex_lock(&result->lock);
	if (!result->was_read)
		result->value = read(result);
	result->was_read = true;
	pthread_mutex_unlock(&result->lock);
	return yyjson_is_obj(result->value) ? result->value : NULL;
}
