/* lenient.c - what libmicrohttpd before 1.0 gets wrong about a request.
 *
 * A line that begins with a colon or a NUL ends the headers for it, a NUL ends a value or the
 * path, a CR may be anywhere, and a LF alone ends a line. So with such a one it is checked that
 * nothing lies between what it has found: lenient_is_seamless(). What cannot be seen from here
 * are the lines between and behind the chunks of a body; there, and behind proxies in any case,
 * a connection serves one request: see closes() in exchange.c.
 *
 * What it refuses for its Content-Length it answers twice: lenient_refuse_lengths(). */
#include <stdio.h>
#include <sys/socket.h>

#include "inside.h"

/* It writes NULs over what ends a text, and only there: the end of a line is two, CR and LF. */
static bool follows(const char *end, const char *next, int line_ends)
{
	if (next != end + (line_ends ? 2 * line_ends : 1))
		return false;
	while (end < next)
		if (*end++ != '\0')
			return false;
	return true;
}

static bool follows_blank(const char *end, const char *next)
{
	if (*end++ != '\0')
		return false;
	while (end < next && (*end == ' ' || *end == '\t'))
		end++;
	return end == next;
}

bool lenient_is_seamless(const struct exchange *x, const char *method, const char *version)
{
	const struct connection *c = exchange_connection(x);
	size_t size = MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
	              ->header_size;
	const char *end = version + strlen(version);

	if (!follows(method + strlen(method), x->target, 0) ||
	    !follows(x->target + x->target_size, version, 0))
		return false;
	for (int i = 0; i < c->header_count; i++) {
		const struct header *header = &c->headers[i];

		if (!follows(end, header->name, 1) ||
		    !follows_blank(header->name + header->name_size, header->value))
			return false;
		/* What was trimmed is before its NUL: there is no other control character. */
		for (end = header->value + header->value_size; *end == ' ' || *end == '\t';)
			end++;
	}
	return follows(end, method + size, 2);
}

/* ---- Lengths ---- */

/* As it looks for it: at the first, and only where the body comes in no chunks. */
static bool has_bad_length(struct MHD_Connection *mhd)
{
	const char *length = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Content-Length");
	int64_t value;

	if (!length || MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Transfer-Encoding"))
		return false;
	return *length == '-' || !str_to_int(str_of(length), &value);
}

/* It is told nothing more: what libmicrohttpd sends after this goes nowhere, so it closes. */
static void refuse_length(struct connection *c)
{
	static const char why[] = "Content-Length is malformed.";
	char answer[256];
	int size = snprintf(answer, sizeof(answer),
		"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n"
		"Content-Length: %zu\r\n\r\n%s", sizeof(why) - 1, why);

	if (send(c->fd, answer, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
		shutdown(c->fd, SHUT_WR);
}

/* It is in the middle of one, and does not say of which. But whoever has such a length is refused,
 * whatever else it sends. */
void lenient_refuse_lengths(struct loop *loop)
{
	for (struct connection *c = loop->phases[PHASE_HEADERS].first; c; c = c->next)
		if (has_bad_length(c->mhd))
			refuse_length(c);
}
