/* format.c - the usual formats of text, for those who want them asserted. */
#include <arpa/inet.h>

#include "schema_private.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_among(char c, const char *set)
{
	return c && strchr(set, c);
}

/* ---- Dates and times, RFC 3339 ---- */

/* Takes that many digits off. */
static bool takes_number(str *rest, size_t digits, int *value)
{
	*value = 0;
	for (size_t i = 0; i < digits; i++) {
		if (i >= rest->size || !is_digit(rest->at[i]))
			return false;
		*value = *value * 10 + (rest->at[i] - '0');
	}
	rest->at += digits;
	rest->size -= digits;
	return true;
}

static bool takes(str *rest, const char *any)
{
	if (rest->size == 0 || !is_among(*rest->at, any))
		return false;
	rest->at++;
	rest->size--;
	return true;
}

static bool takes_date(str *rest)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year, month, day;

	if (!takes_number(rest, 4, &year) || !takes(rest, "-") || !takes_number(rest, 2, &month) ||
	    !takes(rest, "-") || !takes_number(rest, 2, &day))
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] &&
	       (month != 2 || day < 29 || leap);
}

/* The minutes a time zone is ahead of UTC. */
static bool takes_zone(str *rest, int *ahead)
{
	int hour, minute;

	*ahead = 0;
	if (takes(rest, "zZ"))
		return true;
	bool behind = rest->size > 0 && *rest->at == '-';
	if (!takes(rest, "+-") || !takes_number(rest, 2, &hour) || !takes(rest, ":") ||
	    !takes_number(rest, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*ahead = (hour * 60 + minute) * (behind ? -1 : 1);
	return true;
}

static bool takes_time(str *rest)
{
	int hour, minute, second, ahead;

	if (!takes_number(rest, 2, &hour) || !takes(rest, ":") || !takes_number(rest, 2, &minute) ||
	    !takes(rest, ":") || !takes_number(rest, 2, &second))
		return false;
	if (takes(rest, ".")) {
		if (!takes(rest, "0123456789"))
			return false;
		while (takes(rest, "0123456789"))
			;
	}
	if (hour > 23 || minute > 59 || second > 60 || !takes_zone(rest, &ahead))
		return false;
	/* A leap second is the last of a day in UTC. */
	return second < 60 || (hour * 60 + minute - ahead + 2 * 1440) % 1440 == 1439;
}

static bool is_date(str text)
{
	return takes_date(&text) && text.size == 0;
}

static bool is_time(str text)
{
	return takes_time(&text) && text.size == 0;
}

static bool is_date_time(str text)
{
	return takes_date(&text) && takes(&text, "tT") && takes_time(&text) && text.size == 0;
}

/* ---- Hosts ---- */

static bool is_address(str text, int family)
{
	unsigned char address[16];
	char copy[INET6_ADDRSTRLEN];

	if (text.size >= sizeof(copy) || memchr(text.at, '\0', text.size))
		return false;
	memcpy(copy, text.at, text.size);
	copy[text.size] = '\0';
	return inet_pton(family, copy, address) == 1;
}

static bool is_ipv4(str text)
{
	return is_address(text, AF_INET);
}

static bool is_ipv6(str text)
{
	return is_address(text, AF_INET6);
}

static bool is_label(str label)
{
	for (size_t i = 0; i < label.size; i++)
		if (!is_alnum(label.at[i]) && label.at[i] != '-')
			return false;
	return label.size > 0 && label.size <= 63 && label.at[0] != '-' &&
	       label.at[label.size - 1] != '-';
}

static bool is_hostname(str text)
{
	if (text.size > 253)
		return false;
	do {
		if (!is_label(str_cut(&text, '.')))
			return false;
	} while (text.at);
	return true;
}

/* ---- Mail, RFC 5321 ---- */

static bool is_quoted(str local)
{
	if (local.size < 2 || local.at[0] != '"' || local.at[local.size - 1] != '"')
		return false;
	for (size_t i = 1; i + 1 < local.size; i++) {
		i += local.at[i] == '\\';
		if (i + 1 >= local.size || local.at[i] < ' ' || local.at[i] > '~' ||
		    (local.at[i] == '"' && local.at[i - 1] != '\\'))
			return false;
	}
	return true;
}

static bool is_atoms(str local)
{
	do {
		str atom = str_cut(&local, '.');
		if (atom.size == 0)
			return false;
		for (size_t i = 0; i < atom.size; i++)
			if (!is_alnum(atom.at[i]) && !is_among(atom.at[i], "!#$%&'*+-/=?^_`{|}~"))
				return false;
	} while (local.at);
	return true;
}

static bool is_mail_host(str host)
{
	if (host.size < 2 || host.at[0] != '[' || host.at[host.size - 1] != ']')
		return is_hostname(host);
	host = (str) { host.at + 1, host.size - 2 };
	if (!str_starts(host, "IPv6:"))
		return is_ipv4(host);
	return is_ipv6((str) { host.at + 5, host.size - 5 });
}

static bool is_email(str text)
{
	const char *at = text.size > 0 ? memrchr(text.at, '@', text.size) : NULL;

	if (!at)
		return false;
	str local = { text.at, (size_t)(at - text.at) };
	str host = { at + 1, text.size - local.size - 1 };
	return local.size <= 64 && (is_atoms(local) || is_quoted(local)) && is_mail_host(host);
}

/* ---- Addresses, RFC 3986 ---- */

static bool has_only(str part, const char *more)
{
	for (size_t i = 0; i < part.size; i++) {
		if (part.at[i] == '%') {
			if (part.size - i < 3 || !is_hex(part.at[i + 1]) || !is_hex(part.at[i + 2]))
				return false;
			i += 2;
		} else if (!is_alnum(part.at[i]) && !is_among(part.at[i], "-._~!$&'()*+,;=") &&
		           !is_among(part.at[i], more)) {
			return false;
		}
	}
	return true;
}

static bool is_authority(str text)
{
	const char *at = text.size > 0 ? memchr(text.at, '@', text.size) : NULL;

	if (at && !has_only(str_cut(&text, '@'), ":"))
		return false;
	if (text.size > 0 && text.at[0] == '[') {
		str host = str_cut(&text, ']');
		if (!text.at || !is_ipv6((str) { host.at + 1, host.size - 1 }))
			return false;
	} else {
		const char *colon = text.size > 0 ? memchr(text.at, ':', text.size) : NULL;
		size_t size = colon ? (size_t)(colon - text.at) : text.size;
		if (!has_only((str) { text.at, size }, ""))
			return false;
		text = (str) { text.at + size, text.size - size };
	}
	for (size_t i = 0; i < text.size; i++)
		if (i == 0 ? text.at[i] != ':' : !is_digit(text.at[i]))
			return false;
	return true;
}

static bool is_reference(str text)
{
	struct uri uri = uri_split(text);
	str first = uri.path;

	/* A colon in a path's first segment would end a scheme. */
	if (!uri.scheme.at && !uri.authority.at && memchr(text.at, ':', str_cut(&first, '/').size))
		return false;
	return (!uri.authority.at || is_authority(uri.authority)) && has_only(uri.path, ":@/") &&
	       has_only(uri.query, ":@/?") && has_only(uri.fragment, ":@/?");
}

static bool is_uri(str text)
{
	return uri_split(text).scheme.at && is_reference(text);
}

/* ---- UUIDs, RFC 9562 ---- */

static bool is_uuid(str text)
{
	for (size_t i = 0; i < text.size; i++) {
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
		if (hyphen ? text.at[i] != '-' : !is_hex(text.at[i]))
			return false;
	}
	return text.size == 36;
}

bool json_format_ok(const char *format, str text)
{
	static const struct { const char *name; bool (*is)(str text); } formats[] = {
		{ "email", is_email }, { "uri", is_uri }, { "uri-reference", is_reference },
		{ "date", is_date }, { "time", is_time }, { "date-time", is_date_time },
		{ "uuid", is_uuid }, { "ipv4", is_ipv4 }, { "ipv6", is_ipv6 },
		{ "hostname", is_hostname },
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(format, formats[i].name) == 0)
			return formats[i].is(text);
	return true;
}
