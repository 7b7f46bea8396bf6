/* orders.c - the reference of a write to SQLite: one connection that writes, in turn, a transaction for
 * each order, which the disk has (synchronous=FULL) before its client is told.
 *
 *     bench-orders FILE PRODUCTS
 *
 * It takes the arguments of restock or create_order and does what an order of its lines has to: the id is looked for, the
 * products too, the order and its lines are added, each product's stock is changed. Prints its port. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference.h"

#define TEXT_MAX 200

enum { BEGIN, FIND_ORDER, FIND_PRODUCT, ADD_ORDER, ADD_LINE, TAKE_STOCK, COMMIT, STATEMENTS };

static const char *const texts[STATEMENTS] = {
	[BEGIN] = "begin immediate",
	[FIND_ORDER] = "select 1 from placed where id = ?1",
	[FIND_PRODUCT] = "select id, name, price, stock from product where sku = ?1",
	[ADD_ORDER] = "insert into placed (id, at, caller) values (?1, strftime('%s'), 'anonymous')",
	[ADD_LINE] = "insert into line (placed_id, product_id, position, quantity) values (?1, ?2, ?3, ?4)",
	[TAKE_STOCK] = "update product set stock = stock + ?2, version = version + 1 where id = ?1",
	[COMMIT] = "commit",
};

static const char tables[] =
	"pragma journal_mode = wal; pragma synchronous = full;"
	"create table product (id integer primary key, sku text not null unique, name text not null,"
	" price integer not null, stock integer not null, version integer not null default 1);"
	"create table placed (id text primary key, at integer not null, caller text not null);"
	"create table line (placed_id text not null references placed (id), product_id integer not null,"
	" position integer not null, quantity integer not null, primary key (placed_id, product_id));";

static sqlite3 *database;
static sqlite3_stmt *statements[STATEMENTS];
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void check(int status, int wanted)
{
	if (status == wanted)
		return;
	fprintf(stderr, "SQLite: %s\n", sqlite3_errmsg(database));
	exit(1);
}

/* Without rows, unless `wanted` says that there is one. */
static sqlite3_stmt *step(int which, int wanted)
{
	check(sqlite3_step(statements[which]), wanted);
	if (wanted == SQLITE_DONE)
		sqlite3_reset(statements[which]);
	return statements[which];
}

static void bind_text(int which, int at, const char *text)
{
	sqlite3_bind_text(statements[which], at, text, -1, SQLITE_TRANSIENT);
}

/* Gives what is said of it. */
static int place_line(const char *id, const char *sku, long quantity, int position, char *json, size_t room)
{
	sqlite3_stmt *product;
	sqlite3_int64 row;
	int size;

	bind_text(FIND_PRODUCT, 1, sku);
	product = step(FIND_PRODUCT, SQLITE_ROW);
	row = sqlite3_column_int64(product, 0);
	size = snprintf(json, room, "%s{\"sku\":\"%s\",\"name\":\"%s\",\"quantity\":%ld,\"available\":%lld}",
	                position ? "," : "", sku, (const char *)sqlite3_column_text(product, 1), quantity,
	                sqlite3_column_int64(product, 3) + quantity);
	sqlite3_reset(product);
	bind_text(ADD_LINE, 1, id);
	sqlite3_bind_int64(statements[ADD_LINE], 2, row);
	sqlite3_bind_int(statements[ADD_LINE], 3, position);
	sqlite3_bind_int64(statements[ADD_LINE], 4, quantity);
	step(ADD_LINE, SQLITE_DONE);
	sqlite3_bind_int64(statements[TAKE_STOCK], 1, row);
	sqlite3_bind_int64(statements[TAKE_STOCK], 2, quantity);
	step(TAKE_STOCK, SQLITE_DONE);
	return size;
}

static size_t answer(void *own, const char *body, char *json, size_t room)
{
	char id[TEXT_MAX], sku[TEXT_MAX];
	const char *at = json_text(body, "\"restock_id\":\"", id, sizeof(id));
	at = at ? at : json_text(body, "\"idempotency_key\":\"", id, sizeof(id));
	size_t size = (size_t)snprintf(json, room, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"lines\":[");

	(void)own;
	if (!at)
		exit(1);
	pthread_mutex_lock(&turn);
	step(BEGIN, SQLITE_DONE);
	bind_text(FIND_ORDER, 1, id);
	step(FIND_ORDER, SQLITE_DONE);
	bind_text(ADD_ORDER, 1, id);
	step(ADD_ORDER, SQLITE_DONE);
	for (int i = 0; at && (at = json_text(at, "\"sku\":\"", sku, sizeof(sku))); i++) {
		const char *quantity = strstr(at, "\"quantity\":");
		size += (size_t)place_line(id, sku, quantity ? atol(quantity + 11) : 1, i, json + size,
		                           room - size);
	}
	step(COMMIT, SQLITE_DONE);
	pthread_mutex_unlock(&turn);
	return size + (size_t)snprintf(json + size, room - size, "],\"id\":\"%s\"}}", id);
}

static void add_products(long count)
{
	char text[2 * TEXT_MAX];

	snprintf(text, sizeof(text), "with recursive n (i) as (select 0 union all select i + 1 from n where i < %ld)"
	         " insert into product (sku, name, price, stock) select printf('B%%06d', i), 'Product ' || i,"
	         " 100 + i %% 900, 1000 from n", count - 1);
	check(sqlite3_exec(database, text, NULL, NULL, NULL), SQLITE_OK);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	check(sqlite3_open(argv[1], &database), SQLITE_OK);
	check(sqlite3_exec(database, tables, NULL, NULL, NULL), SQLITE_OK);
	add_products(atol(argv[2]));
	for (int i = 0; i < STATEMENTS; i++)
		check(sqlite3_prepare_v3(database, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &statements[i],
		                         NULL), SQLITE_OK);
	serve_with_threads(&(struct service) { .answer = answer });
}
