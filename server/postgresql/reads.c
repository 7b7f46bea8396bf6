/* reads.c - an event loop's connection to PostgreSQL: statements are sent as calls ask for them,
 * many on their way at once, and whoever asked is told when its answer has come.
 *
 * The statements of one turn of the loop end together (a Sync), so that they go out in one packet and their
 * answers come in one. All of it is for the usual case. What is slow holds up those behind it, so after the loop's
 * slow_ms all that wait are told to go elsewhere, and nothing more is sent until the rest has come; the server ends what
 * takes longer than its statement_ms. A text that was slow, or failed, stays away, twice as long each time; where it could
 * have been any of several, each of them goes out alone for as long. */
#include "reads.h"
#include "postgresql.h"
#include "statement_span.h"

#include <stdatomic.h>
#include <sys/ioctl.h>

#define AWAY_LEAST_MS 250
#define AWAY_MOST_MS 16000
#define QUICK_ENOUGH 1000               /* answers in time for one that was not: the machine was busy */
#define HUNG_MS 2500                    /* when the server should have ended it long ago */
#define ANSWER_MOST (256 * 1024)        /* bytes of rows: a loop has better to do than to read more */
#define PARTIAL_MOST (2 * ANSWER_MOST)  /* ... as they come, until one is whole */

static struct reads *reads_of(const struct store *store)
{
	return ((const struct postgres_store *)store)->reads;
}

static bool is_free(const struct reads *reads)
{
	return connection_of(reads) && !reads->clogged && !reads->broken && reads->statements < READS_MOST;
}

static bool may_read(struct store *store)
{
	struct reads *reads = reads_of(store);

	if (!reads)
		return false;
	if (!connection_of(reads))
		reads_dial(reads);
	return is_free(reads);
}

/* ---- What does not come as it should ---- */

/* Whoever waits is told that it waits for nothing. `came` may give up its answer, but sends nothing. */
static void leave_all(struct reads *reads)
{
	for (unsigned i = 0; i < reads->count; i++) {
		struct answer *answer = sent_at(reads, i)->answer;
		struct store_answers *of = answer ? answer->of : NULL;
		if (!of || of->left)
			continue;
		atomic_fetch_add(&store_counters.loop_reads_left, 1);
		of->left = true;
		of->came(of);
	}
}

void reads_forget(struct reads *reads)
{
	for (unsigned i = 0; i < reads->count; i++) {
		struct sent *sent = sent_at(reads, i);
		PQclear(sent->result);
		if (sent->answer && sent->answer->of)
			sent->answer->sent = false;     /* its call's */
		else if (sent->answer)
			answer_free(sent->answer);
	}
	reads->first = reads->count = 0;
}

static void lose(struct reads *reads)
{
	reads->clogged = true;
	reads->loop->watch(reads->loop, -1, false);
	link_lost(&reads->postgres->link);
	leave_all(reads);
	reads_forget(reads);
	reads->statements = reads->unended = 0;
	reads->clogged = reads->broken = reads->writes = reads->ends_alone = reads->fruitless = false;
	reads->partial = 0;
}

/* How long a text is not trusted that was slow, large, or failed. */
static int64_t away_ms(struct statement *statement)
{
	if (statement->quick >= QUICK_ENOUGH)
		statement->slow = 0;
	statement->quick = 0;
	int64_t away_ms = AWAY_LEAST_MS << statement->slow;
	if (away_ms < AWAY_MOST_MS)
		statement->slow++;
	return away_ms;
}

void statement_stays_away(struct statement *statement)
{
	statement->away_until_ms = tick_ms() + away_ms(statement);
}

/* What the oldest pipeline has still to answer: one of it is slow, and if there is but one it is known. */
static void suspect_first(struct reads *reads)
{
	struct statement *last = NULL;
	int count = 0;

	for (unsigned i = 0; i < reads->count && sent_at(reads, i)->what != SENT_SYNC; i++) {
		if (sent_at(reads, i)->what != SENT_STATEMENT)
			continue;
		struct statement *statement = sent_at(reads, i)->statement;
		if (statement != last)
			statement->alone_until_ms = tick_ms() + away_ms(statement);
		last = statement;
		count++;
	}
	if (count == 1)
		last->away_until_ms = last->alone_until_ms;
}

static void check_later(struct reads *reads)
{
	if (reads->checks || !reads->count)
		return;
	reads->checks = true;
	int patience_ms = reads->clogged ? HUNG_MS : reads->loop->slow_ms;
	reads->loop->check_at(reads->loop, sent_at(reads, 0)->at_ms + patience_ms);
}

static void socket_is_ready(struct store *store);

static void check_time(struct store *store)
{
	struct reads *reads = reads_of(store);

	reads->checks = false;
	/* It may have come while the loop was at something else. */
	socket_is_ready(store);
	if (!reads->count)
		return;
	int64_t age_ms = tick_ms() - sent_at(reads, 0)->at_ms;
	if (age_ms >= HUNG_MS) {
		lose(reads);
	} else if (age_ms >= reads->loop->slow_ms && !reads->clogged) {
		reads->clogged = true;
		suspect_first(reads);
		leave_all(reads);
	}
	check_later(reads);
}

/* ---- Sending ---- */

static void flush_later(struct reads *reads)
{
	if (!reads->flushes)
		reads->loop->flush_later(reads->loop);
	reads->flushes = true;
}

static struct sent *push(struct reads *reads, enum sent_what what, struct statement *statement)
{
	struct sent *sent = sent_at(reads, reads->count++);

	*sent = (struct sent) { .what = what, .statement = statement, .at_ms = tick_ms() };
	return sent;
}

static bool end_pipeline(struct reads *reads)
{
	if (!PQpipelineSync(connection_of(reads)))
		return false;
	push(reads, SENT_SYNC, NULL);
	reads->unended = 0;
	reads->ends_alone = false;
	return true;
}

static bool prepare(struct reads *reads, struct statement *statement)
{
	unsigned number = reads->postgres->link.number;

	if (statement->prepared_on == number)
		return true;
	if (!PQsendPrepare(connection_of(reads), statement->name, statement->text,
	                   statement->parameters, statement->types))
		return false;
	atomic_fetch_add(&store_counters.prepared, 1);
	push(reads, SENT_PREPARE, statement);
	statement->prepared_on = number;
	return true;
}

static bool send(struct reads *reads, struct statement *statement, bool alone)
{
	if (reads->unended && (alone || reads->ends_alone) && !end_pipeline(reads))
		return false;
	reads->ends_alone = alone;
	return prepare(reads, statement)
	       && PQsendQueryPrepared(connection_of(reads), statement->name, statement->parameters,
	                              statement->values, statement->sizes, statement->formats, 0);
}

/* libpq may learn of the end while it sends, and closes the socket: its number is the next one's that is opened. */
static bool is_open(struct reads *reads)
{
	bool open = PQsocket(connection_of(reads)) >= 0;

	if (!open)
		reads->loop->watch(reads->loop, -1, false);
	return open;
}

bool reads_send(struct reads *reads, struct statement *statement, struct answer *answer)
{
	int64_t now = tick_ms();

	if (!is_free(reads) || now < statement->away_until_ms)
		return false;
	span_begin(&answer->span);
	flush_later(reads);
	bool sent = send(reads, statement, now < statement->alone_until_ms);
	if (!is_open(reads) || !sent) {
		reads->broken = true;           /* others wait for it: not within somebody's run */
		return false;
	}
	atomic_fetch_add(&store_counters.statements, 1);
	atomic_fetch_add(&store_counters.loop_reads, 1);
	push(reads, SENT_STATEMENT, statement)->answer = answer;
	answer->sent = true;
	reads->statements++;
	reads->unended++;
	check_later(reads);
	return true;
}

/* False: the connection failed. */
static bool flush(struct reads *reads)
{
	int left = PQflush(connection_of(reads));

	/* To libpq what it can't send any more is sent. */
	if (PQstatus(connection_of(reads)) != CONNECTION_OK)
		left = -1;
	if (left >= 0 && reads->writes != (left > 0)) {
		reads->writes = left > 0;
		reads->loop->watch(reads->loop, PQsocket(connection_of(reads)), reads->writes);
	}
	return left >= 0;
}

static void end_turn(struct store *store)
{
	struct reads *reads = reads_of(store);

	reads->flushes = false;
	if (!connection_of(reads))
		return;
	if (reads->broken || (reads->unended && !end_pipeline(reads)) || !flush(reads))
		lose(reads);
}

/* ---- Receiving ---- */

/* It may have been prepared in vain, or the tables changed under its plan. */
static void prepare_anew(struct reads *reads, struct statement *statement)
{
	statement->prepared_on = 0;
	statement_rename(reads->postgres, statement);
}

/* What failed is not tried here again soon, but for what went down with another. */
static void look_at_failure(struct reads *reads, const struct sent *sent)
{
	const char *state = postgres_state(sent->result);
	bool stale = strcmp(state, "0A000") == 0 || strcmp(state, "26000") == 0;

	if (sent->what == SENT_PREPARE || stale)
		prepare_anew(reads, sent->statement);
	if (PQresultStatus(sent->result) != PGRES_PIPELINE_ABORTED && !stale)
		statement_stays_away(sent->statement);
}

static bool is_fine(const struct sent *sent, const struct store_answers *of)
{
	size_t size = PQresultMemorySize(sent->result);

	if (PQresultStatus(sent->result) != PGRES_TUPLES_OK)
		return false;
	if (size > ANSWER_MOST)
		statement_stays_away(sent->statement);
	return size <= ANSWER_MOST && of && budget_has(of->budget, size);
}

static void end_span(const struct sent *sent, const struct answer *answer)
{
	bool fine = answer->result;

	if (answer->span.recorded)
		statement_span_write(&answer->span, &postgresql_driver, kept_text(&sent->statement->kept), fine ? NULL : "left",
		                     fine ? PQntuples(answer->result) : -1);
}

static void answer_came(const struct sent *sent)
{
	struct answer *answer = sent->answer;
	struct store_answers *of = answer->of;

	answer->sent = false;
	if (is_fine(sent, of)) {
		answer->result = sent->result;
		answer_charge(answer, PQresultMemorySize(sent->result));
	} else {
		PQclear(sent->result);
	}
	end_span(sent, answer);
	if (!of) {
		answer_free(answer);
		return;
	}
	of->left = !answer->result;
	if (of->left)
		atomic_fetch_add(&store_counters.loop_reads_left, 1);
	of->came(of);
}

static struct sent pop(struct reads *reads)
{
	struct sent sent = *sent_at(reads, 0);

	reads->first = (reads->first + 1) % READS_PLACES;
	reads->count--;
	reads->statements -= sent.what == SENT_STATEMENT;
	if (!reads->count)
		reads->clogged = false;
	return sent;
}

static bool is_failure(const PGresult *result)
{
	return PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK;
}

static void ended(struct reads *reads)
{
	struct sent sent = pop(reads);

	if (is_failure(sent.result))
		look_at_failure(reads, &sent);
	else if (!reads->clogged && sent.statement->quick < QUICK_ENOUGH)
		sent.statement->quick++;
	if (sent.answer)
		answer_came(&sent);
	else
		PQclear(sent.result);
}

static bool is_expected(const struct sent *head, ExecStatusType status)
{
	/* What begins a COPY is given again and again. */
	return status != PGRES_COPY_OUT && status != PGRES_COPY_IN && status != PGRES_COPY_BOTH
	       && (status == PGRES_PIPELINE_SYNC) == (head->what == SENT_SYNC);
}

/* A result, and NULL behind it, for each thing that was sent; the end of a pipeline has no NULL. False: nothing
 * more, or what nobody asked for. */
static bool take(struct reads *reads, PGresult *result)
{
	struct sent *head = sent_at(reads, 0);

	if (!result) {
		if (!head->result)
			return false;
		ended(reads);
		return true;
	}
	if (!is_expected(head, PQresultStatus(result))) {
		PQclear(result);
		reads->broken = true;
		flush_later(reads);
		return false;
	}
	if (head->what == SENT_SYNC) {
		PQclear(result);
		pop(reads);
		return true;
	}
	PQclear(head->result);
	head->result = result;
	return true;
}

/* Rows without end are not waited for: they would all be kept until the last has come. */
static bool is_too_much(struct reads *reads)
{
	int more = 0;

	if (reads->fruitless)
		(void)ioctl(PQsocket(connection_of(reads)), FIONREAD, &more);
	reads->fruitless = reads->count;
	reads->partial += more;
	if (reads->partial <= PARTIAL_MOST)
		return false;
	if (reads->count && sent_at(reads, 0)->statement)
		statement_stays_away(sent_at(reads, 0)->statement);
	return true;
}

/* False: the connection is of no more use. */
static bool receive(struct reads *reads)
{
	PGconn *connection = connection_of(reads);

	if (!PQconsumeInput(connection))
		return false;
	while (!PQisBusy(connection) && reads->count && !reads->broken) {
		if (!take(reads, PQgetResult(connection)))
			break;
		reads->fruitless = false;
		reads->partial = 0;
	}
	return PQstatus(connection) == CONNECTION_OK;
}

static void socket_is_ready(struct store *store)
{
	struct reads *reads = reads_of(store);

	if (!connection_of(reads))
		return;
	/* Also where nothing is expected: a server has news of its settings. */
	bool lives = !is_too_much(reads) && receive(reads);
	/* Half of a TLS record may be left, and the socket no longer tells of it. */
	if (lives && reads->count && PQsslInUse(connection_of(reads)))
		lives = receive(reads);
	if (!lives || (reads->writes && !flush(reads)))
		lose(reads);
}

const struct driver_reads postgres_driver_reads = {
	.run = answers_run, .drop = answers_drop, .begin = reads_attach, .now = may_read,
	.ready = socket_is_ready, .flush = end_turn, .check = check_time,
	.dial = reads_connect, .dialled = reads_connected,
};
