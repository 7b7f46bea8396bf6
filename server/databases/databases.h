/* databases.h - opening a store by its URL, and what a URL says: here alone is known which databases there are. */
#ifndef DATABASES_H
#define DATABASES_H

#include "store.h"
#include "wrong.h"

/* ---- Opening, beside store_open() ---- */

/* store_open() of one that writes, where as many threads as there are may have one each: with PostgreSQL
 * they share so many connections, which each of them has only while it runs something. */
struct store *store_open_shared(const char *url, int connections);

/* A store for what a service knows beside its data, where `data` is the data's URL. PostgreSQL has both in one
 * database. Beside a file of SQLite's it is another, PATH.state, so that neither waits for the other; whoever has
 * that opened has it alone, and is waited for, `wait_ms` at most. What is in it survives this process, but not
 * always the machine: a file that is damaged is put aside. NULL, no data: in memory. Answers NULL where it
 * can't, and has logged why.
 *
 * Statements may use what PostgreSQL has: pg_notify(channel, words), octet_length(text), and mcp_now(),
 * the database's clock in ms, which on PostgreSQL a migration makes. */
struct store *store_open_state(const char *data, int64_t wait_ms);

/* A store of one's own for what is too much for memory: an SQLite file without a name, near the
 * database (NULL: near none) or where files may be written, which is gone when it is closed. Nothing in it lasts and
 * nobody waits for it. `tables` makes it. For commands, one thread. NULL: it can't, and has logged why. */
struct store *store_open_scratch(const struct store *near, const char *tables);

/* For the command `check`: of a file of SQLite's nothing is changed, nor is anything made beside it, so it may be one
 * that can only be read. PostgreSQL's is store_open()'s. Whether that went well store_well() says at the end. */
struct store *store_open_to_look(const char *url);

/* Who signs in to PostgreSQL, whatever a URL says; either may be NULL. Before any store is opened. */
void store_sign_in(const char *user, const char *password);

/* Whether this process has the file open that the URL named, and it names it no more: `why`. Who has no connection yet
 * gets none until it is back, and knows from this that it is not the database that does not answer. */
bool store_gone(const char *url, struct store_why *why);

/* ---- What a URL says ---- */

/* Other processes may have it open too, on other machines: PostgreSQL. */
bool store_url_is_shared(const char *url);
/* The path of the file that it names, sqlite:PATH; NULL: it names none. */
const char *store_url_file(const char *url);

/* A URL as it may be shown: without who signs in, and how. */
#define STORE_PLACE_SIZE 256
const char *store_place(const char *url, char place[STORE_PLACE_SIZE]);

#endif
