/* text.c - what the text of a statement tells by itself. */
#include <link.h>
#include <strings.h>

#include "driver.h"

#define BLANK " \t\n\r\f\v"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Behind the comment that begins here; NULL: none does. */
static const char *behind_comment(const char *sql)
{
	if (strncmp(sql, "--", 2) == 0)
		return sql + strcspn(sql, "\n");
	if (strncmp(sql, "/*", 2) != 0)
		return NULL;
	const char *end = strstr(sql + 2, "*/");
	return end ? end + 2 : sql + strlen(sql);
}

const char *store_text_begin(const char *sql)
{
	const char *next = sql;

	while (next) {
		sql = next + strspn(next, BLANK);
		next = behind_comment(sql);
	}
	return sql;
}

bool store_text_ends(const char *sql)
{
	sql = store_text_begin(sql);
	while (*sql == ';')
		sql = store_text_begin(sql + 1);
	return *sql == '\0';
}

static bool is_one_of(str word, const char *const *words)
{
	for (; *words; words++)
		if (str_is_nocase(word, *words))
			return true;
	return false;
}

/* The word there, and what is behind it into `rest`. */
static str word_at(const char *sql, const char **rest)
{
	sql = store_text_begin(sql);
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

const char *store_text_wrong(const char *sql)
{
	const char *rest;
	str verb = word_at(sql, &rest);

	if (is_one_of(verb, transactions))
		return "transactions are begun and ended by store_transact()";
	if (!is_one_of(verb, connections) || (str_is_nocase(verb, "set") && is_one_of(word_at(rest, &rest), passing)))
		return NULL;
	return "it would change the connection, which is others' after it";
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
