/* headers.c - a request's headers: collected once, and refused where two readers could disagree
 * about where the request ends.
 *
 * libmicrohttpd before 1.0 makes it easy to disagree: a line that begins with a colon or a NUL ends
 * the headers for it, a NUL ends a value or the path, a CR may be anywhere, and a LF alone ends a
 * line. So with such a one it is checked that nothing lies between what it has found, see
 * is_seamless(). What cannot be seen from here are the lines between and behind the chunks of a
 * body; there, and behind proxies in any case, a connection serves one request: see closes() in
 * exchange.c. */
#include <stdlib.h>
#include <strings.h>

#include "inside.h"

#define HEADERS_MAX 200

/* RFC 9110, "Tokens". */
static bool is_token(const char *name, size_t size)
{
	static const uint32_t allowed[8] = { 0, 0x03ff6cfa, 0xc7fffffe, 0x57ffffff };

	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)name[i];

		if (!(allowed[c / 32] >> c % 32 & 1))
			return false;
	}
	return size > 0;
}

/* All but visible characters, spaces and tabs. */
static bool has_control(str text)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	uint64_t found = 0;
	size_t i = 0;

	/* Bytes under 0x20, or 0x7f; a tab is one of them. */
	for (; i + 8 <= text.size; i += 8) {
		uint64_t word, del;

		memcpy(&word, text.at + i, 8);
		del = word ^ ones * 0x7f;
		found |= ((word - ones * 0x20) & ~word & tops) | ((del - ones) & ~del & tops);
	}
	for (i = found ? 0 : i; i < text.size; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

struct collection {
	struct connection *connection;
	const char *why;                /* NULL: fine so far */
};

static struct header *next_place(struct connection *c)
{
	if (c->header_count == c->header_room) {
		c->header_room = (uint16_t)(c->header_room ? c->header_room * 2 : 16);
		c->headers = realloc(c->headers, c->header_room * sizeof(*c->headers));
		if (!c->headers)
			abort();
	}
	return &c->headers[c->header_count++];
}

static enum MHD_Result collect(void *cls, UNUSED enum MHD_ValueKind kind, const char *name,
                               size_t name_size, const char *value, size_t value_size)
{
	struct collection *collection = cls;

	if (!is_token(name, name_size))
		collection->why = "A header's name is malformed.";
	/* libmicrohttpd 0.9.75 appends a folded line to the name, not the value, and moves it. */
	else if (!value || value <= name)
		collection->why = "A header is folded.";
	else if (has_control((str) { value, value_size }))
		collection->why = "A header's value has a control character.";
	else if (collection->connection->header_count == HEADERS_MAX)
		collection->why = "There are too many headers.";
	if (collection->why)
		return MHD_NO;
	while (value_size > 0 && (value[value_size - 1] == ' ' || value[value_size - 1] == '\t'))
		value_size--;
	*next_place(collection->connection) = (struct header) {
		.name = name, .name_size = (uint32_t)name_size,
		.value = value, .value_size = (uint32_t)value_size };
	return MHD_YES;
}

static const struct header *find(const struct connection *c, const char *name, int *count)
{
	size_t size = strlen(name);
	const struct header *first = NULL;

	*count = 0;
	for (int i = 0; i < c->header_count; i++) {
		const struct header *header = &c->headers[i];

		if (header->name_size != size || strncasecmp(header->name, name, size) != 0)
			continue;
		if (!first)
			first = header;
		++*count;
	}
	return first;
}

str exchange_header(const struct exchange *x, const char *name)
{
	int count;
	const struct header *header = find(exchange_connection(x), name, &count);

	return header ? (str) { header->value, header->value_size } : (str) { 0 };
}

int exchange_header_count(const struct exchange *x, const char *name)
{
	int count;

	find(exchange_connection(x), name, &count);
	return count;
}

static bool read_length(str text, int64_t *length)
{
	return text.size > 0 && text.at[0] >= '0' && text.at[0] <= '9' && str_to_int(text, length);
}

/* RFC 9112, "Message Body Length": what smuggling is made of is refused. */
static const char *read_framing(struct exchange *x)
{
	str length = exchange_header(x, "Content-Length");
	str coding = exchange_header(x, "Transfer-Encoding");

	x->length = 0;
	if (coding.at) {
		if (length.at)
			return "There are both Content-Length and Transfer-Encoding.";
		if (x->http_1_0 || !str_is_nocase(coding, "chunked") ||
		    exchange_header_count(x, "Transfer-Encoding") != 1)
			return "The only Transfer-Encoding is chunked, in HTTP/1.1.";
		x->length = -1;
	} else if (length.at && (exchange_header_count(x, "Content-Length") != 1 ||
	                         !read_length(length, &x->length))) {
		return "Content-Length is malformed.";
	}
	return NULL;
}

/* ---- What libmicrohttpd before 1.0 lets through ---- */

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

/* Whether method, target, version and headers are all there is, from the first byte to the last. */
static bool is_seamless(const struct exchange *x, const char *method, const char *version)
{
	const struct connection *c = exchange_connection(x);
	size_t size = MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
	              ->header_size;
	const char *end = version + strlen(version);

	if (!follows(method + strlen(method), x->path, 0) ||
	    !follows(x->path + x->target_size, version, 0))
		return false;
	for (int i = 0; i < c->header_count; i++) {
		const struct header *header = &c->headers[i];

		if (!follows(end, header->name, 1) ||
		    !follows_blank(header->name + header->name_size, header->value))
			return false;
		end = header->value + strlen(header->value);
	}
	return follows(end, method + size, 2);
}

bool headers_read(struct exchange *x, const char *method, const char *version, const char **why)
{
	struct connection *c = exchange_connection(x);
	struct collection collection = { .connection = c };

	x->http_1_0 = strcmp(version, "HTTP/1.0") == 0;
	c->header_count = 0;
	MHD_get_connection_values_n(c->mhd, MHD_HEADER_KIND, collect, &collection);
	*why = collection.why;
	if (!*why && c->loop->http->lenient && !is_seamless(x, method, version))
		*why = "The headers are malformed.";
	if (*why)
		return false;
	int hosts = exchange_header_count(x, "Host");
	if (hosts > 1 || (hosts == 0 && !x->http_1_0))
		*why = "There must be one Host header.";
	else if (memchr(x->path, ' ', x->path_size) || has_control(exchange_path(x)))
		*why = "There is a space or a control character in the path.";
	else
		*why = read_framing(x);
	x->expects = str_is_nocase(exchange_header(x, "Expect"), "100-continue");
	return !*why;
}
