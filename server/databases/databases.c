/* databases.c - the databases there are, and which of them a URL means. */
#include "databases.h"

#include <stdio.h>
#include <string.h>

#include "driver.h"
#include "log.h"
#include "postgresql.h"
#include "sqlite.h"

static const struct driver *const drivers[] = { &sqlite_driver, &postgresql_driver, NULL };

/* ---- What a URL says ---- */

static const struct driver *driver_for(str scheme)
{
	for (const struct driver *const *driver = drivers; *driver; driver++)
		if (str_is(scheme, (*driver)->scheme)
		    || ((*driver)->alias && str_is(scheme, (*driver)->alias)))
			return *driver;
	return NULL;
}

static const struct driver *driver_of(const char *url)
{
	str rest = str_of(url);

	return driver_for(str_cut(&rest, ':'));
}

static const char *behind_scheme(const char *url)
{
	const char *colon = strchr(url, ':');

	return colon ? colon + 1 : url;
}

bool store_url_is_shared(const char *url)
{
	const struct driver *driver = driver_of(url);

	return driver && driver->blocks;
}

const char *store_url_file(const char *url)
{
	const struct driver *driver = driver_of(url);

	return driver && !driver->blocks ? behind_scheme(url) : NULL;
}

/* The authority's host follows its last @; what follows ? may hold a password too. */
const char *store_place(const char *url, char place[STORE_PLACE_SIZE])
{
	const char *slashes = strstr(url, "://");
	const char *host = slashes ? strrchr(url, '@') : NULL;

	if (!slashes)
		snprintf(place, STORE_PLACE_SIZE, "%s", url);
	else
		snprintf(place, STORE_PLACE_SIZE, "%.*s%.*s", (int)(slashes + 3 - url), url,
		         (int)strcspn(host ? host + 1 : slashes + 3, "?"), host ? host + 1 : slashes + 3);
	return place;
}

/* ---- Opening ---- */

/* The URL itself is not shown: it may hold a password. */
static void refuse(str scheme, bool has_scheme)
{
	if (has_scheme)
		log_error("store: there is no driver for databases named %s:...; use sqlite:PATH or"
		          " postgresql://HOST/DATABASE", str_quote(scheme, 32).text);
	else
		log_error("store: a database is named by a URL: sqlite:PATH or postgresql://HOST/DATABASE");
}

struct store *store_open(const char *url, enum store_use use)
{
	const char *colon = strchr(url, ':');
	str scheme = colon ? (str) { url, (size_t)(colon - url) } : (str) { "", 0 };
	const struct driver *driver = driver_for(scheme);

	if (driver)
		return store_open_with(driver, colon + 1, use);
	refuse(scheme, colon);
	return NULL;
}

struct store *store_open_shared(const char *url, int connections)
{
	struct store *store = store_open(url, STORE_WRITES);

	if (store && store->driver->share)
		store->driver->share(store, connections);
	return store;
}

struct store *store_open_state(const char *data, int64_t wait_ms)
{
	if (data && store_url_is_shared(data))
		return store_open(data, STORE_WRITES);
	return sqlite_open_state(data ? behind_scheme(data) : NULL, wait_ms);
}

struct store *store_open_scratch(const struct store *near, const char *tables)
{
	return sqlite_open_scratch(near, tables);
}

struct store *store_open_to_look(const char *url)
{
	const char *file = store_url_file(url);

	return file && *file && *file != ':' ? sqlite_open_to_look(file) : store_open(url, STORE_WRITES);
}

bool store_gone(const char *url, struct store_why *why)
{
	const char *file = store_url_file(url);

	return file && sqlite_is_gone(file, why);
}

void store_sign_in(const char *user, const char *password)
{
	postgresql_sign_in(user, password);
}
