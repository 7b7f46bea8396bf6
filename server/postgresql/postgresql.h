/* postgresql.h - the PostgreSQL driver, and what is done with its servers alone. */
#ifndef POSTGRESQL_H
#define POSTGRESQL_H

#include "store.h"

extern const struct driver postgresql_driver;

/* store_sign_in(), see databases.h. */
void postgresql_sign_in(const char *user, const char *password);

/* Makes the role and the database that a service signs in to, as a master who may: the role owns the
 * schema public of that database, and only it may sign in there. */
struct store_setup {
	const char *url, *user, *password;      /* of the service; the last two say what the URL doesn't */
	const char *master_url;                 /* NULL: `url`, but the database postgres */
	const char *master_user, *master_password;
	bool made_role, set_password, made_database;
	char why[512];                          /* it could not be done */
};
MUST_USE bool store_setup(struct store_setup *setup);

#endif
