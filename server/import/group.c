/* group.c - rows on their way: as JSON in a table, and gathered by their keys. */
#include "group.h"

#include <stdio.h>
#include <stdlib.h>

#include "fatal.h"
#include "json.h"

#define ARENA_KEPT (1 << 18)
#define DEPTH 8

SHAPE(carried_shape, struct carried,
	INT(struct carried, import_id, "The import"),
	INT(struct carried, position, "Where in the order of the keys"),
	INT(struct carried, line, "Of the file"),
	TEXT(struct carried, key, "What it has in common with others"),
	TEXT(struct carried, fields, "The row as JSON"));

const char *row_pack(struct arena *arena, const struct shape *shape, const void *row)
{
	struct json json = json_begin(arena, 256);

	shape_write_input(&json, shape, row);
	return arena_copy(arena, json_end(&json));
}

struct field *row_fields(const struct shape *shape)
{
	size_t count = 0;

	while (shape->fields[count].name)
		count++;
	struct field *fields = malloc((count + 1) * sizeof(*fields));
	if (!fields)
		fatal();
	memcpy(fields, shape->fields, (count + 1) * sizeof(*fields));
	for (size_t i = 0; i < count; i++) {
		fields[i].required = fields[i].has_most = false;
		fields[i].one_of = NULL;
		/* An amount is otherwise at least nothing. */
		fields[i].has_least = fields[i].type == FIELD_MONEY;
		fields[i].least = -0x1p63;
	}
	return fields;
}

/* What was packed here is read here, so it can't be wrong. */
void row_unpack(struct arena *arena, const struct shape *shape, const char *fields, void *row)
{
	enum json_trouble trouble;
	yyjson_val *object = json_parse_copy(arena, str_of(fields), DEPTH, &trouble);
	const char *wrong = object ? shape_read(shape, object, 0, row, arena) : "no JSON";

	if (!wrong)
		return;
	fprintf(stderr, "import: a row that was laid aside cannot be read: %s\n", wrong);
	fatal();
}

static void begin_group(struct gather *gather, const char *key)
{
	if (gather->arena && arena_size(gather->arena) > ARENA_KEPT) {
		arena_destroy(gather->arena);
		gather->arena = NULL;
	}
	if (!gather->arena)
		gather->arena = arena_create();
	gather->key = arena_copy(gather->arena, str_of(key));
	gather->count = 0;
	gather->over = false;
}

static void add_row(struct gather *gather, const struct carried *carried)
{
	size_t size = gather->spec->row->size;

	if (!gather->fields)
		gather->fields = row_fields(gather->spec->row);
	gather->over = gather->count == IMPORT_GROUP_MAX;
	if (gather->over)
		return;
	if (gather->count == gather->room) {
		gather->room = gather->room ? gather->room * 4 : 16;
		gather->rows = realloc(gather->rows, (size_t)gather->room * size);
		gather->lines = realloc(gather->lines, (size_t)gather->room * sizeof(*gather->lines));
		if (!gather->rows || !gather->lines)
			fatal();
	}
	char *row = gather->rows + (size_t)gather->count * size;
	const struct shape shape = { size, gather->fields };
	memset(row, 0, size);
	row_unpack(gather->arena, &shape, carried->fields, row);
	gather->lines[gather->count++] = carried->line;
}

static bool hand_on(struct gather *gather)
{
	const struct import_group group = { gather->rows, gather->lines, gather->count };

	bool more = gather->hand(gather->context, gather->arena, &group, gather->over);
	gather->last = gather->latest;
	gather->key = NULL;
	return more;
}

bool gather_row(void *context, const void *row)
{
	struct gather *gather = context;
	const struct carried *carried = row;

	if (gather->key && strcmp(gather->key, carried->key) != 0 && !hand_on(gather))
		return false;
	if (!gather->key)
		begin_group(gather, carried->key);
	add_row(gather, carried);
	gather->latest = carried->position;
	return true;
}

bool gather_end(struct gather *gather)
{
	return !gather->key || hand_on(gather);
}

void gather_free(struct gather *gather)
{
	arena_destroy(gather->arena);
	free(gather->fields);
	free(gather->rows);
	free(gather->lines);
	*gather = (struct gather) { 0 };
}
