/* ago.c - see ago.h. */
#include "ago.h"

#define MINUTE_MS INT64_C(60000)
#define DAYS_MAX 10000

static const struct { char letter; int64_t ms; } units[] = {
	{ 'm', MINUTE_MS }, { 'h', 60 * MINUTE_MS }, { 'd', 1440 * MINUTE_MS }, { 'w', 7 * 1440 * MINUTE_MS },
};

static bool read_count(str text, int64_t *ago_ms)
{
	int64_t count;

	if (text.size < 2 || !str_to_int((str) { text.at, text.size - 1 }, &count) || count < 1 || count > DAYS_MAX * 1440)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (units[i].letter == text.at[text.size - 1]) {
			*ago_ms = count * units[i].ms;
			return *ago_ms <= DAYS_MAX * 1440 * MINUTE_MS;
		}
	return false;
}

bool ago_read(const char *text, int64_t now_ms, int64_t *at_ms)
{
	str words = str_trim(str_of(text));
	int64_t ago_ms, at;

	if (read_count(words, &ago_ms))
		at = now_ms - ago_ms;
	else if (!time_parse(words, &at) || at > now_ms)
		return false;
	*at_ms = at;
	return true;
}
