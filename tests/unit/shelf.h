/* shelf.h - products of a catalogue, for tests: put on the shelf as an import would. */
#ifndef SHELF_H
#define SHELF_H

#include "product.h"
#include "tools.h"

static inline void put(struct product product)
{
	if (!product.price.currency)
		product.price = (struct money) { 100, "GBP" };
	product.name = product.name ? product.name : product.sku;
	product.version = 1;
	product.updated_at = now_ms();
	product_index(arena, &product);
	ck_assert_int_eq(store_change(products.store,
		"insert into product (sku, sku_key, name, description, brand, category, category_key,"
		" image_url, price, price_currency, stock, version, updated_at, name_words, other_words)"
		" values (:sku, :sku_key, :name, :description, :brand, :category, :category_key,"
		" :image_url, :price, :price_currency, :stock, :version, :updated_at, :name_words,"
		" :other_words)", row_shape, &product), 1);
	ck_assert(product_reindex(products.store, NULL, &product));
}

/* PUT("TEA", 5) or PUT("TEA", 5, .name = "Tea"): an SKU, how many, and what else matters. */
#define PUT(sku_, ...) put((struct product) { .sku = sku_, .stock = __VA_ARGS__ })

static inline int64_t stock_of(const char *sku)
{
	return find_number(&products, "select stock from product where sku = '%s'", sku);
}

static inline int64_t available_of(const char *sku)
{
	return number(does(&products, "get_product", "{'sku': '%s'}", sku), "/available");
}

/* As if that much time had gone by since it was made. */
static inline void age_reservation(const char *id, int64_t minutes)
{
	run_sql(&products, "update reservation set expires_at = expires_at - %lld where id = '%s';"
	        " update reservation_item set expires_at = expires_at - %lld"
	        " where reservation_id = '%s'", (long long)(minutes * MINUTE), id,
	        (long long)(minutes * MINUTE), id);
}

static inline void begin_shelf(void)
{
	begin();
	empty_program(&products);
}

#endif
