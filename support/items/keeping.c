/* keeping.c - see keeping.h. */
#include "keeping.h"

#include <stdio.h>

#include "item_rows.h"
#include "item_table.h"
#include "log.h"

#define BEGINS "dynamodb:"
#define NAME_MIN 3
#define NAME_MAX 255

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* As DynamoDB has them. */
static bool is_table_name(str name)
{
	for (size_t i = 0; i < name.size; i++)
		if (!is_letter(name.at[i]))
			return false;
	return name.size >= NAME_MIN && name.size <= NAME_MAX;
}

/* The table; NULL: the store. False: it is neither. */
static bool read_setting(const char **table)
{
	str where = str_of(setting_text("HISTORY"));

	*table = NULL;
	if (str_is(where, "store"))
		return true;
	if (!str_starts(where, BEGINS) || !is_table_name(str_of(where.at + sizeof(BEGINS) - 1))) {
		log_error("HISTORY is %s; it can be store, or dynamodb:TABLE, where TABLE is 3 to 255 letters, digits, _, - and .",
		          str_quote(where, 64).text);
		return false;
	}
	*table = where.at + sizeof(BEGINS) - 1;
	return true;
}

static void open_items(const char *table)
{
	items = (struct items) { dynamodb_create(aws_self_start(), table, NULL), table, setting_int("HISTORY_DAYS") };
}

static void close_items(void)
{
	dynamodb_destroy(items.dynamodb);
	items = (struct items) { 0 };
	aws_self_stop();
}

bool history_start(void)
{
	const char *table, *words;

	keeper = &keeper_rows;
	if (!read_setting(&table))
		return false;
	if (!table)
		return true;
	open_items(table);
	struct arena *arena = arena_create();
	enum item_table found = item_table_look(arena, &words);
	if (found == TABLE_FINE)
		log_info("conversations are kept in %s", words);
	else
		log_write(found == TABLE_AWAY ? LOG_WARNING : LOG_ERROR, "%s", words);
	arena_destroy(arena);
	if (found == TABLE_UNFIT) {
		close_items();
		return false;
	}
	keeper = &keeper_items;
	return true;
}

void history_stop(void)
{
	if (keeper != &keeper_items)
		return;
	keeper = &keeper_rows;
	close_items();
}

bool history_check(void)
{
	const char *table, *words;

	if (!read_setting(&table))
		return false;
	if (!table)
		return true;
	struct arena *arena = arena_create();
	open_items(table);
	bool fine = item_table_look(arena, &words) == TABLE_FINE;
	if (fine)
		printf("Conversations are kept in %s.\n", words);
	else
		fprintf(stderr, "mcp-support: %s\n", words);
	close_items();
	arena_destroy(arena);
	return fine;
}

const char *history_why_not(struct arena *arena)
{
	return keeper == &keeper_items ? item_table_why_not(arena) : NULL;
}

const char *history_elsewhere(struct arena *arena)
{
	const char *table;

	if (!read_setting(&table) || !table)
		return NULL;
	return arena_print(arena, "Conversations are not in it: they are kept in DynamoDB's table %s, which has backups of its own.", table);
}
