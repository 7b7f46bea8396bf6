/* statement.h - the statements of a program, which the compiler lists, so that all of them are prepared before
 * anybody calls: as it starts, and by `mcp-NAME check`.
 *
 * A text that is written where it is run, store_find(store, arena, "select ...", ...), is listed there, with its
 * shapes. Where the databases' SQL differs it is
 *
 *     EITHER("select ... glob :beginning", "select ... similar to :beginning")        SQLite's, PostgreSQL's
 *     ON_POSTGRESQL("select pg_notify(...)")                                          never run on SQLite
 *
 * Where it is chosen as the program runs, it is listed where it is written, and not where it is run:
 *
 *     static const char *const by[] = { "select ... order by name", "select ... order by price" };
 *     STATEMENTS(by, page_shape, product_shape);
 *     ... store_find(store, arena, by[sort], page_shape, &page, product_shape, &rows)
 *
 *     look(store, SQL("select ... where name = :name", page_shape, product_shape), ...)
 *
 * One that is neither, and one that is run by a function in parentheses, (store_change)(...), such as that of a
 * table that lives for a transaction alone, is prepared as it first runs. */
#ifndef MCP_STATEMENT_H
#define MCP_STATEMENT_H

#include "shape.h"

struct store_statement {
	const char *sql[2];             /* SQLite's, PostgreSQL's; NULL: none */
	const char *const *table;       /* or all of these ... */
	int count;
	bool halves;                    /* ... SQLite's, then PostgreSQL's */
	bool changes;                   /* it is run by what only runs a statement that writes */
	const struct shape *in, *out;   /* NULL: no parameters; rows do not matter */
	const char *file;
	int line;
};

/* In the place of a statement; each text a literal. EITHER evaluates `store` twice. */
#define EITHER(sqlite, postgresql) ("" sqlite), ("" postgresql)
#define ON_SQLITE(sql) ("" sql), NULL
#define ON_POSTGRESQL(sql) NULL, ("" sql)

/* A text that is run elsewhere: itself. */
#define SQL(sql, in, out) STATEMENT_(0, false, in, out, ("" sql))
/* An array of texts, or structs of nothing else. */
#define STATEMENTS(table, in, out) TABLE_(table, false, in, out)
/* The same of an array whose first half, [STORE_SQLITE], is SQLite's, and the second PostgreSQL's. */
#define STATEMENTS_OF_EITHER(table, in, out) TABLE_(table, true, in, out)

/* ---- How ---- */

#ifndef STATEMENTS_SECTION_
#define STATEMENTS_SECTION_ "store_statements"
#endif
#ifdef __FILE_NAME__
#define STATEMENT_FILE_ __FILE_NAME__
#else
#define STATEMENT_FILE_ __FILE__
#endif
/* A linker that leaves out what nothing refers to keeps it. */
#if defined __has_attribute && __has_attribute(retain)
#define LISTED_ __attribute__((used, retain, section(STATEMENTS_SECTION_)))
#else
#define LISTED_ __attribute__((used, section(STATEMENTS_SECTION_)))
#endif

/* EITHER() is two arguments by the time these see it. */
#define FIRST_(a, ...) a
#define SECOND_(a, b, ...) b
#define THIRD_(a, b, c, ...) c
/* NULL for a text that is not known to the compiler. */
#define KNOWN_(text) __builtin_choose_expr(__builtin_constant_p(text), (text), NULL)

/* The text of a statement, which is listed. `kind` says which of two. */
#define STATEMENT_(kind, changes_, in_, out_, ...) __extension__ ({ \
	static const struct store_statement statement_ = { \
		.sql = { KNOWN_(FIRST_(__VA_ARGS__, 0)), KNOWN_(SECOND_(__VA_ARGS__, __VA_ARGS__, 0)) }, .changes = changes_, \
		.in = in_, .out = out_, .file = STATEMENT_FILE_, .line = __LINE__ }; \
	static const struct store_statement *const listed_ LISTED_ = &statement_; \
	__builtin_choose_expr(__builtin_constant_p(FIRST_(__VA_ARGS__, 0)), \
	                      statement_.sql[THIRD_(__VA_ARGS__, kind, 0, 0)], FIRST_(__VA_ARGS__, 0)); })

#define TABLE_(table_, halves_, in_, out_) \
	static const struct store_statement table_##_listed = { \
		.table = (const char *const *)table_, .count = (int)(sizeof(table_) / (sizeof(char *))), \
		.halves = halves_, .in = in_, .out = out_, .file = STATEMENT_FILE_, .line = __LINE__ }; \
	static const struct store_statement *const table_##_list LISTED_ = &table_##_listed

#endif
