/* sse.c - see sse.h. Of an event only its data is looked at. */
#include "builder.h"
#include "sse.h"

#define FIRST_BYTES 512

struct sse {
	sse_fn *tell;
	void *of;
	struct builder line;            /* that is not whole */
	struct builder data;            /* of the event, each line with a line feed behind it */
	bool after_return;              /* a line feed now belongs to the line before */
	bool begun;                     /* a line was read: no more marks of byte order */
	bool stopped;
	const char *wrong;
};

struct sse *sse_create(struct arena *arena, sse_fn *tell, void *of)
{
	struct sse *sse = arena_new(arena, struct sse);

	*sse = (struct sse) {
		.tell = tell, .of = of, .line = builder_begin(arena, FIRST_BYTES), .data = builder_begin(arena, FIRST_BYTES),
	};
	return sse;
}

static void keep(struct sse *sse, struct builder *builder, str text)
{
	if (sse->line.size + sse->data.size + text.size > SSE_EVENT_MAX)
		sse->wrong = "an event is longer than 1 MiB";
	else if (text.size > 0)
		builder_put(builder, text);
}

static void dispatch(struct sse *sse)
{
	str data = { sse->data.at, sse->data.size };

	sse->data.size = 0;
	if (data.size > 0 && !sse->tell(sse->of, (str) { data.at, data.size - 1 }))
		sse->stopped = true;
}

static void end_line(struct sse *sse)
{
	str line = { sse->line.at, sse->line.size };

	if (!sse->begun && str_starts(line, "\xef\xbb\xbf"))
		line = (str) { line.at + 3, line.size - 3 };
	sse->begun = true;
	sse->line.size = 0;
	if (line.size == 0) {
		dispatch(sse);
		return;
	}
	str name = str_cut(&line, ':');
	if (!str_is(name, "data"))
		return;
	if (line.size > 0 && line.at[0] == ' ')
		line = (str) { line.at + 1, line.size - 1 };
	keep(sse, &sse->data, line);
	keep(sse, &sse->data, STR("\n"));
}

/* How many bytes are before the end of the line. */
static size_t until_end(str bytes)
{
	size_t size = 0;

	while (size < bytes.size && bytes.at[size] != '\n' && bytes.at[size] != '\r')
		size++;
	return size;
}

const char *sse_take(struct sse *sse, str bytes)
{
	while (bytes.size > 0 && !sse->wrong && !sse->stopped) {
		size_t size = until_end(bytes);
		bool skip = sse->after_return && bytes.at[0] == '\n';
		sse->after_return = false;
		if (skip) {
			bytes = (str) { bytes.at + 1, bytes.size - 1 };
			continue;
		}
		keep(sse, &sse->line, (str) { bytes.at, size });
		if (size == bytes.size)
			break;
		sse->after_return = bytes.at[size] == '\r';
		bytes = (str) { bytes.at + size + 1, bytes.size - size - 1 };
		if (!sse->wrong)
			end_line(sse);
	}
	return sse->wrong;
}

const char *sse_end(struct sse *sse)
{
	if (!sse->wrong && !sse->stopped)
		dispatch(sse);
	return sse->wrong;
}
