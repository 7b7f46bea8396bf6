/* fuzz_answer.c - what another server answers: judged, in words that can be told on, and read.
 *
 * The input's first line is the HTTP status (of a table), the type, and whether the request was
 * sent: three letters. The rest is the body. */
#include "fuzz.h"

#include "tool_answer.h"

struct item {
	const char *sku;
	int64_t quantity;
	struct money price;
};

struct result {
	const char *state;
	struct item *items;
	int64_t count;
};

static SHAPE(item_shape, struct item,
	TEXT (struct item, sku, "Which", .required = true),
	INT  (struct item, quantity, "How many", .required = true, AT_LEAST(1)),
	MONEY(struct item, price, "Of one", .required = true));

static SHAPE(result_shape, struct result,
	TEXT(struct result, state, "State", .required = true),
	LIST(struct result, items, count, struct item, item_shape, "Items"));

static int letter(str line, size_t at, int count)
{
	return at < line.size ? (unsigned char)line.at[at] % count : 0;
}

static void check_events(struct arena *arena, str body)
{
	size_t left = body.size;

	for (str rest = body, data; (data = answer_next_event(arena, &rest)).at; left = rest.size)
		must(rest.size < left && data.size <= left);
}

static void check_answer(struct arena *arena, const struct answer *answer)
{
	struct result result;

	must((answer->verdict == VERDICT_ANSWERED) == !answer->why);
	must(!answer->why || (*answer->why && utf8_valid(str_of(answer->why))));
	must(!answer->structured || answer->verdict == VERDICT_ANSWERED);
	if (!answer->structured)
		return;
	const char *wrong = shape_read(result_shape, answer->structured, 0, &result, arena);
	must(!wrong || utf8_valid(str_of(wrong)));
	for (int64_t i = 0; !wrong && i < result.count; i++)
		must(result.items[i].sku && result.items[i].quantity >= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = { 200, 0, 202, 400, 401, 403, 404, 408, 429, 500, 503 };
	static const char *const types[] = {
		"application/json", "text/event-stream", "text/event-stream; charset=utf-8", "text/html",
	};
	struct arena *arena = arena_create();
	str rest = input_of(data, size), line = input_line(&rest);
	struct fetch_answer fetched = {
		.status = statuses[letter(line, 0, sizeof(statuses) / sizeof(statuses[0]))],
		.type = str_of(types[letter(line, 1, sizeof(types) / sizeof(types[0]))]),
		.sent = letter(line, 2, 2), .body = rest, .why = "no answer",
	};

	check_events(arena, rest);
	struct answer answer = answer_judge(arena, &fetched, 1, "http://127.0.0.1/mcp");
	check_answer(arena, &answer);
	must(arena_size(arena) <= 64 * (size + 1024));  /* and no more work than that */
	arena_destroy(arena);
	return 0;
}
