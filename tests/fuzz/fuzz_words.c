/* fuzz_words.c - what a person searches for: a query that both databases take, and that finds the
 * product it was taken from. */
#include "fuzz.h"

#include <sqlite3.h>

#include "words.h"

static sqlite3 *database;
static sqlite3_stmt *put, *find;

static sqlite3_stmt *prepare(const char *sql)
{
	sqlite3_stmt *statement;

	must(sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK);
	return statement;
}

static void execute(const char *sql)
{
	must(sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK);
}

/* As products/schema.c has it. */
static void open_database(void)
{
	must(sqlite3_open(":memory:", &database) == SQLITE_OK);
	execute("create virtual table product_words using fts5 (words, content='', detail=none,"
	        " columnsize=0, tokenize='ascii', prefix='2 3 4 5')");
	put = prepare("insert into product_words (rowid, words) values (1, ?)");
	find = prepare("select rowid from product_words where product_words match ?");
}

static int run(sqlite3_stmt *statement, const char *text)
{
	sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
	int status = sqlite3_step(statement);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return status;
}

/* One space between words, none outside; nothing that is upper case or a mark in ASCII. */
static void check_folded(const char *folded)
{
	must(utf8_valid(str_of(folded)) && strlen(folded) <= FOLD_SIZE_MAX);
	must(*folded != ' ' && !strstr(folded, "  "));
	must(!*folded || folded[strlen(folded) - 1] != ' ');
	for (const unsigned char *at = (const unsigned char *)folded; *at; at++)
		must(*at >= 0x80 || *at == ' ' || (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9'));
}

/* 'word':* & 'word': what is in the quotes must not end them, nor escape anything. */
static void check_tsquery(const char *query)
{
	bool inside = false;

	must(utf8_valid(str_of(query)) && !strchr(query, '\\'));
	for (const char *at = query; *at; at++) {
		if (*at == '\'')
			inside = !inside;
		else
			must(inside || strchr(" :*&", *at));
	}
	must(!inside && !strstr(query, "''"));
}

static void check_found(struct arena *arena, const char *folded, const struct words *words)
{
	char *query = words_match(arena, MATCH_FTS5, words, NULL);

	must(utf8_valid(str_of(query)));
	check_tsquery(words_match(arena, MATCH_TSQUERY, words, folded));
	execute("begin");
	must(run(put, folded) == SQLITE_DONE);
	must(run(find, query) == SQLITE_ROW);
	execute("rollback");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!database)
		open_database();
	struct arena *arena = arena_create();
	const char *text = arena_copy(arena, input_of(data, size));
	const char *folded = words_fold(arena, text), *key = words_key(arena, text);
	struct words words = words_split(folded);

	check_folded(folded);
	must(strcmp(words_fold(arena, folded), folded) == 0);
	must(utf8_valid(str_of(key)) && strlen(key) <= KEY_SIZE_MAX * 18);
	must(words.count <= WORDS_MAX && (words.count > 0) == (*folded != '\0'));
	must(words_rank(&words, folded) >= words.count);
	if (words.count > 0)
		check_found(arena, folded, &words);
	arena_destroy(arena);
	return 0;
}
