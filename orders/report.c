/* report.c - sales_report: goes through every line sold in a period, in constant memory but for the
 * groups, and tells how far it is. */
#include <stdio.h>

#include "group.h"
#include "money.h"

#define DAY_MS INT64_C(86400000)
#define DAYS_MAX 400                    /* a report by day of more is no use to anyone */
#define NUMBER(n) NUMBER_(n)
#define NUMBER_(n) #n
#define TOP 20                          /* rows, where nobody says how many */
#define TELL_EVERY 500                  /* orders */
#define ORDER_ID_SIZE (64 * 4 + 1)      /* 64 letters, whatever they are */

struct report {
	int64_t from, to;
	const char *by;
	const char *currency;
	int64_t top;
};

struct reported {
	int64_t from, to;
	const char *by;
	struct group *rows;
	int64_t row_count;
	struct group *totals;
	int64_t total_count;
	int64_t left_out;
};

SHAPE(report_shape, struct report,
	TIME(struct report, from, "Begin of the period: a date, or a time with its zone",
	     .required = true, EXAMPLES("2011-01-01", "2011-01-01T09:30:00Z")),
	TIME(struct report, to, "End of the period, itself not part of it; for all of January 2011"
	     " the first of February", .required = true, EXAMPLES("2011-02-01")),
	TEXT(struct report, by, "What to add up by", .required = true,
	     ONE_OF("day", "month", "country", "product")),
	TEXT(struct report, currency, "Left out there is a row for each currency; otherwise only"
	     " orders in this one, an ISO 4217 code", AT_LEAST(3), AT_MOST(3), EXAMPLES("GBP")),
	INT(struct report, top, "By product or country: how many rows, those with the most revenue",
	    AT_LEAST(1), AT_MOST(1000), DEFAULT(TOP)));

SHAPE(reported_shape, struct reported,
	TIME(struct reported, from, "Begin of the period", .required = true),
	TIME(struct reported, to, "End of the period", .required = true),
	TEXT(struct reported, by, "What the rows are", .required = true),
	LIST(struct reported, rows, row_count, struct group, group_shape,
	     "Days and months in order; countries and products by revenue, the highest first",
	     .required = true),
	INT(struct reported, left_out, "How many more rows there are; raise `top` to see them",
	    .required = true),
	LIST(struct reported, totals, total_count, struct group, group_shape,
	     "Everything in the period, for each currency", .required = true));

/* ---- Adding up ---- */

/* A line that was sold. */
struct sale {
	int64_t placed_at;
	const char *order_id;
	const char *country;
	const char *sku, *name;
	int64_t quantity;
	struct money unit_price;
};

static SHAPE(sale_shape, struct sale,
	TIME(struct sale, placed_at, ""),
	TEXT(struct sale, order_id, ""),
	TEXT(struct sale, country, ""),
	TEXT(struct sale, sku, ""),
	TEXT(struct sale, name, ""),
	INT(struct sale, quantity, ""),
	MONEY(struct sale, unit_price, ""));

struct work {
	struct mcp_call *call;
	char by;                        /* its first letter */
	struct groups groups, totals;
	char order_id[ORDER_ID_SIZE];   /* of the line before */
	int64_t orders, orders_in_all;
	bool stopped;
	bool too_much;                  /* it can't be added up in this currency: */
	char currency[sizeof("GBP")];
};

static const char *label_of(char by, const struct sale *sale, char time[TIME_TEXT_SIZE])
{
	switch (by) {
	case 'c': return sale->country;
	case 'p': return sale->sku;
	default:
		time_print(sale->placed_at, time);
		time[by == 'd' ? 10 : 7] = '\0';
		return time;
	}
}

/* False: the caller does not want the report any more. */
static bool begin_order(struct work *work, const char *id)
{
	snprintf(work->order_id, sizeof(work->order_id), "%s", id);
	if (++work->orders % TELL_EVERY)
		return true;
	/* There may be more than were counted before. */
	if (work->orders_in_all < work->orders)
		work->orders_in_all = work->orders;
	work->stopped = !mcp_progress(work->call, (double)work->orders,
	                              (double)work->orders_in_all, "%lld of %lld orders",
	                              (long long)work->orders, (long long)work->orders_in_all);
	return !work->stopped;
}

static bool add_sale(void *context, const void *row)
{
	struct work *work = context;
	const struct sale *sale = row;
	const char *currency = sale->unit_price.currency;
	int64_t units = sale->quantity, price = sale->unit_price.minor;
	char time[TIME_TEXT_SIZE];

	if (strcmp(work->order_id, sale->order_id) != 0 && !begin_order(work, sale->order_id))
		return false;
	struct group *group = groups_find(&work->groups, label_of(work->by, sale, time), currency);
	if (work->by == 'p' && sale->name && !group->name)
		group->name = arena_copy(work->groups.arena, str_of(sale->name));
	/* The total of all is the greatest sum, so nothing else is too much where it is not. */
	work->too_much = !group_add(group, work->orders, units, price) ||
	                 !group_add(groups_find(&work->totals, "", currency), work->orders, units,
	                            price);
	snprintf(work->currency, sizeof(work->currency), "%s", currency);
	return !work->too_much;
}

/* ---- Reading ---- */

struct period {
	int64_t since, before;          /* as numbers, since 1970-01-01 is a time too */
	const char *currency;
};

static SHAPE(period_shape, struct period,
	INT(struct period, since, ""),
	INT(struct period, before, ""),
	TEXT(struct period, currency, ""));

#define IN_PERIOD \
	" o.placed_at >= :since and o.placed_at < :before" \
	" and o.status not in ('recording', 'committing', 'cancelled')" \
	" and (:currency is null or o.total_currency = :currency)"

static bool count_orders(struct store *store, const struct period *period, struct work *work)
{
	struct group count;

	if (store_find_one(store, mcp_arena(work->call),
	                   "select count(*) as orders from orders o where" IN_PERIOD,
	                   period_shape, period, group_shape, &count) != 1)
		return false;
	work->orders_in_all = count.orders;
	return true;
}

static bool read_sales(struct store *store, const struct period *period, struct work *work)
{
	return store_each(store,
	                  "select o.placed_at, o.id as order_id, o.country, l.sku, l.name,"
	                  " l.quantity, l.unit_price, l.unit_price_currency"
	                  " from orders o join order_line l on l.order_id = o.id where" IN_PERIOD
	                  " order by o.placed_at, o.id", period_shape, period, sale_shape,
	                  add_sale, work);
}

/* ---- Answering ---- */

/* The first `top` of each currency stay, in place. */
static int64_t cut(struct groups *groups, int64_t top)
{
	int64_t kept = 0, of_currency = 0;

	for (int64_t i = 0; i < groups->count; i++) {
		bool same = i && strcmp(groups->at[i].revenue.currency,
		                        groups->at[i - 1].revenue.currency) == 0;
		of_currency = same ? of_currency + 1 : 1;
		if (of_currency <= top)
			groups->at[kept++] = groups->at[i];
	}
	return kept;
}

static void finish(struct work *work, const struct report *asked, struct reported *reported)
{
	bool ranked = work->by == 'p' || work->by == 'c';

	groups_sort(&work->groups, ranked);
	groups_sort(&work->totals, ranked);
	for (int64_t i = 0; i < work->totals.count; i++)
		work->totals.at[i].label = NULL;
	int64_t kept = ranked ? cut(&work->groups, asked->top) : work->groups.count;
	*reported = (struct reported) {
		asked->from, asked->to, asked->by, work->groups.at, kept, work->totals.at,
		work->totals.count, work->groups.count - kept,
	};
}

/* NULL, or why there is no report. */
static const char *check(const struct report *asked)
{
	if (asked->to <= asked->from)
		return "`to` must be later than `from`; it is not part of the period.";
	if (asked->by[0] == 'd' && asked->to - asked->from > DAYS_MAX * DAY_MS)
		return "A report by day covers at most " NUMBER(DAYS_MAX) " days; use by: \"month\" for"
		       " longer periods.";
	return NULL;
}

static const char *make(struct mcp_call *call, struct store *store, const struct report *asked,
                        struct reported *reported)
{
	struct work work = { .call = call, .by = asked->by[0] };
	struct period period = { asked->from, asked->to, asked->currency };
	const char *why = check(asked);

	if (why)
		return why;
	groups_begin(&work.groups, mcp_arena(call));
	groups_begin(&work.totals, mcp_arena(call));
	if (!count_orders(store, &period, &work) || !read_sales(store, &period, &work))
		return BOOK_DOWN;
	if (work.too_much)
		return arena_print(mcp_arena(call), "What was sold in %s is more than can be counted;"
		                   " ask for a shorter period.", work.currency);
	if (work.stopped)
		return "The report was not finished in time; ask for a shorter period.";
	finish(&work, asked, reported);
	return NULL;
}

enum mcp_answer sales_report(struct mcp_call *call, const void *in, struct store *store)
{
	const struct report *asked = in;
	struct report report = *asked;
	struct reported reported;

	/* A currency in lower case is meant all the same. */
	report.currency = asked->currency ? id_capitals(mcp_arena(call), asked->currency) : NULL;
	if (report.currency && !currency_valid(str_of(report.currency)))
		return mcp_fail(call, "There is no currency %s in ISO 4217; give a code such as GBP, or"
		                " none for all.", asked->currency);
	const char *why = make(call, store, &report, &reported);
	return why ? mcp_fail(call, "%s", why) : mcp_return(call, reported_shape, &reported);
}

const char *report_of(struct mcp_call *call, struct store *store, int64_t from, int64_t to,
                      const char *by, const char **why)
{
	struct reported reported;

	*why = make(call, store, &(struct report) { from, to, by, NULL, TOP }, &reported);
	return *why ? NULL : mcp_json(call, reported_shape, &reported);
}
