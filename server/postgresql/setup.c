/* setup.c - makes the role and the database a server needs, as whoever may.
 *
 * The role may sign in to its database and owns the schema public in it, and nothing else; others
 * may not sign in there. What is so already is left so. Two that do it at once take turns. */
#include "fatal.h"
#include "postgresql_private.h"

#include <stdlib.h>

/* One setup being done: connections to the server as its master, and what is to be made. */
struct work {
	struct store_setup *setup;
	char *user, *password, *database;       /* of the service */
	PGconn *master;
	char *role_name, *database_name;        /* quoted */
};

/* ---- Saying no ---- */

static bool refuse(struct work *work, const char *format, ...) PRINTF(2, 3);

static bool refuse(struct work *work, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(work->setup->why, sizeof(work->setup->why), format, list);
	va_end(list);
	return false;
}

/* The first line of libpq's words, which may hold names and no passwords. */
static bool refuse_as(struct work *work, const char *what, const char *words)
{
	return refuse(work, "%s: %.*s", what, (int)strcspn(words, "\n"), words);
}

/* ---- What the URL says ---- */

static char *copy_option(const PQconninfoOption *options, const char *name, const char *instead)
{
	char *copied = NULL;

	for (; !instead && options->keyword; options++)
		if (strcmp(options->keyword, name) == 0)
			instead = options->val;
	if (instead && *instead && !(copied = strdup(instead)))
		fatal();
	return copied;
}

static bool read_url(struct work *work)
{
	struct store_setup *setup = work->setup;
	PQconninfoOption *options = PQconninfoParse(setup->url, NULL);

	if (!options)
		return refuse(work, "DATABASE_URL is not of the form postgresql://HOST/DATABASE");
	work->user = copy_option(options, "user", setup->user);
	work->password = copy_option(options, "password", setup->password);
	work->database = copy_option(options, "dbname", NULL);
	PQconninfoFree(options);
	if (!work->database)
		return refuse(work, "DATABASE_URL names no database, as in postgresql://HOST/DATABASE");
	if (!work->user || !work->password)
		return refuse(work, "DATABASE_USER and DATABASE_PASSWORD are needed: the role to make");
	return true;
}

/* ---- Connections ---- */

static void ignore_notice(void *context, const PGresult *notice)
{
	(void)context, (void)notice;
}

static PGconn *connect_as(const char *url, const char *user, const char *password,
                          const char *database)
{
	const char *const names[] = {
		"connect_timeout", "tcp_user_timeout", "fallback_application_name", "dbname",
		"client_encoding", "user", "password", "dbname", NULL,
	};
	const char *const values[] = {
		"5", "8000", "mcp-setup", url, "UTF8", user, password, database, NULL,
	};
	PGconn *connection = PQconnectdbParams(names, values, 1);

	if (!connection)
		fatal();
	PQsetNoticeReceiver(connection, ignore_notice, NULL);
	return connection;
}

static PGconn *connect_as_master(struct work *work, const char *database)
{
	const struct store_setup *setup = work->setup;
	const char *url = setup->master_url ? setup->master_url : setup->url;
	PGconn *connection = connect_as(url, setup->master_user, setup->master_password, database);

	if (PQstatus(connection) == CONNECTION_OK)
		return connection;
	refuse_as(work, "the server cannot be reached as SETUP_USER", PQerrorMessage(connection));
	PQfinish(connection);
	return NULL;
}

/* ---- Statements ---- */

/* Formats and runs one; what it names is quoted already. */
static bool run(struct work *work, PGconn *on, const char *what, const char *format, ...)
	PRINTF(4, 5);

static bool run(struct work *work, PGconn *on, const char *what, const char *format, ...)
{
	va_list list;
	char *sql;

	va_start(list, format);
	if (vasprintf(&sql, format, list) < 0)
		fatal();
	va_end(list);
	PGresult *result = PQexec(on, sql);
	bool fine = PQresultStatus(result) == PGRES_COMMAND_OK
	            || PQresultStatus(result) == PGRES_TUPLES_OK;
	if (!fine)
		refuse_as(work, what, PQresultErrorMessage(result));
	PQclear(result);
	free(sql);
	return fine;
}

/* What a query about one name says first: "" where there is no row; NULL: it failed. */
static char *look(struct work *work, const char *sql, const char *name)
{
	PGresult *result = PQexecParams(work->master, sql, 1, NULL, &name, NULL, NULL, 0);
	char *said = NULL;

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		refuse_as(work, "the server cannot be asked", PQresultErrorMessage(result));
	else if (!(said = strdup(PQntuples(result) ? PQgetvalue(result, 0, 0) : "")))
		fatal();
	PQclear(result);
	return said;
}

/* ---- The role ---- */

/* Whether the role can sign in with its password, which the server asked for. */
static bool has_password(struct work *work)
{
	PGconn *connection = connect_as(work->setup->url, work->user, work->password, NULL);
	bool has = PQstatus(connection) == CONNECTION_OK && PQconnectionUsedPassword(connection);

	PQfinish(connection);
	return has;
}

/* The server is told the password as it keeps it, so that none of its logs has it. */
static bool set_password(struct work *work, const char *verb)
{
	char *hashed = PQencryptPasswordConn(work->master, work->password, work->user, "scram-sha-256");
	char *literal = hashed ? PQescapeLiteral(work->master, hashed, strlen(hashed)) : NULL;
	bool done = false;

	if (!literal)
		refuse_as(work, "the password cannot be used", PQerrorMessage(work->master));
	else
		done = run(work, work->master, "the role cannot be made", "%s role %s login password %s",
		           verb, work->role_name, literal);
	PQfreemem(literal);
	PQfreemem(hashed);
	return done;
}

static bool make_role(struct work *work)
{
	char *found = look(work, "select case when rolname = current_user then 'same' when rolsuper then"
	                   " 'super' else 'there' end from pg_roles where rolname = $1", work->user);
	bool done = false;

	if (!found)
		return false;
	if (strcmp(found, "same") == 0)
		refuse(work, "SETUP_USER and the role to make are both %s; the service needs a role of its"
		       " own, with fewer rights", work->user);
	else if (strcmp(found, "super") == 0)
		refuse(work, "the role %s is a superuser, which a service must not be", work->user);
	else if (!*found)
		done = work->setup->made_role = set_password(work, "create");
	else if (has_password(work))
		done = true;
	else
		done = work->setup->set_password = set_password(work, "alter");
	free(found);
	return done;
}

/* ---- The database ---- */

static bool make_database(struct work *work)
{
	char *found = look(work, "select 'there' from pg_database where datname = $1", work->database);

	if (!found)
		return false;
	/* Bytes are compared as bytes, in every database. */
	bool done = *found || (work->setup->made_database = run(work, work->master,
		"the database cannot be made", "create database %s template template0 encoding 'UTF8'"
		" lc_collate 'C' lc_ctype 'C'", work->database_name));
	free(found);
	return done && run(work, work->master, "others cannot be kept out of the database",
	                   "revoke all on database %s from public", work->database_name)
	       && run(work, work->master, "the role cannot be let into the database",
	              "grant connect on database %s to %s", work->database_name, work->role_name);
}

/* Who is no superuser can give something only to a role that it belongs to. */
static bool own_schema(struct work *work)
{
	static const char what[] = "the schema cannot be given to the role";
	bool is_super = strcmp(PQparameterStatus(work->master, "is_superuser") ?
	                       PQparameterStatus(work->master, "is_superuser") : "", "on") == 0;
	PGconn *inside = connect_as_master(work, work->database);

	bool done = inside
		&& (is_super || run(work, inside, what, "grant %s to current_user", work->role_name))
		&& run(work, inside, what, "alter schema public owner to %s", work->role_name)
		&& run(work, inside, what, "revoke all on schema public from public")
		&& (is_super || run(work, inside, what, "revoke %s from current_user", work->role_name));
	PQfinish(inside);
	return done;
}

/* ---- All of it ---- */

static bool quote_names(struct work *work)
{
	work->role_name = PQescapeIdentifier(work->master, work->user, strlen(work->user));
	work->database_name = PQescapeIdentifier(work->master, work->database, strlen(work->database));
	return work->role_name && work->database_name
	       ? true : refuse_as(work, "the names cannot be used", PQerrorMessage(work->master));
}

/* The lock is the session's, and ends with it. */
static bool set_up(struct work *work)
{
	const char *database = work->setup->master_url ? NULL : "postgres";

	return read_url(work) && (work->master = connect_as_master(work, database))
	       && quote_names(work)
	       && run(work, work->master, "others that set up cannot be waited for",
	              "select pg_advisory_lock(7882826979823676787)")
	       && make_role(work) && make_database(work) && own_schema(work);
}

bool store_setup(struct store_setup *setup)
{
	struct work work = { .setup = setup };
	const char *missing = postgres_library();

	setup->made_role = setup->set_password = setup->made_database = false;
	if (missing)
		return refuse(&work, "%s", missing);
	bool done = set_up(&work);
	PQfreemem(work.role_name);
	PQfreemem(work.database_name);
	PQfinish(work.master);
	free(work.user);
	free(work.password);
	free(work.database);
	return done;
}
