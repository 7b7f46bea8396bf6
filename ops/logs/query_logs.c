/* query_logs.c - see query_logs.h. */
#include "query_logs.h"

#include "ago.h"
#include "insights.h"
#include "mask.h"
#include "stamp.h"
#include "watched.h"

#define GIB (INT64_C(1) << 30)
#define ROWS_MAX 1000
#define COLUMNS_MAX 50
#define LAST_LOOK_MS 7000               /* so long before its deadline it answers with what there is */

const SHAPE(query_logs_shape, struct query_logs,
	TEXT(struct query_logs, query, "In Logs Insights' language. Our lines are JSON: their members are fields: level, message; of a call method, target (the tool),"
	     " caller, outcome (ok, error, fault; ours to mend: unavailable, deadline, mistake), status, ms; of both id, trace",
	     .required = true, AT_LEAST(1), AT_MOST(4000),
	     EXAMPLES("filter level = \"error\" | stats count(*) as n by message | sort n desc")),
	TEXTS(struct query_logs, services, services_count, "Whose logs; none: those of all services", AT_MOST(WATCHED_MAX)),
	TEXT(struct query_logs, since, "From when on: " AGO_WORDS, DEFAULT("1h"), AT_MOST(40)),
	TEXT(struct query_logs, until, "Until when, in the same words; else until now", AT_MOST(40)),
	INT(struct query_logs, limit, "How many rows", AT_LEAST(1), AT_MOST(ROWS_MAX), DEFAULT(100)),
	BOOL(struct query_logs, confirm, "True: the person agreed already to what it costs", DEFAULT(false)));

static SHAPE(query_row_shape, struct query_row, TEXTS(struct query_row, values, values_count, "One for each column; \"\": it has none"));

const SHAPE(queried_shape, struct queried,
	TEXT(struct queried, status, "Complete; Running: its time was up, and these are some of the rows; else it failed. Absent: it was not begun"),
	TEXTS(struct queried, columns, columns_count, "What the values of a row are"),
	LIST(struct queried, rows, rows_count, struct query_row, query_row_shape, "What it found"),
	TIME(struct queried, from, "Looked at from here"),
	TIME(struct queried, to, "to there"),
	INT(struct queried, bytes_scanned, "What it read", .required = true),
	INT(struct queried, records_matched, "Lines that its filters let through", .required = true),
	TEXT(struct queried, cost, "What that costs", .required = true),
	TIME(struct queried, as_of, "When it was so"),
	LIST(struct queried, gaps, gaps_count, struct gap, gap_shape, "What could not be had"));

/* From run to run. */
struct progress {
	int64_t now;                    /* of the first run */
	int64_t round;
};

struct consent {
	bool sure;
};
static SHAPE(consent_shape, struct consent, BOOL(struct consent, sure, "Run the query", .required = true));

struct results_of {
	const char *queryId;
};
static SHAPE(results_of_shape, struct results_of, PARAM(struct results_of, queryId));

/* NULL, or what is wrong. */
static const char *read_query(struct mcp_call *call, const struct query_logs *asked, int64_t now, struct insights_query *query)
{
	struct arena *arena = mcp_arena(call);
	size_t count = asked->services_count > 0 ? (size_t)asked->services_count : watched_count();
	int64_t from, to = now;

	if (!ago_read(asked->since, now, &from) || (asked->until && !ago_read(asked->until, now, &to)))
		return "since and until are " AGO_WORDS ".";
	if (from >= to)
		return "since is not before until.";
	if (insights_refused(asked->query))
		return insights_refused(asked->query);
	*query = (struct insights_query) {
		.queryString = asked->query, .startTime = from / 1000, .endTime = to / 1000, .limit = asked->limit,
		.logGroupNames = arena_array(arena, const char *, count), .logGroupNames_count = (int64_t)count,
	};
	for (size_t i = 0; i < count; i++)
		query->logGroupNames[i] = watched_log_group(arena, asked->services_count > 0 ? asked->services[i] : watched_services()[i]);
	return NULL;
}

static const char *unknown_service(const struct query_logs *asked)
{
	for (int64_t i = 0; i < asked->services_count; i++)
		if (!watched_find(asked->services[i]))
			return asked->services[i];
	return NULL;
}

/* ---- What it found ---- */

static int64_t column_of(struct queried *queried, const char *field)
{
	int64_t i = 0;

	while (i < queried->columns_count && strcmp(queried->columns[i], field) != 0)
		i++;
	if (i == queried->columns_count && i < COLUMNS_MAX)
		queried->columns[queried->columns_count++] = field;
	return i;
}

/* What AWS finds the whole line by is of no use to anybody else. */
static bool is_shown(const struct insights_cell *cell)
{
	return cell->field && cell->value && strcmp(cell->field, "@ptr") != 0;
}

static void find_columns(struct queried *queried, const struct insights_results *results)
{
	for (int64_t row = 0; row < results->results_count; row++)
		for (int64_t i = 0; i < results->results[row].items_count; i++)
			if (is_shown(&results->results[row].items[i]))
				column_of(queried, results->results[row].items[i].field);
}

static void fill_row(struct arena *arena, struct queried *queried, const struct insights_row *from, struct query_row *row)
{
	row->values_count = queried->columns_count;
	row->values = arena_array(arena, const char *, queried->columns_count);
	for (int64_t i = 0; i < row->values_count; i++)
		row->values[i] = "";
	for (int64_t i = 0; i < from->items_count; i++) {
		int64_t column = is_shown(&from->items[i]) ? column_of(queried, from->items[i].field) : COLUMNS_MAX;
		if (column < queried->columns_count)
			row->values[column] = mask_named(arena, from->items[i].field, from->items[i].value);
	}
	mask_row(arena, row->values, row->values_count);
}

static void fill(struct arena *arena, struct queried *queried, const struct insights_results *results)
{
	queried->status = results->status;
	queried->columns = arena_array(arena, const char *, COLUMNS_MAX);
	find_columns(queried, results);
	queried->rows_count = results->results_count < ROWS_MAX ? results->results_count : ROWS_MAX;
	queried->rows = arena_array(arena, struct query_row, queried->rows_count);
	for (int64_t i = 0; i < queried->rows_count; i++)
		fill_row(arena, queried, &results->results[i], &queried->rows[i]);
	if (results->statistics) {
		queried->bytes_scanned = count_of(results->statistics->bytesScanned);
		queried->records_matched = count_of(results->statistics->recordsMatched);
	}
}

static enum mcp_answer answer(struct look *look, struct arena *arena, const struct insights_query *query, struct queried *queried)
{
	queried->from = query->startTime * 1000;
	queried->to = query->endTime * 1000;
	queried->cost = insights_cost(arena, queried->bytes_scanned);
	queried->as_of = look->as_of;
	queried->gaps = look->gaps;
	queried->gaps_count = look->gaps_count;
	return mcp_return(look->call, queried_shape, queried);
}

/* ---- Rounds ---- */

/* Of the question after so many. */
static int64_t pause_ms(int64_t round)
{
	return round == 0 ? 300 : round < 5 ? 1000 : 5000;
}

/* What is asked for in a round is in an arena of its own, and gone with it. */
static enum mcp_answer look_in_round(struct look *look, struct arena *arena, const struct insights_query *query, const char *id,
                                     struct progress *progress, int64_t estimate)
{
	struct aws_about about = { .round = progress->round, .pause_ms = pause_ms(progress->round), .once = true, .arena = arena };
	struct insights_results results = { 0 };
	struct queried queried = { 0 };

	bool had = look_again_at(look, "the query's results", LOGS_GET_QUERY_RESULTS, results_of_shape, &(struct results_of) { id },
	                         insights_results_shape, &results, &about);
	if (look->pending)
		return MCP_WAITING;
	if (!had)
		return answer(look, arena, query, &queried);
	fill(arena, &queried, &results);
	if (!insights_runs(&results))
		aws_done(look->call, LOGS_START_QUERY);
	else if (mcp_time_left_ms(look->call) > LAST_LOOK_MS && mcp_progress(look->call, (double)queried.bytes_scanned, estimate > 0 ? (double)estimate : 0,
	         "%lld bytes were read", (long long)queried.bytes_scanned)) {
		progress->round++;
		return look_in_round(look, arena, query, id, progress, estimate);
	}
	return answer(look, arena, query, &queried);
}

static const char *price_in_words(struct arena *arena, int64_t estimate)
{
	if (estimate < 0)
		return "Nobody knows how much the query reads: half a cent a GB";
	return arena_print(arena, "The query may read %.1f GB, which costs about %s", (double)estimate / GIB, insights_cost(arena, estimate));
}

/* True: it may go out. Else `*answer` is what it comes to now. */
static bool may_cost(struct mcp_call *call, const struct query_logs *asked, int64_t estimate, enum mcp_answer *answer)
{
	struct consent consent = { .sure = true };
	const char *price = price_in_words(mcp_arena(call), estimate);

	*answer = MCP_WAITING;
	if (asked->confirm || (estimate >= 0 && estimate <= setting_int("OPS_QUERY_GB_MAX") * GIB))
		return true;
	switch (mcp_ask(call, "consent", consent_shape, &consent, "%s. Run it?", price)) {
	case MCP_PENDING:     return false;
	case MCP_ACCEPTED:    break;
	case MCP_UNAVAILABLE: *answer = mcp_cannot_ask(call, "%s. Ask the person, then pass confirm: true; or take a shorter time, or fewer services.",
	                                               price);
		return false;
	default:              consent.sure = false;
	}
	if (!consent.sure)
		*answer = mcp_fail(call, "The person did not agree, so no query was run. A shorter time or fewer services cost less.");
	return consent.sure;
}

static enum mcp_answer run(struct look *look, const struct query_logs *asked, const struct insights_query *query, struct progress *progress)
{
	struct insights_started started = { 0 };
	enum mcp_answer early;

	int64_t estimate = insights_estimate(look, query);
	if (look->pending)
		return MCP_WAITING;
	if (!may_cost(look->call, asked, estimate, &early))
		return early;
	if (!mcp_begin_task(look->call))
		return MCP_WAITING;
	bool begun = look_at(look, "the query", LOGS_START_QUERY, insights_query_shape, query, insights_started_shape, &started);
	if (look->pending)
		return MCP_WAITING;
	struct arena *arena = arena_create();
	enum mcp_answer answered = begun && started.queryId ? look_in_round(look, arena, query, started.queryId, progress, estimate)
		: answer(look, arena, query, &(struct queried) { 0 });
	arena_destroy(arena);
	return answered;
}

enum mcp_answer query_logs(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct query_logs *asked = in;
	struct progress *progress = aws_kept(call, sizeof(*progress));
	struct look look = look_begin(call, false);
	struct insights_query query;

	progress->now = progress->now ? progress->now : now_ms();
	if (unknown_service(asked))
		return watched_none(call, unknown_service(asked));
	const char *wrong = read_query(call, asked, progress->now, &query);
	return wrong ? mcp_fail(call, "%s", wrong) : run(&look, asked, &query, progress);
}
