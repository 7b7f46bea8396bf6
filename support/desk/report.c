/* report.c - support_report: how much was said in a period, by whom, and how it was found; a day at a time, so that it can be told how far
 * it is, and stopped. */
#include <stdio.h>

#include "desk.h"

#define DAY_MS INT64_C(86400000)
#define DAYS_MAX 400
#define NUMBER(n) NUMBER_(n)
#define NUMBER_(n) #n

struct report {
	int64_t from, to;
	const char *by;
};

/* A day, a week, a model; or all there is. */
struct figures {
	const char *label;
	bool has_conversations;         /* of a model nobody can say */
	int64_t conversations, escalated;
	int64_t rated, rating_sum, felt;
	double rating, sentiment, sentiment_sum;
	bool has_rating, has_sentiment;
	int64_t asked, person_answers;
	int64_t answers, cut;
	int64_t tokens_in, tokens_out, tokens_cached;
	struct figures *next;           /* the next model */
};

struct reported {
	int64_t from, to;
	const char *by;
	struct figures *rows;
	int64_t row_count;
	struct figures *total;
};

SHAPE(report_shape, struct report,
	TIME(struct report, from, "Begin of the period: a date, or a time with its zone", .required = true,
	     EXAMPLES("2026-11-01", "2026-11-01T09:30:00Z")),
	TIME(struct report, to, "End of the period, itself not part of it; for all of November the first of December", .required = true,
	     EXAMPLES("2026-12-01")),
	TEXT(struct report, by, "What to add up by", .required = true, ONE_OF("day", "week", "model")));

static SHAPE(figures_shape, struct figures,
	TEXT(struct figures, label, "The day, the Monday the week began with, or the model"),
	INT(struct figures, conversations, "Conversations that began", OPTIONAL(struct figures, has_conversations)),
	INT(struct figures, escalated, "Of those: that were passed on to a person", OPTIONAL(struct figures, has_conversations)),
	INT(struct figures, rated, "Of those: that were rated", OPTIONAL(struct figures, has_conversations)),
	REAL(struct figures, rating, "Their rating on average, 1 to 5", OPTIONAL(struct figures, has_rating)),
	REAL(struct figures, sentiment, "How their customers felt at last, on average, -1 to 1", OPTIONAL(struct figures, has_sentiment)),
	INT(struct figures, asked, "Messages of customers", OPTIONAL(struct figures, has_conversations)),
	INT(struct figures, person_answers, "Messages of persons of the shop", OPTIONAL(struct figures, has_conversations)),
	INT(struct figures, answers, "Answers of models", .required = true),
	INT(struct figures, cut, "Of those: that did not come to their end", .required = true),
	INT(struct figures, tokens_in, "Tokens that models read", .required = true),
	INT(struct figures, tokens_out, "Tokens that models wrote", .required = true),
	INT(struct figures, tokens_cached, "Of those read: from their cache", .required = true));

SHAPE(reported_shape, struct reported,
	TIME(struct reported, from, "Begin of the period", .required = true),
	TIME(struct reported, to, "End of the period", .required = true),
	TEXT(struct reported, by, "What the rows are", .required = true),
	LIST(struct reported, rows, row_count, struct figures, figures_shape,
	     "Days and weeks in their order, each of them; models by their names", .required = true),
	NEST(struct reported, total, struct figures, figures_shape, "All of the period", .required = true));

/* ---- Adding up ---- */

struct work {
	struct mcp_call *call;
	const struct report *asked;
	struct figures *rows;           /* a day or a week each */
	int64_t count;
	struct figures *models;         /* by name */
	int64_t model_count;
	struct figures total;
};

/* The model's, in the order of names. */
static struct figures *model_of(struct work *work, const char *name)
{
	struct figures **at = &work->models;

	while (*at && strcmp((*at)->label, name) < 0)
		at = &(*at)->next;
	if (*at && strcmp((*at)->label, name) == 0)
		return *at;
	struct figures *model = arena_new(mcp_arena(work->call), struct figures);
	model->label = name;
	model->next = *at;
	*at = model;
	work->model_count++;
	return model;
}

static void add_begun(struct figures *to, const struct begun *begun)
{
	to->conversations += begun->conversations;
	to->escalated += begun->escalated;
	to->rated += begun->rated;
	to->rating_sum += begun->rating_sum;
	to->felt += begun->felt;
	to->sentiment_sum += begun->sentiment_sum;
}

static void add_said(struct figures *to, const struct spoken *said)
{
	bool model = strcmp(said->role, "model") == 0;

	*(model ? &to->answers : strcmp(said->role, "person") == 0 ? &to->person_answers : &to->asked) += said->messages;
	to->cut += said->cut;
	/* With a customer's stands what became no answer, see turn_store.h. */
	to->tokens_in += said->tokens_in;
	to->tokens_out += said->tokens_out;
	to->tokens_cached += said->tokens_cached;
}

/* The row of the day; a week's is that of its Monday. 1970-01-01 was a Thursday. */
static struct figures *row_of(struct work *work, int64_t at)
{
	int64_t day = at / DAY_MS, first = work->asked->by[0] == 'w' ? day - (day + 3) % 7 : day;
	char time[TIME_TEXT_SIZE];

	time_print(first * DAY_MS, time);
	time[10] = '\0';
	if (work->count && strcmp(work->rows[work->count - 1].label, time) == 0)
		return &work->rows[work->count - 1];
	struct figures *row = &work->rows[work->count++];
	row->label = arena_copy(mcp_arena(work->call), str_of(time));
	return row;
}

static bool add_day(struct store *store, struct work *work, int64_t since, int64_t before)
{
	struct figures *row = row_of(work, since);
	struct figures_of day;

	if (!history_figures(store, mcp_arena(work->call), since, before, &day))
		return false;
	add_begun(row, &day.begun);
	add_begun(&work->total, &day.begun);
	for (int64_t i = 0; i < day.said_count; i++) {
		add_said(row, &day.said[i]);
		add_said(&work->total, &day.said[i]);
		if (strcmp(day.said[i].role, "model") == 0)
			add_said(model_of(work, day.said[i].author), &day.said[i]);
	}
	return true;
}

/* ---- Answering ---- */

static void finish(struct figures *figures)
{
	figures->has_conversations = true;
	figures->has_rating = figures->rated > 0;
	figures->has_sentiment = figures->felt > 0;
	if (figures->has_rating)
		figures->rating = (double)figures->rating_sum / (double)figures->rated;
	if (figures->has_sentiment)
		figures->sentiment = figures->sentiment_sum / (double)figures->felt;
}

static enum mcp_answer answer(struct work *work)
{
	const struct report *asked = work->asked;
	struct reported reported = { asked->from, asked->to, asked->by, work->rows, work->count, &work->total };

	for (int64_t i = 0; i < work->count; i++)
		finish(&work->rows[i]);
	finish(&work->total);
	if (asked->by[0] == 'm') {
		reported.rows = arena_array(mcp_arena(work->call), struct figures, work->model_count);
		reported.row_count = 0;
		for (const struct figures *model = work->models; model; model = model->next)
			reported.rows[reported.row_count++] = *model;
	}
	return mcp_return(work->call, reported_shape, &reported);
}

enum mcp_answer support_report(struct mcp_call *call, const void *in, struct store *store)
{
	const struct report *asked = in;
	int64_t days = (asked->to - asked->from) / DAY_MS + 2;
	struct work work = { .call = call, .asked = asked };

	if (asked->to <= asked->from)
		return mcp_fail(call, "`to` must be later than `from`; it is not part of the period.");
	if (asked->to - asked->from > DAYS_MAX * DAY_MS)
		return mcp_fail(call, "A report covers at most " NUMBER(DAYS_MAX) " days; ask for a shorter period.");
	work.rows = arena_array(mcp_arena(call), struct figures, days);
	for (int64_t since = asked->from, before; since < asked->to; since = before) {
		before = (since / DAY_MS + 1) * DAY_MS;
		before = before < asked->to ? before : asked->to;
		if (!add_day(store, &work, since, before))
			return mcp_fail(call, HISTORY_DOWN);
		if (!mcp_progress(call, (double)(before - asked->from), (double)(asked->to - asked->from), "up to %s",
		                  work.rows[work.count - 1].label))
			return mcp_fail(call, "The report was not finished in time; ask for a shorter period.");
	}
	return answer(&work);
}
