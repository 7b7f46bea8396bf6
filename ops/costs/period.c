/* period.c - see period.h. Days are milliseconds of their midnight; months are found by their first days. */
#include "period.h"

#define DAY_MS INT64_C(86400000)
#define AGE_DAYS_MAX 1500               /* AWS keeps figures of 38 months at most */

static void print_day(int64_t at_ms, char day[DAY_SIZE])
{
	char text[TIME_TEXT_SIZE];

	time_print(at_ms, text);
	memcpy(day, text, DAY_SIZE - 1);
	day[DAY_SIZE - 1] = '\0';
}

static bool read_day(str text, int64_t *at_ms)
{
	return text.size == DAY_SIZE - 1 && time_parse(text, at_ms);
}

static int64_t month_of(int64_t at_ms)
{
	char day[DAY_SIZE];
	int64_t first = at_ms;

	print_day(at_ms, day);
	memcpy(day + 8, "01", 2);
	return read_day(str_of(day), &first) ? first : at_ms;
}

static int64_t month_before(int64_t first_ms)
{
	return month_of(first_ms - DAY_MS);
}

static int64_t month_after(int64_t first_ms)
{
	return month_of(first_ms + 31 * DAY_MS);
}

/* From, and the day after. */
struct span { int64_t from, end; };

static bool read_month(str words, struct span *span)
{
	char day[DAY_SIZE] = "";

	if (words.size != sizeof("2026-10") - 1)
		return false;
	memcpy(day, words.at, words.size);
	memcpy(day + words.size, "-01", sizeof("-01"));
	if (!read_day(str_of(day), &span->from))
		return false;
	span->end = month_after(span->from);
	return true;
}

static bool read_last_days(str words, int64_t today, struct span *span)
{
	int64_t days;

	if (!str_starts(words, "last "))
		return false;
	str count = { words.at + 5, words.size - 5 };
	str number = str_cut(&count, ' ');
	if (!(str_is(count, "days") || str_is(count, "day")) || !str_to_int(number, &days) || days < 1 || days > PERIOD_DAYS_MAX)
		return false;
	*span = (struct span) { today + DAY_MS - days * DAY_MS, today + DAY_MS };
	return true;
}

static bool read_dates(str words, struct span *span)
{
	static const char to[] = " to ";
	size_t size = DAY_SIZE - 1, between = sizeof(to) - 1;

	if (words.size < size || !read_day((str) { words.at, size }, &span->from))
		return false;
	span->end = span->from;
	str rest = { words.at + size, words.size - size };
	if (rest.size > 0 && (!str_starts(rest, to) || !read_day((str) { rest.at + between, rest.size - between }, &span->end)))
		return false;
	span->end += DAY_MS;
	return true;
}

static bool read_span(str words, int64_t today, struct span *span)
{
	int64_t month = month_of(today);

	if (str_is_nocase(words, "this month"))
		*span = (struct span) { month, month_after(month) };
	else if (str_is_nocase(words, "last month"))
		*span = (struct span) { month_before(month), month };
	else
		return read_last_days(words, today, span) || read_month(words, span) || read_dates(words, span);
	return true;
}

/* What begins with a month is compared with the month before: with all of it where it is whole, else with as many days. */
static struct span before(const struct span *span)
{
	int64_t last = month_before(span->from), same = last + (span->end - span->from);

	if (month_of(span->from) != span->from || span->end > month_after(span->from))
		return (struct span) { 2 * span->from - span->end, span->from };
	return (struct span) { last, span->end == month_after(span->from) || same > span->from ? span->from : same };
}

bool period_read(const char *words, int64_t now_ms, struct period *period)
{
	int64_t today = now_ms - now_ms % DAY_MS;
	struct span span;

	if (!read_span(str_trim(str_of(words)), today, &span) || span.from < today - AGE_DAYS_MAX * DAY_MS)
		return false;
	if (span.end > today + DAY_MS)
		span.end = today + DAY_MS;
	period->days = (span.end - span.from) / DAY_MS;
	if (period->days < 1 || period->days > PERIOD_DAYS_MAX)
		return false;
	struct span earlier = before(&span);
	period->running = span.end > today;
	print_day(span.from, period->from);
	print_day(span.end - DAY_MS, period->to);
	print_day(span.end, period->end);
	print_day(earlier.from, period->before_from);
	print_day(earlier.end, period->before_end);
	print_day(today, period->today);
	print_day(month_after(month_of(today)), period->next_month);
	return true;
}
