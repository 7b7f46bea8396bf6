/* fuzz_words.c - what a person searches for: a query that both databases take, and that finds the
 * product it was taken from. */
#include "fuzz.h"

#include <sqlite3.h>

#include "joins.h"
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

/* 'word':* & ('word' | 'word'): what is in the quotes must not end them, nor escape anything. */
static void check_tsquery(const char *query)
{
	bool inside = false;
	int open = 0;

	must(utf8_valid(str_of(query)) && !strchr(query, '\\'));
	for (const char *at = query; *at; at++) {
		if (*at == '\'')
			inside = !inside;
		else
			must(inside || strchr(" :*&|()", *at));
		open += inside ? 0 : (*at == '(') - (*at == ')');
		must(open == 0 || open == 1);
	}
	must(!inside && open == 0 && !strstr(query, "''"));
}

/* What the runs of a query demand of a text, as ranking.c asks it. */
static void check_runs(struct arena *arena, const char *folded, const struct words *words)
{
	str runs = str_of(words_runs(arena, MATCH_TSQUERY, words));
	char *json = words_runs(arena, MATCH_FTS5, words);

	must(!json == !runs.at && (!json || (json[0] == '[' && utf8_valid(str_of(json)))));
	while (runs.size) {
		str run = str_cut(&runs, ' ');
		must(memmem(folded, strlen(folded), run.at, run.size) != NULL);
	}
}

static void check_query(struct arena *arena, const char *folded, const struct words *words)
{
	char *query = words_match(arena, MATCH_FTS5, words, NULL);

	must(utf8_valid(str_of(query)));
	check_tsquery(words_match(arena, MATCH_TSQUERY, words, folded));
	must(run(find, query) == SQLITE_ROW);
	check_runs(arena, folded, words);
}

/* All words at once, each alone, and every part of a run of up to three characters. */
static void check_found(struct arena *arena, const char *folded, const char *beside,
                        const struct words *words)
{
	execute("begin");
	must(run(put, arena_print(arena, "%s %s", folded, beside)) == SQLITE_DONE);
	check_query(arena, folded, words);
	for (int i = 0; i < words->count; i++) {
		struct words alone = words_alone(words, i);
		check_query(arena, folded, &alone);
		str rest = words->at[i];
		for (int tries = 0; word_is_run(rest) && tries < 8; tries++) {
			struct words part = { .at = { { rest.at, 0 } }, .count = 1 };
			for (int size = 0; size < 3 && part.at[0].size < rest.size; size++) {
				size_t step = utf8_step((str) { rest.at + part.at[0].size, rest.size - part.at[0].size });
				part.at[0].size += step;
				if (word_is_run(part.at[0]))
					check_query(arena, folded, &part);
			}
			size_t step = utf8_step(rest);
			rest.at += step;
			rest.size -= step;
		}
	}
	execute("rollback");
}

static void check_beside(struct arena *arena, const char *text, const char *folded, const char *beside)
{
	char *joined = words_fold_joined(arena, text);

	must(utf8_valid(str_of(beside)) && strlen(beside) <= 4 * FOLD_SIZE_MAX);
	must(*beside != ' ' && !strstr(beside, "  "));
	for (char *at = joined; (at = strchr(at, WORDS_JOINT)); )
		*at = ' ';
	must(strcmp(joined, folded) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!database)
		open_database();
	struct arena *arena = arena_create();
	const char *text = arena_copy(arena, input_of(data, size));
	const char *folded = words_fold(arena, text), *key = words_key(arena, text);
	const char *beside = words_beside(arena, text, true);
	struct words words = words_split(folded);

	check_folded(folded);
	check_beside(arena, text, folded, beside);
	must(strcmp(words_fold(arena, folded), folded) == 0);
	must(utf8_valid(str_of(key)) && strlen(key) <= KEY_SIZE_MAX * 18);
	must(words.count <= WORDS_MAX && (words.count > 0) == (*folded != '\0'));
	must(words_rank(&words, folded) >= words.count);
	if (words.count > 0)
		check_found(arena, folded, beside, &words);
	arena_destroy(arena);
	return 0;
}
