/* listen.c - hearing what statements tell with pg_notify(): each database in its own way. */
#include "driver.h"

unsigned store_connection(const struct store *store)
{
	return store->driver->connection(store);
}

int store_socket(const struct store *store)
{
	return store->driver->socket(store);
}

bool store_listen(struct store *store, const char *channel)
{
	return store->driver->listen(store, channel);
}

bool store_heard(struct store *store, struct store_notice *notice)
{
	return store->driver->heard(store, notice);
}

void store_heard_free(struct store *store, struct store_notice *notice)
{
	store->driver->heard_free(notice);
}
