/* emf_told.c - see emf_told.h. */
#include "emf_told.h"

#include <ctype.h>
#include <string.h>

#include "series.h"

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void add(struct emf_told *told, const char *name, const struct told *row, int64_t total, bool gauge)
{
	const char *of = row ? row->of : NULL;
	int at = 0;

	while (at < told->count && (strcmp(told->each[at].name, name) != 0 || !same(told->each[at].of, of)))
		at++;
	if (at == EMF_TOLD_MAX)
		return;
	if (at == told->count) {
		told->count++;
		snprintf(told->each[at].name, sizeof(told->each[at].name), "%s", name);
		told->each[at].by = of ? row->by : NULL;
		told->each[at].of = of;
		told->each[at].gauge = gauge;
	}
	told->each[at].total += total;
}

/* "conversations_waiting" is ConversationsWaiting there; of a total without its end. True: it is one. */
static bool cloudwatch_name(char name[64], const char *of)
{
	const char *end = strstr(of, "_total");
	bool total = end && strcmp(end, "_total") == 0, begins = true;
	size_t size = 0;

	for (const char *at = of; *at && !(total && at == end) && size + 1 < 64; at++) {
		if (*at != '_')
			name[size++] = begins ? (char)toupper((unsigned char)*at) : *at;
		begins = *at == '_';
	}
	name[size] = '\0';
	return total;
}

static bool is_named(const char *words, const char *word)
{
	size_t size = strlen(word);

	for (const char *at = words; (at = strstr(at, word)) != NULL; at += size)
		if ((at == words || at[-1] == ' ') && (at[size] == '\0' || at[size] == ' '))
			return true;
	return false;
}

static void add_tables(struct emf_told *told)
{
	const struct told *table;

	for (int i = 0; (table = told_table(i)) != NULL; i++)
		for (const struct told *row = table; row->name; row++) {
			add(told, row->name, NULL, atomic_load(row->value), false);
			if (row->of)
				add(told, row->name, row, atomic_load(row->value), false);
		}
}

static void add_own(struct emf_told *told, const struct mcp_server *server)
{
	const struct mcp_counter *counters = server && server->told ? server->counters : NULL;
	char name[64];

	for (int i = 0; counters && counters[i].name && i < MCP_COUNTERS; i++)
		if (is_named(server->told, counters[i].name)) {
			bool total = cloudwatch_name(name, counters[i].name);
			add(told, name, NULL, counter_value(i), !total);
		}
}

void emf_told_count(struct emf_told *told, const struct mcp_server *server)
{
	for (int i = 0; i < told->count; i++)
		told->each[i].total = 0;
	add_tables(told);
	add_own(told, server);
	for (int i = 0; i < told->count; i++) {
		told->each[i].now = told->each[i].total - (told->each[i].gauge ? 0 : told->each[i].said);
		told->each[i].said = told->each[i].total;
	}
}
