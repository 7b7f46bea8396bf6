/* translate.c - a statement as PostgreSQL takes it: $1 for :name. */
#include <ctype.h>
#include <stdlib.h>

#include "fatal.h"
#include "postgresql_private.h"

struct reading {
	const char *at;
	char *to;
	char **names;
	int count;
	const char *wrong;              /* NULL: nothing */
};

static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* As it is. */
static void take(struct reading *r, size_t size)
{
	memcpy(r->to, r->at, size);
	r->to += size;
	r->at += size;
}

static int number_of(struct reading *r, const char *name, size_t size)
{
	for (int i = 0; i < r->count; i++)
		if (strncmp(r->names[i], name, size) == 0 && !r->names[i][size])
			return i + 1;
	r->names[r->count] = strndup(name, size);
	if (!r->names[r->count])
		fatal();
	return ++r->count;
}

static bool take_parameter(struct reading *r)
{
	size_t size = 0;

	if (r->at[0] != ':' || !is_letter(r->at[1]))
		return false;
	while (is_letter(r->at[1 + size]))
		size++;
	r->to += sprintf(r->to, "$%d", number_of(r, r->at + 1, size));
	r->at += 1 + size;
	return true;
}

static void take_part(struct reading *r)
{
	struct text_part part = store_text_part(r->at, STORE_POSTGRESQL);

	/* A type behind two colons is no parameter. */
	if (strncmp(r->at, "::", 2) == 0)
		part.size = 2;
	else if (*r->at == '$' && isdigit((unsigned char)r->at[1]))
		r->wrong = "parameters are written as :name";
	else if (*r->at == ';' && !store_text_ends(r->at, STORE_POSTGRESQL))
		r->wrong = "one statement at a time";
	take(r, part.size);
}

/* ---- Whether it writes ---- */

static const char *const writing[] = { "insert", "update", "delete", "merge", NULL };

static bool is_one_of(str word, const char *const *words)
{
	for (; *words; words++)
		if (str_is_nocase(word, *words))
			return true;
	return false;
}

static bool has_writing_word(const char *sql)
{
	struct text_part part;

	for (; (part = store_text_part(sql, STORE_POSTGRESQL)).size; sql += part.size)
		if (part.kind == TEXT_WORD && is_one_of((str) { sql, part.size }, writing))
			return true;
	return false;
}

/* A common table expression may write; a plain query can only through a function, which nobody
 * could tell. */
static bool writes(const char *sql)
{
	static const char *const reading[] = { "select", "values", "table", NULL };

	sql = store_text_begin(sql, STORE_POSTGRESQL);
	while (*sql == '(')
		sql = store_text_begin(sql + 1, STORE_POSTGRESQL);
	str verb = { sql, store_text_part(sql, STORE_POSTGRESQL).size };
	return str_is_nocase(verb, "with") ? has_writing_word(sql) : !is_one_of(verb, reading);
}

/* ---- All of it ---- */

struct translated translate(const char *sql)
{
	/* ":a" may become "$10". */
	char *text = malloc(2 * strlen(sql) + 1);
	char **names = calloc(strlen(sql) / 2 + 1, sizeof(*names));
	struct reading r = { sql, text, names, 0, store_text_wrong(sql, STORE_POSTGRESQL) };

	if (!text || !names)
		fatal();
	while (*r.at)
		if (!take_parameter(&r))
			take_part(&r);
	*r.to = '\0';
	return (struct translated) { text, names, r.count, writes(sql), r.wrong };
}

void translated_free(struct translated *translated)
{
	for (int i = 0; i < translated->count; i++)
		free(translated->names[i]);
	free(translated->names);
	free(translated->text);
}
