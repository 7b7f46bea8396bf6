/* searches.c - the reference of a search: the products' own index and rows, read with SQLite alone, each
 * thread by a connection of its own.
 *
 *     bench-searches FILE
 *
 * It takes the arguments of search_products, with one word. Prints its port. */
#include <malloc.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "reference.h"

#define WORD_MAX 200

static const char search[] =
	"select p.sku, p.name, p.brand, p.category, p.price, p.price_currency, p.stock"
	" from product_words w cross join product p on p.id = w.rowid"
	" where product_words match ?1 order by w.rowid limit 20";

static const char *path;

static void *begin(void)
{
	sqlite3 *database;
	sqlite3_stmt *statement;

	if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK
	    || sqlite3_exec(database, "pragma mmap_size = 268435456", NULL, NULL, NULL) != SQLITE_OK
	    || sqlite3_prepare_v3(database, search, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
		fprintf(stderr, "SQLite: %s\n", sqlite3_errmsg(database));
		exit(1);
	}
	return statement;
}

static size_t answer(void *own, const char *body, char *json, size_t room)
{
	sqlite3_stmt *statement = own;
	char word[WORD_MAX], match[WORD_MAX + 2];
	size_t size = (size_t)snprintf(json, room, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"products\":[");
	int count = 0;

	if (!json_text(body, "\"words\":\"", word, sizeof(word)))
		exit(1);
	snprintf(match, sizeof(match), "%s*", word);
	sqlite3_bind_text(statement, 1, match, -1, SQLITE_TRANSIENT);
	for (; sqlite3_step(statement) == SQLITE_ROW; count++)
		size += (size_t)snprintf(json + size, room - size, "%s{\"sku\":\"%s\",\"name\":\"%s\",\"category\":"
			"\"%s\",\"price\":{\"minor\":%lld,\"currency\":\"%s\"},\"available\":%lld}", count ? "," : "",
			(const char *)sqlite3_column_text(statement, 0),
			(const char *)sqlite3_column_text(statement, 1),
			(const char *)sqlite3_column_text(statement, 3), sqlite3_column_int64(statement, 4),
			(const char *)sqlite3_column_text(statement, 5), sqlite3_column_int64(statement, 6));
	sqlite3_reset(statement);
	return size + (size_t)snprintf(json + size, room - size, "],\"count\":%d}}", count);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	path = argv[1];
	/* What threads would wait for in turn, or ask the kernel for at each search. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	serve_with_threads(&(struct service) { .begin = begin, .answer = answer });
}
