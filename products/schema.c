/* schema.c - the history of the tables. Only ever add steps. */
#include "product.h"

/* What is looked for is kept beside the text it is made from (sku_key, category_key, name_words,
 * other_words), because folding is ours and not the database's.
 *
 * Stock that is held is not counted anywhere: it is the sum of the items that say so and have not
 * expired, which the partial index keeps small. */
static const char products[] =
	"create table product ("
	" id integer primary key,"
	" sku text not null,"
	" sku_key text not null unique,"
	" name text not null,"
	" description text,"
	" brand text,"
	" category text,"
	" category_key text,"
	" image_url text,"
	" price bigint not null check (price >= 0),"
	" price_currency text not null,"
	" stock bigint not null check (stock >= 0),"
	" version bigint not null default 1,"
	" updated_at bigint not null,"
	" name_words text not null,"
	" other_words text not null,"
	" import_run bigint not null default 0,"
	" import_line bigint not null default 0);"
	"create index product_name on product (name_words, id);"
	"create index product_price on product (price, id);"
	"create index product_category on product (category_key, price, id, category);"

	"create table reservation ("
	" id text primary key,"
	" state text not null check (state in ('held', 'committed', 'released')),"
	" created_at bigint not null,"
	" expires_at bigint not null,"
	" caller text not null);"
	"create table reservation_item ("
	" reservation_id text not null references reservation (id),"
	" product_id bigint not null references product (id),"
	" position bigint not null,"
	" quantity bigint not null check (quantity > 0),"
	" name text not null,"
	" price bigint not null,"
	" price_currency text not null,"
	" held integer not null,"
	" expires_at bigint not null,"
	" primary key (reservation_id, product_id));"
	"create index reservation_item_held on reservation_item (product_id, expires_at, quantity)"
	" where held = 1;"

	"create table restock ("
	" id text primary key,"
	" at bigint not null,"
	" reason text,"
	" caller text not null);"
	"create table restock_item ("
	" restock_id text not null references restock (id),"
	" product_id bigint not null references product (id),"
	" position bigint not null,"
	" quantity bigint not null check (quantity > 0),"
	" primary key (restock_id, product_id));";

/* The index holds no text and no positions: what ranks is in the product. It is kept by
 * product_reindex() and not by triggers: inside a trigger FTS5 writes a segment for every row. */
static const char search_sqlite[] =
	"create virtual table product_words using fts5"
	" (words, content='', detail=none, columnsize=0, tokenize='ascii', prefix='2 3 4 5');";

const struct migration product_migrations[] = {
	{ "1-products", products, NULL },
	{ "2-search", search_sqlite, NULL },
	{ 0 },
};
