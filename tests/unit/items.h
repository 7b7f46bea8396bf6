/* items.h - a small catalogue and a file to import into it, for the tests of the import. */
#ifndef ITEMS_H
#define ITEMS_H

#include "import.h"
#include "things.h"

struct item {
	const char *sku;
	const char *state;
	struct money price;
	int64_t stock;
	bool has_stock;
	double weight;
	bool fragile;
	int64_t made_at;
};

static SHAPE(item_shape, struct item,
	TEXT(struct item, sku, "Code", .required = true, AT_MOST(12)),
	TEXT(struct item, state, "State", ONE_OF("new", "used", "broken"), DEFAULT("new")),
	MONEY(struct item, price, "Price", .required = true, AT_LEAST(0)),
	INT(struct item, stock, "Stock", OPTIONAL(struct item, has_stock), AT_LEAST(0), AT_MOST(99)),
	REAL(struct item, weight, "Weight"),
	BOOL(struct item, fragile, "Whether it breaks"),
	TIME(struct item, made_at, "When it was made"));

static const struct migration item_migrations[] = {
	{ "1-items", "create table item (sku text primary key, state text, price bigint,"
	  " price_currency text, stock bigint, weight real, fragile integer, made_at bigint)", NULL },
	IMPORT_MIGRATION("2-import"),
	{ 0 },
};

static const char insert_item[] UNUSED =
	"insert into item (sku, state, price, price_currency, stock, weight, fragile, made_at)"
	" values (:sku, :state, :price, :price_currency, :stock, :weight, :fragile, :made_at)";
static const char find_item[] UNUSED =
	"select sku, state, price, price_currency, stock, weight, fragile, made_at from item"
	" where sku = :sku";
static const char count_items[] UNUSED = "select count(*) as value from item";

static char path[128], said[4096];

static inline void begin_items(void)
{
	begin_empty();
	store = store_open(url, STORE_WRITES);
	ck_assert_ptr_nonnull(store);
	ck_assert(store_migrate(store, item_migrations));
	snprintf(path, sizeof(path), "%s/items.csv", folder);
}

static inline int64_t items(void)
{
	struct number number;

	ck_assert_int_eq(store_find_one(store, arena, count_items, NULL, NULL, number_shape, &number),
	                 1);
	return number.value;
}

static inline void write_file(const char *text, size_t size)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, size, file), size);
	fclose(file);
}

static inline void write_rows(int count, int bad_from, int bad_to)
{
	FILE *file = fopen(path, "w");

	fputs("sku,price,stock\n", file);
	for (int i = 0; i < count; i++)
		fprintf(file, "S%07d,%d.50,%s\n", i, i % 100, i >= bad_from && i < bad_to ? "x" : "7");
	fclose(file);
}

/* ---- The command, and what it says: stdout in `said`, stderr in `logged` ---- */

static inline const char *key_of_item(struct arena *in, const void *row)
{
	const struct item *item = row;

	(void)in;
	return item->sku;
}

static inline const char *check_item(struct import *import, struct arena *in, const void *row)
{
	const struct item *item = row;

	(void)in;
	return strcmp(item->sku, "cursed") == 0
	       ? import_why(import, "sku \"%s\" is not for sale", item->sku) : NULL;
}

/* Which of two is meant nobody says; that is for the database to refuse. */
static inline bool take_item(struct store *to, struct arena *in, const struct import_group *group)
{
	const struct item *items = group->rows;

	(void)in;
	for (int64_t i = 0; i < group->count; i++)
		if (store_change(to, insert_item, item_shape, &items[i]) != 1)
			return false;
	return true;
}

static struct import_spec spec;
static struct import_options options;
static int status;

static inline void run_import(void)
{
	FILE *file = tmpfile();
	int stdout_was = dup(STDOUT_FILENO);

	ck_assert_ptr_nonnull(file);
	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	status = import_file(store, path, &options, &spec);
	fflush(stdout);
	dup2(stdout_was, STDOUT_FILENO);
	close(stdout_was);
	rewind(file);
	said[fread(said, 1, sizeof(said) - 1, file)] = '\0';
	fclose(file);
}

static inline int import_items(const char *currency)
{
	options.currency = currency;
	spec = (struct import_spec) { .what = "items", .row = item_shape,
	                              .key = key_of_item, .check = check_item, .take = take_item };
	catch_log(run_import);
	return status;
}

/* Without the folder, which differs from run to run. */
static inline const char *words(char *text)
{
	char *at;
	size_t size = strlen(folder) + 1;

	while ((at = strstr(text, folder)))
		memmove(at, at + size, strlen(at + size) + 1);
	return text;
}

#endif
