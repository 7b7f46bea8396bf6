/* headers.c - a request's headers: collected once, and refused where two readers could disagree
 * about where the request ends, or what a header says.
 *
 * A name that comes in several lines has the value of all of them, as one list (RFC 9110, 5.3):
 * there is no way to see only the first of them, so a list is whole, and a value that can only
 * be one is none of two. */
#include <stdlib.h>
#include <strings.h>

#include "every.h"
#include "fatal.h"
#include "inside.h"

#define HEADERS_MAX 200

static inline uint64_t load_word(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* Eight letters and hyphens, of which nearly every name is made. */
static inline bool are_letters(uint64_t word)
{
	uint64_t small = word | EVERY(0x20);
	uint64_t hyphen = EVERY(0x80) - ((word ^ EVERY('-')) & EVERY(0x7f));
	uint64_t letter = (small + EVERY(0x80 - 'a')) & ~(small + EVERY(0x7f - 'z'));

	/* A byte that is not ASCII may spoil those above it, but is seen by itself. */
	return ((letter | hyphen) & ~word & EVERY(0x80)) == EVERY(0x80);
}

/* RFC 9110, "Tokens". */
static bool is_token(const char *name, size_t size)
{
	static const uint32_t allowed[8] = { 0, 0x03ff6cfa, 0xc7fffffe, 0x57ffffff };
	size_t i = 0;

	while (size - i >= 8 && are_letters(load_word(name + i)))
		i += 8;
	if (i > 0 && size - i < 8 && are_letters(load_word(name + size - 8)))
		return true;
	for (; i < size; i++) {
		unsigned char c = (unsigned char)name[i];

		if (!(allowed[c / 32] >> c % 32 & 1))
			return false;
	}
	return size > 0;
}

/* Not 0 if one of the bytes is under 0x20, a tab is one of them, or 0x7f. */
static inline uint64_t odd_bytes(uint64_t word)
{
	uint64_t del = word ^ EVERY(0x7f);

	return (((word - EVERY(0x20)) & ~word) | ((del - EVERY(0x01)) & ~del)) & EVERY(0x80);
}

/* All but visible characters, spaces and tabs. */
static bool has_control(str text)
{
	if (text.size >= 8) {
		uint64_t found = odd_bytes(load_word(text.at + text.size - 8));
		for (size_t i = 0; i + 8 < text.size; i += 8)
			found |= odd_bytes(load_word(text.at + i));
		if (!found)
			return false;
	}
	for (size_t i = 0; i < text.size; i++) {
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

/* So that names which come once, as nearly all do, are found without looking any further. */
static void note_place(struct connection *c, const char *name, size_t size)
{
	uint8_t *place = &c->places[header_place((str) { name, size })];

	if (*place)
		c->repeats = true;
	else
		*place = (uint8_t)(c->header_count + 1);
}

static struct header *next_place(struct connection *c)
{
	if (c->header_count == c->header_room) {
		c->header_room = (uint16_t)(c->header_room ? c->header_room * 2 : 16);
		c->headers = realloc(c->headers, c->header_room * sizeof(*c->headers));
		if (!c->headers)
			fatal();
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
	note_place(collection->connection, name, name_size);
	while (value_size > 0 && (value[value_size - 1] == ' ' || value[value_size - 1] == '\t'))
		value_size--;
	*next_place(collection->connection) = (struct header) {
		.name = name, .name_size = name_size & INT32_MAX,
		.value = value, .value_size = (uint32_t)value_size };
	return MHD_YES;
}

static bool is_named(const struct header *header, const char *name, size_t size)
{
	if (header->name_size != size)
		return false;
	return memcmp(header->name, name, size) == 0 || strncasecmp(header->name, name, size) == 0;
}

/* The first becomes all of them, the others are no more. */
static void join(struct connection *c, struct header *first)
{
	const struct header *end = c->headers + c->header_count;
	size_t size = first->value_size;

	for (const struct header *each = first + 1; each < end; each++)
		if (is_named(each, first->name, first->name_size))
			size += sizeof(", ") - 1 + each->value_size;
	char *value = arena_alloc_raw(exchange_arena(&c->exchange), size + 1), *at = value;
	memcpy(at, first->value, first->value_size);
	at += first->value_size;
	for (struct header *each = first + 1; each < end; each++) {
		if (!is_named(each, first->name, first->name_size))
			continue;
		memcpy(at, ", ", 2);
		memcpy(at + 2, each->value, each->value_size);
		at += 2 + each->value_size;
		each->name_size = 0;
	}
	*at = '\0';
	first->repeats = true;
	first->value = value;
	first->value_size = (uint32_t)size;
}

static const struct header *find(const struct exchange *x, unsigned place, str name)
{
	struct connection *c = exchange_connection(x);
	int i = c->places[place] - 1;
	struct header *first = NULL;

	if (i < 0)
		return NULL;
	do {
		if (!is_named(&c->headers[i], name.at, name.size))
			continue;
		if (first) {
			join(c, first);
			break;
		}
		first = &c->headers[i];
	} while (c->repeats && ++i < c->header_count);
	return first;
}

str exchange_header_at(const struct exchange *x, unsigned place, str name)
{
	const struct header *header = find(x, place, name);

	return header ? (str) { header->value, header->value_size } : (str) { 0 };
}

bool exchange_header_repeats(const struct exchange *x, const char *name)
{
	if (!exchange_connection(x)->repeats)
		return false;
	const struct header *header = find(x, header_place(str_of(name)), str_of(name));
	return header && header->repeats;
}

/* A comma within quotation marks is text. */
static size_t item_size(str list)
{
	const char *comma = memchr(list.at, ',', list.size);
	size_t size = comma ? (size_t)(comma - list.at) : list.size;
	bool quoted = false;

	if (!memchr(list.at, '"', size))
		return size;
	for (size_t i = 0; i < list.size; i++) {
		if (list.at[i] == '"')
			quoted = !quoted;
		else if (quoted && list.at[i] == '\\')
			i++;
		else if (!quoted && list.at[i] == ',')
			return i;
	}
	return list.size;
}

str header_item(str *list)
{
	while (list->size > 0) {
		size_t size = item_size(*list), taken = size + (size < list->size);
		str item = str_trim((str) { list->at, size });

		list->at += taken;
		list->size -= taken;
		if (item.size > 0)
			return item;
	}
	return (str) { 0 };
}

/* ---- Where the request ends ---- */

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
		if (x->http_1_0 || !str_is_nocase(coding, "chunked"))
			return "The only Transfer-Encoding is chunked, in HTTP/1.1.";
		x->length = -1;
	} else if (length.at && !read_length(length, &x->length)) {
		return "Content-Length is malformed.";
	}
	return NULL;
}

static bool expects_100(const struct exchange *x)
{
	str rest = exchange_header(x, "Expect");

	for (str item; (item = header_item(&rest)).at;)
		if (str_is_nocase(item, "100-continue"))
			return true;
	return false;
}

/* A query may be anything: libmicrohttpd has cut it to pieces, and nobody reads it. */
static bool is_plain(str text)
{
	return text.size == 0 || (!memchr(text.at, ' ', text.size) && !has_control(text));
}

bool headers_read(struct exchange *x, const char *method, const char *version, const char **why)
{
	struct connection *c = exchange_connection(x);
	struct collection collection = { .connection = c };

	x->http_1_0 = strcmp(version, "HTTP/1.0") == 0;
	c->header_count = 0;
	c->repeats = false;
	memset(c->places, 0, sizeof(c->places));
	MHD_get_connection_values_n(c->mhd, MHD_HEADER_KIND, collect, &collection);
	*why = collection.why;
	if (!*why && c->loop->http->lenient && !lenient_is_seamless(x, method, version))
		*why = "The headers are malformed.";
	if (*why)
		return false;
	if (exchange_header_repeats(x, "Host") || (!exchange_header(x, "Host").at && !x->http_1_0))
		*why = "There must be one Host header.";
	else if (!is_plain(exchange_path(x)) || !is_plain(exchange_host(x)))
		*why = "There is a space or a control character in the path or host.";
	else if (!target_has_host(x))
		*why = "The request's target names no host, or a user.";
	else
		*why = read_framing(x);
	x->expects = expects_100(x);
	return !*why;
}
