/* translate.c - a statement as PostgreSQL takes it: $1 for :name. */
#include <ctype.h>
#include <stdlib.h>

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

/* A text, a quoted name or a comment, copied as it is; false: none begins here. */
static bool take_quoted(struct reading *r)
{
	const char *end = NULL, *from = r->at;

	if (*from == '\'' || *from == '"') {
		end = strchr(from + 1, *from);
		end = end ? end + 1 : NULL;
	} else if (strncmp(from, "--", 2) == 0) {
		end = from + strcspn(from, "\n");
	} else if (strncmp(from, "/*", 2) == 0) {
		end = strstr(from + 2, "*/");
		end = end ? end + 2 : NULL;
	} else {
		return false;
	}
	if (!end)
		end = from + strlen(from);
	memcpy(r->to, from, (size_t)(end - from));
	r->to += end - from;
	r->at = end;
	return true;
}

static int number_of(struct reading *r, const char *name, size_t size)
{
	for (int i = 0; i < r->count; i++)
		if (strncmp(r->names[i], name, size) == 0 && !r->names[i][size])
			return i + 1;
	r->names[r->count] = strndup(name, size);
	if (!r->names[r->count])
		abort();
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

static void take_plain(struct reading *r)
{
	/* A type behind two colons is no parameter. */
	if (strncmp(r->at, "::", 2) == 0)
		*r->to++ = *r->at++;
	else if (*r->at == '$' && isdigit((unsigned char)r->at[1]))
		r->wrong = "parameters are written as :name";
	else if (*r->at == ';' && !store_text_ends(r->at))
		r->wrong = "one statement at a time";
	*r->to++ = *r->at++;
}

/* ---- Whether it writes ---- */

static const char *const writing[] = { "insert", "update", "delete", "merge", NULL };

static bool is_word(const char *at, const char *word)
{
	size_t size = strlen(word);

	return strncasecmp(at, word, size) == 0 && !is_letter(at[size]);
}

static bool has_writing_word(const char *sql)
{
	for (const char *at = sql; *at; at++) {
		if (at != sql && is_letter(at[-1]))
			continue;
		for (const char *const *word = writing; *word; word++)
			if (is_word(at, *word))
				return true;
	}
	return false;
}

/* A common table expression may write; a plain query can only through a function, which nobody
 * could tell. */
static bool writes(const char *sql)
{
	sql = store_text_begin(sql);
	while (*sql == '(')
		sql = store_text_begin(sql + 1);
	if (is_word(sql, "with"))
		return has_writing_word(sql);
	return !is_word(sql, "select") && !is_word(sql, "values") && !is_word(sql, "table");
}

/* ---- All of it ---- */

struct translated translate(const char *sql)
{
	/* ":a" may become "$10". */
	char *text = malloc(2 * strlen(sql) + 1);
	char **names = calloc(strlen(sql) / 2 + 1, sizeof(*names));
	struct reading r = { sql, text, names, 0, store_text_wrong(sql) };

	if (!text || !names)
		abort();
	while (*r.at)
		if (!take_quoted(&r) && !take_parameter(&r))
			take_plain(&r);
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
