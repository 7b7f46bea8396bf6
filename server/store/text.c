/* text.c - what the text of a statement tells by itself. */
#include <ctype.h>
#include <link.h>
#include <strings.h>

#include "driver.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* ---- Its parts ---- */

/* SQLite takes a byte order mark for a blank, wherever it stands. */
static size_t space_size(const char *sql, enum store_kind kind)
{
	size_t size = strspn(sql, " \t\n\r\f\v");

	while (kind == STORE_SQLITE && strncmp(sql + size, "\xEF\xBB\xBF", 3) == 0)
		size += 3 + strspn(sql + size + 3, " \t\n\r\f\v");
	return size;
}

/* PostgreSQL's comments are nested. */
static size_t block_comment_size(const char *sql, enum store_kind kind)
{
	const char *at = sql + 2;

	for (int depth = 1; depth > 0 && *at; at++) {
		if (strncmp(at, "*/", 2) == 0 || (kind == STORE_POSTGRESQL && strncmp(at, "/*", 2) == 0))
			depth += *at++ == '/' ? 1 : -1;
	}
	return (size_t)(at - sql);
}

static size_t comment_size(const char *sql, enum store_kind kind)
{
	if (strncmp(sql, "--", 2) == 0)
		return strcspn(sql, kind == STORE_POSTGRESQL ? "\n\r" : "\n");
	return strncmp(sql, "/*", 2) == 0 ? block_comment_size(sql, kind) : 0;
}

/* From the quote at sql[from] on. Two in a row are two texts, which makes no difference here. */
static size_t behind_quote(const char *sql, size_t from, char end, bool escapes)
{
	size_t size = from + 1;

	while (sql[size] && sql[size] != end)
		size += escapes && sql[size] == '\\' && sql[size + 1] ? 2 : 1;
	return size + (sql[size] == end);
}

static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* $$...$$, $tag$...$tag$ */
static size_t dollar_quote_size(const char *sql)
{
	char tag[64];
	size_t size = 1;

	if (sql[0] != '$' || isdigit((unsigned char)sql[1]))
		return 0;
	while (is_letter(sql[size]))
		size++;
	if (sql[size] != '$' || ++size >= sizeof(tag))
		return 0;
	memcpy(tag, sql, size);
	tag[size] = '\0';
	const char *end = strstr(sql + size, tag);
	return end ? (size_t)(end - sql) + size : strlen(sql);
}

static size_t quoted_size(const char *sql, enum store_kind kind)
{
	bool postgresql = kind == STORE_POSTGRESQL;

	if (*sql == '\'' || *sql == '"' || (!postgresql && *sql == '`'))
		return behind_quote(sql, 0, *sql, false);
	if (!postgresql)
		return *sql == '[' ? behind_quote(sql, 0, ']', false) : 0;
	if ((*sql == 'e' || *sql == 'E') && sql[1] == '\'')
		return behind_quote(sql, 1, '\'', true);
	return dollar_quote_size(sql);
}

/* A number, too. */
static size_t word_size(const char *sql)
{
	size_t size = 0;

	while (is_letter(sql[size]) || (size && sql[size] == '$'))
		size++;
	return size;
}

struct text_part store_text_part(const char *sql, enum store_kind kind)
{
	size_t size;

	if ((size = space_size(sql, kind)))
		return (struct text_part) { TEXT_SPACE, size };
	if ((size = comment_size(sql, kind)))
		return (struct text_part) { TEXT_COMMENT, size };
	if ((size = quoted_size(sql, kind)))
		return (struct text_part) { TEXT_QUOTED, size };
	if ((size = word_size(sql)))
		return (struct text_part) { TEXT_WORD, size };
	return (struct text_part) { TEXT_OTHER, *sql != '\0' };
}

/* ---- What it begins with, and what follows ---- */

const char *store_text_begin(const char *sql, enum store_kind kind)
{
	size_t size;

	while ((size = space_size(sql, kind)) || (size = comment_size(sql, kind)))
		sql += size;
	return sql;
}

/* SQLite takes empty statements before the first, too. */
static const char *behind_semicolons(const char *sql, enum store_kind kind)
{
	sql = store_text_begin(sql, kind);
	while (*sql == ';')
		sql = store_text_begin(sql + 1, kind);
	return sql;
}

bool store_text_ends(const char *sql, enum store_kind kind)
{
	return *behind_semicolons(sql, kind) == '\0';
}

/* ---- What it must not do ---- */

static bool is_one_of(str word, const char *const *words)
{
	for (; *words; words++)
		if (str_is_nocase(word, *words))
			return true;
	return false;
}

/* The word there, and what is behind it into `rest`. */
static str word_at(const char *sql, enum store_kind kind, const char **rest)
{
	sql = behind_semicolons(sql, kind);
	str word = { sql, strspn(sql, LETTERS) };

	*rest = sql + word.size;
	return word;
}

static const char *const transactions[] = {
	"begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", NULL
};
static const char *const connections[] = {
	"set", "reset", "discard", "prepare", "execute", "deallocate", "listen", "unlisten", "declare", "copy",
	"pragma", "attach", "detach", NULL
};
/* What is set for the transaction alone. */
static const char *const passing[] = { "local", "constraints", "transaction", NULL };

/* What may stand between `create` and what says that it is temporary. */
static const char *const before_temporary[] = { "or", "replace", "global", "local", NULL };
static const char *const temporary[] = { "temp", "temporary", NULL };

/* PostgreSQL's functions that outlast the transaction. */
static const char *const locks[] = {
	"pg_advisory_lock", "pg_advisory_lock_shared", "pg_try_advisory_lock", "pg_try_advisory_lock_shared", NULL
};

/* set_config(name, value, true) is for the transaction: its last word is looked at. */
static bool sets_for_good(const char *sql, enum store_kind kind)
{
	bool passes = false;

	sql = store_text_begin(sql, kind);
	if (*sql != '(')
		return false;
	for (int depth = 0; *sql; ) {
		struct text_part part = store_text_part(sql, kind);
		depth += *sql == '(' ? 1 : *sql == ')' ? -1 : 0;
		if (depth == 0 && part.kind == TEXT_OTHER)
			return !passes;
		if (part.kind != TEXT_SPACE && part.kind != TEXT_COMMENT)
			passes = str_is_nocase((str) { sql, part.size }, "true");
		sql += part.size;
	}
	return true;
}

/* Whether these words follow each other in it somewhere. */
static bool has_words(const char *sql, enum store_kind kind, const char *const *words)
{
	const char *const *next = words;
	struct text_part part;

	for (; *next && (part = store_text_part(sql, kind)).size; sql += part.size) {
		if (part.kind == TEXT_SPACE || part.kind == TEXT_COMMENT)
			continue;
		bool fits = str_is_nocase((str) { sql, part.size }, *next);
		next = fits ? next + 1 : words + str_is_nocase((str) { sql, part.size }, *words);
	}
	return !*next;
}

/* What is temporary is the connection's; of PostgreSQL's tables some are the transaction's. */
static bool outlasts(const char *rest, enum store_kind kind)
{
	static const char *const passes[] = { "on", "commit", "drop", NULL };
	const char *behind = rest;
	str word = word_at(rest, kind, &behind);

	while (is_one_of(word, before_temporary))
		word = word_at(behind, kind, &behind);
	return is_one_of(word, temporary) && !(kind == STORE_POSTGRESQL && has_words(behind, kind, passes));
}

static const char *wrong_function(const char *sql, enum store_kind kind)
{
	struct text_part part;

	for (; (part = store_text_part(sql, kind)).size; sql += part.size) {
		str word = { sql, part.size };
		if (part.kind != TEXT_WORD)
			continue;
		if (is_one_of(word, locks))
			return "its lock would stay with the connection, which is others' after it: use pg_advisory_xact_lock()";
		if (str_is_nocase(word, "set_config") && sets_for_good(sql + part.size, kind))
			return "it would change the connection, which is others' after it: write true as set_config()'s last";
	}
	return NULL;
}

const char *store_text_wrong(const char *sql, enum store_kind kind)
{
	const char *rest;
	str verb = word_at(sql, kind, &rest);

	if (is_one_of(verb, transactions))
		return "transactions are begun and ended by store_transact()";
	if (is_one_of(verb, connections)
	    && !(str_is_nocase(verb, "set") && is_one_of(word_at(rest, kind, &rest), passing)))
		return "it would change the connection, which is others' after it";
	if (str_is_nocase(verb, "create") && outlasts(rest, kind))
		return "it would be the connection's, which is others' after it: write on commit drop, or a"
		       " with in the query";
	return kind == STORE_POSTGRESQL ? wrong_function(sql, kind) : NULL;
}

/* ---- Where it is ---- */

/* Of a program or a library: literals are in what nobody may write. */
static int is_in(struct dl_phdr_info *of, size_t size UNUSED, void *text)
{
	for (int i = 0; i < of->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &of->dlpi_phdr[i];
		if (part->p_type == PT_LOAD && !(part->p_flags & PF_W)
		    && (uintptr_t)text - (of->dlpi_addr + part->p_vaddr) < part->p_memsz)
			return 1;
	}
	return 0;
}

bool store_text_is_constant(const char *sql)
{
	return dl_iterate_phdr(is_in, (void *)(uintptr_t)sql);
}
