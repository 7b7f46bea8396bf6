/* fuzz_lines.c - the lines of a request's headers: which are refused, and what is found of the others,
 * against going through all of them for each name.
 *
 * The input's lines, at the first colon of each: its name and its value. The parser is played here. */
#include "fuzz.h"

#include "inside.h"

#define LINES_MOST 220                  /* some more than are taken */
#define TAKEN_MOST 200

struct line {
	str name, value;
};

struct request {
	struct line lines[LINES_MOST];
	int count;
};

static const struct request *played;

/* Instead of libmicrohttpd's. */
int MHD_get_connection_values_n(struct MHD_Connection *mhd, enum MHD_ValueKind kind,
                                MHD_KeyValueIteratorN iterator, void *context)
{
	(void)mhd;
	for (int i = 0; i < played->count; i++) {
		const struct line *line = &played->lines[i];
		if (iterator(context, kind, line->name.at, line->name.size, line->value.at,
		             line->value.size) != MHD_YES)
			return i + 1;
	}
	return played->count;
}

/* ---- As plainly as it goes ---- */

static bool is_name(str name)
{
	static const char allowed[] = "!#$%&'*+-.^_`|~0123456789"
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	for (size_t i = 0; i < name.size; i++)
		if (!name.at[i] || !strchr(allowed, name.at[i]))
			return false;
	return name.size > 0;
}

static bool is_value(str value)
{
	for (size_t i = 0; i < value.size; i++) {
		unsigned char c = (unsigned char)value.at[i];
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static bool are_fit(const struct request *request)
{
	for (int i = 0; i < request->count; i++)
		if (!is_name(request->lines[i].name) || !is_value(request->lines[i].value))
			return false;
	return request->count <= TAKEN_MOST;
}

static char small(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static bool same_name(str a, str b)
{
	bool same = a.size == b.size;

	for (size_t i = 0; same && i < a.size; i++)
		same = small(a.at[i]) == small(b.at[i]);
	return same;
}

static str trimmed(str value)
{
	while (value.size > 0 && (value.at[value.size - 1] == ' ' || value.at[value.size - 1] == '\t'))
		value.size--;
	return value;
}

/* All values of a name, with a comma between each two: how many there are. */
static int join_all(const struct request *request, str name, char *joined, size_t *size)
{
	int found = 0;

	*size = 0;
	for (int i = 0; i < request->count; i++) {
		str value = trimmed(request->lines[i].value);
		if (!same_name(request->lines[i].name, name))
			continue;
		if (found++ > 0) {
			memcpy(joined + *size, ", ", 2);
			*size += 2;
		}
		memcpy(joined + *size, value.at, value.size);
		*size += value.size;
	}
	return found;
}

/* ---- Claims ---- */

static void check_name(const struct exchange *x, const struct request *request, str name,
                       char *room)
{
	size_t size;
	int found = join_all(request, name, room, &size);
	str value = exchange_header_of(x, name);

	must((value.at != NULL) == (found > 0));
	must(value.size == size && (size == 0 || memcmp(value.at, room, size) == 0));
	char copy[256];
	if (name.size >= sizeof(copy))
		return;
	memcpy(copy, name.at, name.size);
	copy[name.size] = '\0';
	must(exchange_header_repeats(x, copy) == (found > 1));
}

/* In any case: every second name is asked for in the other one. */
static void check_names(const struct exchange *x, const struct request *request,
                        struct arena *arena, size_t size)
{
	static const char *const asked[] = {
		"Host", "Content-Length", "Transfer-Encoding", "Expect", "Authorization", "Accept",
		"Content-Type", "Origin", "Mcp-Session-Id", "MCP-Protocol-Version", "Last-Event-ID",
		"X-Forwarded-For", "x", "-",
	};
	char *room = arena_alloc(arena, size + 2 * LINES_MOST + 1);

	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++)
		check_name(x, request, str_of(asked[i]), room);
	for (int i = 0; i < request->count; i++) {
		char *name = arena_copy(arena, request->lines[i].name);
		for (size_t at = 0; i % 2 && name[at]; at++)
			if ((name[at] | 0x20) >= 'a' && (name[at] | 0x20) <= 'z')
				name[at] ^= 0x20;
		check_name(x, request, str_of(name), room);
	}
}

static void read_lines(struct request *request, str rest)
{
	while (rest.size > 0 && request->count < LINES_MOST) {
		str line = input_line(&rest);
		const char *colon = memchr(line.at, ':', line.size);
		if (!colon)
			continue;
		size_t size = (size_t)(colon - line.at);
		request->lines[request->count++] = (struct line) {
			{ line.at, size }, { colon + 1, line.size - size - 1 } };
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct http http;
	static struct loop loop = { .http = &http };
	struct connection connection = { .loop = &loop };
	struct exchange *x = &connection.exchange;
	struct arena *arena = arena_create();
	struct request request = { .count = 0 };
	const char *why;

	read_lines(&request, input_of(data, size));
	played = &request;
	target_read(x, "/mcp");
	bool fine = headers_read(x, "POST", "HTTP/1.1", &why);
	must(fine == !why);
	must(!fine || are_fit(&request));
	if (are_fit(&request))
		check_names(x, &request, arena, size);
	if (x->arena)
		arena_destroy(x->arena);
	free(connection.headers);
	arena_destroy(arena);
	return 0;
}
