/* connect.c - a connection to PostgreSQL: made, lost, and made again after growing pauses.
 *
 * The URL goes to libpq whole, so what it says of TLS, hosts and roles holds. No wait is without an
 * end: for connecting libpq has one, for an answer we have our own, and the kernel gives up a peer
 * that acknowledges nothing. */
#include "postgresql_private.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "fatal.h"
#include "log.h"

/* ---- Who signs in ---- */

static char *user, *password;

static char *copy(const char *text)
{
	char *copied = text ? strdup(text) : NULL;

	if (text && !copied)
		fatal();
	return copied;
}

void postgresql_sign_in(const char *as, const char *with)
{
	free(user);
	free(password);
	user = copy(as);
	password = copy(with);
}

/* ---- The URL ---- */

#define FORM \
	"it is not of the form postgresql://USER@HOST:PORT/DATABASE?sslmode=verify-full; in a password" \
	" % is written %25, / %2F, ? %3F, # %23, @ %40, : %3A"

/* What a password that is not written right is taken for. */
static bool has_wrong_port(const PQconninfoOption *options)
{
	for (; options->keyword; options++)
		if (strcmp(options->keyword, "port") == 0 && options->val)
			return options->val[strspn(options->val, "0123456789,")] != '\0';
	return false;
}

/* libpq's own words about a URL quote it, and with it the password. */
static const char *wrong_url(const char *url)
{
	const char *authority = strstr(url, "://") + 3;
	size_t size = strcspn(authority, "/?");
	const char *at = memchr(authority, '@', size);

	if (at && memchr(at + 1, '@', size - (size_t)(at + 1 - authority)))
		return "it has two @; in a password one is written %40";
	PQconninfoOption *options = PQconninfoParse(url, NULL);
	bool wrong = !options || has_wrong_port(options);
	PQconninfoFree(options);
	return wrong ? FORM : NULL;
}

bool link_open(struct postgres_link *link, const char *place, struct postgres_attempts *attempts)
{
	*link = (struct postgres_link) { .attempts = attempts ? attempts : &link->own };
	attempts_begin(&link->own);
	if (asprintf(&link->url, "postgresql:%s", place) < 0)
		fatal();
	const char *wrong = postgres_library();
	if (!wrong)
		wrong = strncmp(place, "//", 2) == 0 ? wrong_url(link->url)
		        : "it must begin with postgresql://";
	if (wrong)
		log_error("store: the database's URL cannot be used: %s", wrong);
	return !wrong;
}

void link_close(struct postgres_link *link)
{
	if (link->connection)
		PQfinish(link->connection);
	attempts_end(&link->own);
	free(link->url);
	free(link->queue);
}

/* ---- Failure ---- */

void link_explain(struct postgres_link *link, const char *otherwise)
{
	const char *words = link->connection ? PQerrorMessage(link->connection) : "";
	size_t size = strcspn(words, "\n");

	/* "the server closed the connection unexpectedly" goes on with advice. */
	if (size == 0)
		snprintf(link->why, sizeof(link->why), "%s", otherwise);
	else
		snprintf(link->why, sizeof(link->why), "%.*s", (int)size, words);
}

void link_lost(struct postgres_link *link)
{
	PQfinish(link->connection);
	link->connection = NULL;
	link->listens = false;
	link->queued = 0;
}

/* ---- Connecting ---- */

static PGconn *connect_now(const char *url)
{
	/* What stands before the URL it may say otherwise; what stands behind it holds. Looking for
	 * Kerberos credentials that nobody has would cost half a MiB. */
	const char *const names[] = {
		"connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count",
		"tcp_user_timeout", "gssencmode", "fallback_application_name", "dbname",
		"client_encoding", "user", "password", NULL,
	};
	const char *const values[] = {
		"5", "4", "2", "3", "8000", "disable", program_invocation_short_name, url, "UTF8",
		user, password, NULL,
	};

	PGconn *connection = PQconnectdbParams(names, values, 1);
	if (!connection)
		fatal();
	return connection;
}

static void ignore_notice(void *context, const PGresult *notice)
{
	(void)context, (void)notice;
}

/* The server's side of a connection that was cut ends too, with its locks; and no plan is made for
 * a cursor's first rows only. */
#define TEXT_OF_(value) #value
#define TEXT_OF(value) TEXT_OF_(value)
#define SESSION \
	"set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3;" \
	"set cursor_tuple_fraction = 1; set extra_float_digits = 1;"
#define LIMITS \
	"set statement_timeout = " TEXT_OF(POSTGRES_STATEMENT_MS) ";" \
	"set lock_timeout = " TEXT_OF(STORE_WAIT_MS) ";" \
	"set idle_in_transaction_session_timeout = 60000"

/* For whom nobody waits: a worker, who waits longer, asks again. */
#define LOOP_LIMITS "set statement_timeout = %d; set default_transaction_read_only = on"

static bool send_session(const struct postgres_link *link)
{
	char session[sizeof(SESSION LOOP_LIMITS) + 16];

	if (!link->hurried_ms)
		return PQsendQuery(link->connection, link->unhurried ? SESSION : SESSION LIMITS);
	snprintf(session, sizeof(session), SESSION LOOP_LIMITS, link->hurried_ms);
	return PQsendQuery(link->connection, session);
}

static bool set_up(struct postgres_link *link)
{
	PGresult *result = NULL;

	PQsetNoticeReceiver(link->connection, ignore_notice, NULL);
	if (PQstatus(link->connection) != CONNECTION_OK
	    || PQsetnonblocking(link->connection, 1) != 0)
		return false;
	if (send_session(link))
		result = link_answer(link, tick_ms() + STORE_WAIT_MS);
	bool fine = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return fine;
}

static bool try_to_connect(struct postgres_link *link)
{
	link->connection = connect_now(link->url);
	link->number++;
	atomic_fetch_add(&store_counters.connects, 1);
	if (set_up(link)) {
		attempts_succeeded(link->attempts);
		link->made_ms = tick_ms();
		link->why[0] = '\0';
		return true;
	}
	if (link->connection)
		link_explain(link, "the connection was refused");
	link_lost(link);
	attempts_failed(link->attempts, link->why);
	return false;
}

/* Nothing comes unasked but the last words of a server that shuts down, and the end. */
static bool seems_alive(struct postgres_link *link)
{
	struct pollfd about = { .fd = PQsocket(link->connection), .events = POLLIN };

	if (poll(&about, 1, 0) != 0 && (!link->listens || !PQconsumeInput(link->connection)))
		return false;
	return PQstatus(link->connection) == CONNECTION_OK;
}

bool link_ready(struct postgres_link *link)
{
	bool looked = link->looked;

	link->looked = false;
	if (link->connection && (looked || seems_alive(link)))
		return true;
	if (link->connection)
		link_lost(link);
	return attempts_may(link->attempts, link->why) && try_to_connect(link);
}

/* ---- Waiting for an answer ---- */

/* False: the time is over, or the socket failed. */
static bool wait_for(struct postgres_link *link, short events, int64_t until_ms)
{
	struct pollfd about = { .fd = PQsocket(link->connection), .events = events };

	for (;;) {
		int64_t left_ms = until_ms ? until_ms - tick_ms() : -1;
		if (until_ms && left_ms <= 0) {
			snprintf(link->why, sizeof(link->why), "the database did not answer in time");
			return false;
		}
		int ready = poll(&about, 1, (int)left_ms);
		if (ready > 0)
			return true;
		if (ready < 0 && errno != EINTR)
			return false;
	}
}

static bool flush(struct postgres_link *link, int64_t until_ms)
{
	int left;

	while ((left = PQflush(link->connection)) > 0)
		if (!wait_for(link, POLLIN | POLLOUT, until_ms) || !PQconsumeInput(link->connection))
			return false;
	return left == 0;
}

static bool next_result(struct postgres_link *link, int64_t until_ms, PGresult **result)
{
	while (PQisBusy(link->connection))
		if (!wait_for(link, POLLIN, until_ms) || !PQconsumeInput(link->connection))
			return false;
	*result = PQgetResult(link->connection);
	return true;
}

static bool is_failure(const PGresult *result)
{
	/* To libpq no result is a failure. */
	return result && (PQresultStatus(result) == PGRES_FATAL_ERROR
	                  || PQresultStatus(result) == PGRES_BAD_RESPONSE);
}

/* The answers to what is queued come first, each ended by a NULL, and a mark ends them all. */
struct answers {
	PGresult *last;         /* or the first that is a failure: what follows it is a consequence */
	int count;
	bool over;
};

static void take(struct postgres_link *link, struct answers *answers, PGresult *result)
{
	if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
		answers->over = true;
	} else if (!result) {
		answers->over = !link->queued;
		answers->count++;
	} else if (!is_failure(answers->last)) {
		PQclear(answers->last);
		answers->last = result;
		if (is_failure(result) && answers->count < link->queued)
			link->failed_sql = link->queue[answers->count];
		return;
	}
	PQclear(result);
}

static bool collect(struct postgres_link *link, int64_t until_ms, struct answers *answers)
{
	PGresult *result;

	link->failed_sql = NULL;
	if ((link->queued && !PQpipelineSync(link->connection)) || !flush(link, until_ms))
		return false;
	while (!answers->over) {
		if (!next_result(link, until_ms, &result))
			return false;
		take(link, answers, result);
	}
	bool fine = PQstatus(link->connection) == CONNECTION_OK;
	if (fine && link->queued)
		fine = PQexitPipelineMode(link->connection);
	link->queued = 0;
	return fine;
}

PGresult *link_answer(struct postgres_link *link, int64_t until_ms)
{
	struct answers answers = { .last = NULL };

	link->why[0] = '\0';
	if (collect(link, until_ms, &answers) && answers.last)
		return answers.last;
	const char *words = is_failure(answers.last)
		? PQresultErrorField(answers.last, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	if (!link->why[0] && words)
		snprintf(link->why, sizeof(link->why), "%s", words);
	if (!link->why[0])
		link_explain(link, "the connection was lost");
	PQclear(answers.last);
	link_lost(link);
	return NULL;
}
