/* validate.c - walks the tables of a server, and has each rule look at each entry. */
#include "validate_private.h"

#define TABLE(member, T, rules_) \
	{ #member, offsetof(struct mcp_server, member), sizeof(T), rules_ }

static const struct table tables[] = {
	TABLE(tools, struct mcp_tool, tool_rules),
	TABLE(resources, struct mcp_resource, resource_rules),
	TABLE(prompts, struct mcp_prompt, prompt_rules),
	TABLE(skills, struct mcp_file, file_rules),
	TABLE(jobs, struct mcp_job, job_rules),
	TABLE(commands, struct mcp_command, command_rules),
	TABLE(counters, struct mcp_counter, counter_rules),
	TABLE(settings, struct setting, setting_rules),
	TABLE(migrations, struct migration, migration_rules),
};

static const char *place_of(const struct checking *at)
{
	if (!at->table)
		return "server";
	return arena_print(at->arena, "%s[%d] \"%s\"", at->table, at->place,
	                   str_quote(str_of(at->name), 64).text);
}

void complain(struct checking *at, const char *what, ...)
{
	struct complaints *found = &at->found;
	va_list list;

	if (found->count == found->room) {
		int room = 2 * found->room + 16;
		found->lines = arena_grow(at->arena, found->lines, (size_t)found->room * sizeof(*found->lines),
		                          (size_t)room * sizeof(*found->lines));
		found->room = room;
	}
	va_start(list, what);
	const char *words = arena_print_list(at->arena, what, list);
	va_end(list);
	found->lines[found->count++] = arena_print(at->arena, "%s: %s", place_of(at), words);
}

void validate_needed(struct checking *at, const void *entry, const struct needed *needed)
{
	for (; needed->member; needed++) {
		const void *value;
		memcpy(&value, (const char *)entry + needed->offset, sizeof(value));
		if (!value)
			complain(at, ".%s is missing: %s", needed->member, needed->write);
	}
}

/* Every entry begins with its name. */
static const char *name_of(const char *entry)
{
	const char *name;

	memcpy(&name, entry, sizeof(name));
	return name;
}

static void check_named_once(struct checking *at, const char *first, size_t size)
{
	for (int i = 0; i < at->place; i++) {
		if (strcmp(name_of(first + (size_t)i * size), at->name) != 0)
			continue;
		complain(at, "%s[%d] has the same name: give each its own", at->table, i);
		return;
	}
}

static const char *first_of(const struct checking *at, const struct table *table)
{
	const char *first;

	memcpy(&first, (const char *)at->server + table->offset, sizeof(first));
	return first;
}

/* Whoever reads a table without its last, empty entry reads on in what lies behind it. */
static void check_end(struct checking *at, const struct table *table)
{
	const char *first = first_of(at, table);
	int entries = first ? (int)(room_from(first) / table->size) : 0;

	if (entries == 0)
		return;
	at->table = table->name;
	for (at->place = 0; at->place < entries; at->place++)
		if (!(at->name = name_of(first + (size_t)at->place * table->size)))
			break;
	if (at->place == entries) {
		at->place--;
		complain(at, "nothing tells that it is the last: write { 0 } behind it");
	}
	at->table = NULL;
}

static void check_table(struct checking *at, const struct table *table)
{
	const char *first = first_of(at, table);

	if (!first)
		return;
	at->table = table->name;
	for (at->place = 0; (at->name = name_of(first + (size_t)at->place * table->size)); at->place++) {
		check_named_once(at, first, table->size);
		for (rule_fn *const *rule = table->rules; *rule; rule++)
			(*rule)(at, first + (size_t)at->place * table->size);
	}
	at->table = NULL;
}

struct complaints server_validate(const struct mcp_server *server, const struct ours *ours,
                                  struct arena *arena)
{
	struct checking at = { .server = server, .ours = ours, .arena = arena };

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		check_end(&at, &tables[i]);
	if (at.found.count > 0)
		return at.found;
	validate_server(&at);
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		check_table(&at, &tables[i]);
	return at.found;
}
