/* index.c - keeps the full-text index of SQLite, which holds words and no text: to take words out
 * of it, it must be told which they were. PostgreSQL keeps its own. */
#include "product.h"

static bool take_out(struct store *store, const struct product *p)
{
	return store_change(store,
		ON_SQLITE("insert into product_words (product_words, rowid, words)"
		          " values ('delete', :id, :name_words || ' ' || :other_words)"), row_shape, p) == 1;
}

static bool put_in(struct store *store, const struct product *p)
{
	return store_change(store,
		ON_SQLITE("insert into product_words (rowid, words) values ("
		          "(select id from product where sku_key = :sku_key),"
		          " :name_words || ' ' || :other_words)"), row_shape, p) == 1;
}

bool product_reindex(struct store *store, const struct product *before,
                     const struct product *after)
{
	bool same = before && strcmp(before->name_words, after->name_words) == 0
		&& strcmp(before->other_words, after->other_words) == 0;

	return store_kind(store) != STORE_SQLITE || same
		|| ((!before || take_out(store, before)) && put_in(store, after));
}
