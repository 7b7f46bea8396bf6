/* time.c - clocks, and times as RFC 3339 text. */
#include <stdatomic.h>
#include <time.h>

#include "clock.h"

#define DAY_MS INT64_C(86400000)
#define FIRST_MS INT64_C(-62167219200000)       /* 0000-01-01T00:00:00Z */
#define LAST_MS INT64_C(253402300799999)        /* 9999-12-31T23:59:59.999Z */

static int64_t read_us(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static _Thread_local int64_t held_ms;
static atomic_llong wall_passed_ms, tick_passed_ms;

void clock_pass(int64_t ms)
{
	atomic_fetch_add(&wall_passed_ms, ms);
	atomic_fetch_add(&tick_passed_ms, ms);
}

void clock_present(void)
{
	atomic_store(&wall_passed_ms, 0);
}

int64_t wall_ms(void)
{
	return read_us(CLOCK_REALTIME) / 1000 + atomic_load_explicit(&wall_passed_ms, memory_order_relaxed);
}

int64_t now_ms(void)
{
	return held_ms ? held_ms : wall_ms();
}

void now_hold(int64_t at_ms)
{
	held_ms = at_ms;
}

struct timespec tick_in(int64_t ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_nsec += ms % 1000 * 1000000;
	at.tv_sec += ms / 1000 + at.tv_nsec / 1000000000;
	at.tv_nsec %= 1000000000;
	return at;
}

int64_t tick_ms(void)
{
	return tick_us() / 1000;
}

int64_t tick_us(void)
{
	return read_us(CLOCK_MONOTONIC) + 1000 * atomic_load_explicit(&tick_passed_ms, memory_order_relaxed);
}

/* ---- Days and dates: a year is counted from March, so that its odd day comes last ---- */

struct date {
	int64_t year;
	int month, day;                 /* from 1 */
};

static int64_t days_of(struct date date)
{
	int64_t year = date.month <= 2 ? date.year - 1 : date.year;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t in_era = year - era * 400;
	int64_t in_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;

	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

static struct date date_of(int64_t days)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t in_era = shifted - era * 146097;
	int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
	int month = (int)((5 * in_year + 2) / 153);
	int day = (int)(in_year - (153 * month + 2) / 5 + 1);

	month += month < 10 ? 3 : -9;
	return (struct date) { year + era * 400 + (month <= 2), month, day };
}

static int days_in_month(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* ---- Text ---- */

/* Appends `digits` digits and, unless it is 0, the character that follows them. */
static char *put(char *at, int64_t value, int digits, char behind)
{
	for (int i = digits - 1; i >= 0; i--, value /= 10)
		at[i] = (char)('0' + value % 10);
	at += digits;
	if (behind)
		*at++ = behind;
	return at;
}

void time_print(int64_t at_ms, char text[TIME_TEXT_SIZE])
{
	int64_t bounded = at_ms < FIRST_MS ? FIRST_MS : at_ms > LAST_MS ? LAST_MS : at_ms;
	int64_t days = (bounded >= 0 ? bounded : bounded - (DAY_MS - 1)) / DAY_MS;
	int64_t in_day = bounded - days * DAY_MS;
	struct date date = date_of(days);
	char *at = text;

	at = put(at, date.year, 4, '-');
	at = put(at, date.month, 2, '-');
	at = put(at, date.day, 2, 'T');
	at = put(at, in_day / 3600000, 2, ':');
	at = put(at, in_day / 60000 % 60, 2, ':');
	at = put(at, in_day / 1000 % 60, 2, in_day % 1000 ? '.' : 'Z');
	if (in_day % 1000)
		at = put(at, in_day % 1000, 3, 'Z');
	*at = '\0';
}

/* Takes exactly that many digits off the front. */
static bool take(str *rest, int digits, int *value)
{
	*value = 0;
	if (rest->size < (size_t)digits)
		return false;
	for (int i = 0; i < digits; i++) {
		if (rest->at[i] < '0' || rest->at[i] > '9')
			return false;
		*value = *value * 10 + (rest->at[i] - '0');
	}
	rest->at += digits;
	rest->size -= (size_t)digits;
	return true;
}

static bool take_one_of(str *rest, const char *allowed, char *taken)
{
	if (rest->size == 0 || !rest->at[0] || !strchr(allowed, rest->at[0]))
		return false;
	*taken = rest->at[0];
	rest->at++;
	rest->size--;
	return true;
}

static bool take_date(str *rest, int64_t *days)
{
	int year, month, day;
	char dash;

	if (!take(rest, 4, &year) || !take_one_of(rest, "-", &dash) || !take(rest, 2, &month) ||
	    !take_one_of(rest, "-", &dash) || !take(rest, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	*days = days_of((struct date) { year, month, day });
	return true;
}

/* Any number of digits behind the point; those behind milliseconds are cut off. */
static bool take_fraction(str *rest, int64_t *ms)
{
	int64_t worth = 100;
	char point;
	int digit;

	if (!take_one_of(rest, ".", &point))
		return true;
	if (!take(rest, 1, &digit))
		return false;
	do {
		*ms += digit * worth;
		worth /= 10;
	} while (take(rest, 1, &digit));
	return true;
}

static bool take_clock(str *rest, int64_t *ms)
{
	int hour, minute, second;
	char colon;

	if (!take(rest, 2, &hour) || !take_one_of(rest, ":", &colon) || !take(rest, 2, &minute) ||
	    !take_one_of(rest, ":", &colon) || !take(rest, 2, &second))
		return false;
	/* 60 is a leap second: it counts as the second behind it. */
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*ms = ((hour * INT64_C(60) + minute) * 60 + second) * 1000;
	return take_fraction(rest, ms);
}

static bool take_offset(str *rest, int64_t *ms)
{
	char sign, colon;
	int hour, minute;

	*ms = 0;
	if (!take_one_of(rest, "Zz+-", &sign))
		return false;
	if (sign == 'Z' || sign == 'z')
		return true;
	if (!take(rest, 2, &hour) || !take_one_of(rest, ":", &colon) || !take(rest, 2, &minute) ||
	    hour > 23 || minute > 59)
		return false;
	*ms = (hour * INT64_C(60) + minute) * 60000 * (sign == '-' ? -1 : 1);
	return true;
}

bool time_parse(str text, int64_t *at_ms)
{
	int64_t days, clock = 0, offset = 0;
	char between;

	if (!take_date(&text, &days))
		return false;
	if (text.size > 0 && (!take_one_of(&text, "Tt ", &between) || !take_clock(&text, &clock) ||
	                      !take_offset(&text, &offset)))
		return false;
	if (text.size > 0)
		return false;
	*at_ms = days * DAY_MS + clock - offset;
	return true;
}
