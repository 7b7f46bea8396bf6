/* library.c - libpq, loaded when a PostgreSQL is first asked for.
 *
 * It brings a dozen libraries: TLS, Kerberos, LDAP, SASL. A program on SQLite would load them for
 * nothing at each start. So nothing links it: below are those of its functions that the driver calls,
 * for the linker and under their own names; each goes on to the library's. */
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "postgresql_private.h"

#define LIBRARY "libpq.so.5"
#define NEEDS "that needs " LIBRARY " of PostgreSQL 14 or later"

#define GIVES(type, name, parameters, arguments) \
	static __typeof__(name) *loaded_##name; \
	type name parameters \
	{ \
		return loaded_##name arguments; \
	}
#define DOES(name, parameters, arguments) \
	static __typeof__(name) *loaded_##name; \
	void name parameters \
	{ \
		loaded_##name arguments; \
	}

GIVES(int, PQbackendPID, (const PGconn *conn), (conn))
DOES(PQclear, (PGresult *res), (res))
GIVES(char *, PQcmdTuples, (PGresult *res), (res))
GIVES(PGconn *, PQconnectdbParams, (const char *const *keywords, const char *const *values,
      int expand_dbname), (keywords, values, expand_dbname))
GIVES(int, PQconnectionUsedPassword, (const PGconn *conn), (conn))
DOES(PQconninfoFree, (PQconninfoOption *connOptions), (connOptions))
GIVES(PQconninfoOption *, PQconninfoParse, (const char *conninfo, char **errmsg), (conninfo,
      errmsg))
GIVES(int, PQconsumeInput, (PGconn *conn), (conn))
GIVES(char *, PQencryptPasswordConn, (PGconn *conn, const char *passwd, const char *user,
      const char *algorithm), (conn, passwd, user, algorithm))
GIVES(int, PQenterPipelineMode, (PGconn *conn), (conn))
GIVES(char *, PQerrorMessage, (const PGconn *conn), (conn))
GIVES(char *, PQescapeIdentifier, (PGconn *conn, const char *text, size_t len), (conn, text, len))
GIVES(char *, PQescapeLiteral, (PGconn *conn, const char *text, size_t len), (conn, text, len))
GIVES(PGresult *, PQexec, (PGconn *conn, const char *query), (conn, query))
GIVES(PGresult *, PQexecParams, (PGconn *conn, const char *command, int nParams,
      const Oid *paramTypes, const char *const *paramValues, const int *paramLengths,
      const int *paramFormats, int resultFormat), (conn, command, nParams, paramTypes, paramValues,
      paramLengths, paramFormats, resultFormat))
GIVES(int, PQexitPipelineMode, (PGconn *conn), (conn))
DOES(PQfinish, (PGconn *conn), (conn))
GIVES(int, PQflush, (PGconn *conn), (conn))
GIVES(char *, PQfname, (const PGresult *res, int field_num), (res, field_num))
DOES(PQfreemem, (void *ptr), (ptr))
GIVES(PGresult *, PQgetResult, (PGconn *conn), (conn))
GIVES(int, PQgetisnull, (const PGresult *res, int tup_num, int field_num), (res, tup_num,
      field_num))
GIVES(int, PQgetlength, (const PGresult *res, int tup_num, int field_num), (res, tup_num,
      field_num))
GIVES(char *, PQgetvalue, (const PGresult *res, int tup_num, int field_num), (res, tup_num,
      field_num))
GIVES(int, PQisBusy, (PGconn *conn), (conn))
GIVES(int, PQnfields, (const PGresult *res), (res))
GIVES(PGnotify *, PQnotifies, (PGconn *conn), (conn))
GIVES(int, PQntuples, (const PGresult *res), (res))
GIVES(const char *, PQparameterStatus, (const PGconn *conn, const char *paramName), (conn,
      paramName))
GIVES(int, PQpipelineSync, (PGconn *conn), (conn))
GIVES(char *, PQresultErrorField, (const PGresult *res, int fieldcode), (res, fieldcode))
GIVES(size_t, PQresultMemorySize, (const PGresult *res), (res))
GIVES(char *, PQresultErrorMessage, (const PGresult *res), (res))
GIVES(ExecStatusType, PQresultStatus, (const PGresult *res), (res))
GIVES(int, PQsendDescribePrepared, (PGconn *conn, const char *stmt), (conn, stmt))
GIVES(int, PQsendPrepare, (PGconn *conn, const char *stmtName, const char *query, int nParams,
      const Oid *paramTypes), (conn, stmtName, query, nParams, paramTypes))
GIVES(int, PQsendQuery, (PGconn *conn, const char *query), (conn, query))
GIVES(int, PQsendQueryPrepared, (PGconn *conn, const char *stmtName, int nParams,
      const char *const *paramValues, const int *paramLengths, const int *paramFormats,
      int resultFormat), (conn, stmtName, nParams, paramValues, paramLengths, paramFormats,
      resultFormat))
GIVES(int, PQsendQueryParams, (PGconn *conn, const char *command, int nParams, const Oid *paramTypes,
      const char *const *paramValues, const int *paramLengths, const int *paramFormats,
      int resultFormat), (conn, command, nParams, paramTypes, paramValues, paramLengths, paramFormats,
      resultFormat))
GIVES(PQnoticeReceiver, PQsetNoticeReceiver, (PGconn *conn, PQnoticeReceiver proc, void *arg),
      (conn, proc, arg))
GIVES(int, PQsetnonblocking, (PGconn *conn, int arg), (conn, arg))
GIVES(int, PQsocket, (const PGconn *conn), (conn))
GIVES(int, PQsslInUse, (PGconn *conn), (conn))
GIVES(ConnStatusType, PQstatus, (const PGconn *conn), (conn))
GIVES(PGTransactionStatusType, PQtransactionStatus, (const PGconn *conn), (conn))

/* ---- Loading ---- */

#define NAMED(name) { #name, &loaded_##name }

static const struct {
	const char *name;
	void *where;                    /* the pointer to it */
} functions[] = {
	NAMED(PQbackendPID), NAMED(PQclear), NAMED(PQcmdTuples), NAMED(PQconnectdbParams),
	NAMED(PQconnectionUsedPassword), NAMED(PQconninfoFree), NAMED(PQconninfoParse),
	NAMED(PQconsumeInput), NAMED(PQencryptPasswordConn), NAMED(PQenterPipelineMode),
	NAMED(PQerrorMessage), NAMED(PQescapeIdentifier), NAMED(PQescapeLiteral), NAMED(PQexec),
	NAMED(PQexecParams), NAMED(PQexitPipelineMode), NAMED(PQfinish), NAMED(PQflush),
	NAMED(PQfname), NAMED(PQfreemem), NAMED(PQgetResult), NAMED(PQgetisnull),
	NAMED(PQgetlength), NAMED(PQgetvalue), NAMED(PQisBusy), NAMED(PQnfields),
	NAMED(PQnotifies), NAMED(PQntuples), NAMED(PQparameterStatus), NAMED(PQpipelineSync),
	NAMED(PQresultErrorField), NAMED(PQresultErrorMessage), NAMED(PQresultMemorySize),
	NAMED(PQresultStatus),
	NAMED(PQsendDescribePrepared), NAMED(PQsendPrepare), NAMED(PQsendQuery), NAMED(PQsendQueryParams),
	NAMED(PQsendQueryPrepared),
	NAMED(PQsetNoticeReceiver), NAMED(PQsetnonblocking), NAMED(PQsocket), NAMED(PQsslInUse),
	NAMED(PQstatus),
	NAMED(PQtransactionStatus),
};

static char why[256];                   /* it can't be used; "": it can */

/* NULL: it has all of them; otherwise the first that it lacks. */
static const char *find_all(void *file)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		void *function = dlsym(file, functions[i].name);
		if (!function)
			return functions[i].name;
		/* ISO C has no conversion from an object's address to a function's. */
		memcpy(functions[i].where, &function, sizeof(function));
	}
	return NULL;
}

static void load(void)
{
	void *file = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	const char *missing = file ? find_all(file) : NULL;

	if (!file)
		snprintf(why, sizeof(why), NEEDS ", which can't be loaded: %s", dlerror());
	else if (missing)
		snprintf(why, sizeof(why), NEEDS "; the one on this machine has no %s", missing);
}

const char *postgres_library(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	return *why ? why : NULL;
}
