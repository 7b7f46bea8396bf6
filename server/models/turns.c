/* turns.c - see turns.h; and what is wrong with a request before anybody is asked. */
#include "inside.h"
#include "turns.h"

/* ---- What is wrong ---- */

bool is_object(str text)
{
	struct arena *arena = arena_create();
	enum json_trouble trouble;
	bool is = text.size > 0 && yyjson_is_obj(json_parse_copy(arena, text, JSON_DEPTH, &trouble));

	arena_destroy(arena);
	return is;
}

static const struct model_tool *find_tool(const struct model_request *request, str name)
{
	for (size_t i = 0; i < request->tool_count; i++)
		if (str_is(name, request->tools[i].name))
			return &request->tools[i];
	return NULL;
}

static const char *check_tool(struct arena *arena, const struct model_tool *tool)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	size_t size = strlen(tool->name);

	if (size == 0 || size > 64 || strspn(tool->name, letters) != size)
		return arena_print(arena, "\"%s\" is no name of a tool", str_quote(str_of(tool->name), 64).text);
	return is_object(str_of(tool->schema)) ? NULL : arena_print(arena, "the schema of %s is no JSON object", tool->name);
}

static const char *check(struct arena *arena, const struct model_request *request)
{
	const char *wrong = NULL;

	for (size_t i = 0; !wrong && i < request->tool_count; i++)
		wrong = check_tool(arena, &request->tools[i]);
	if (wrong)
		return wrong;
	if (!request->model || !*request->model)
		return "no model is named";
	if (request->max_tokens < 1)
		return "max_tokens is not said";
	if (request->must_use && (request->no_tools || !find_tool(request, str_of(request->must_use))))
		return arena_print(arena, "the tool %s is to be used, and is none of them", request->must_use);
	return request->guardrail && !request->guardrail_version ? "the guardrail has no version" : NULL;
}

/* ---- Blocks ---- */

static const struct model_block *find(const struct turn *turn, enum model_block_kind kind, str id)
{
	for (size_t i = 0; turn && i < turn->count; i++)
		if (turn->blocks[i].kind == kind && str_same(turn->blocks[i].id, id))
			return &turn->blocks[i];
	return NULL;
}

static struct turn *latest(const struct turns *turns, enum model_role role)
{
	for (size_t i = turns->count; i-- > 0; )
		if (turns->at[i].role == role)
			return &turns->at[i];
	return NULL;
}

/* NULL: the latest turn is the other's, or there is none. */
static struct turn *going_on(const struct turns *turns, enum model_role role)
{
	struct turn *last = turns->count > 0 ? &turns->at[turns->count - 1] : NULL;

	return last && last->role == role ? last : NULL;
}

static bool fits(const struct turns *turns, const struct model_request *request, enum model_role role,
                 const struct model_block *block)
{
	switch (block->kind) {
	case MODEL_TEXT:
		return blank_trim(block->text).size > 0;
	case MODEL_TOOL_USE:
		return role == MODEL_ASSISTANT && !find(going_on(turns, role), MODEL_TOOL_USE, block->id);
	case MODEL_TOOL_RESULT:
		return role == MODEL_USER && find(latest(turns, MODEL_ASSISTANT), MODEL_TOOL_USE, block->id);
	default:
		return role == MODEL_ASSISTANT && str_is(block->name, request->model);
	}
}

static bool is_power_of_two(size_t count)
{
	return (count & (count - 1)) == 0;
}

/* Room for one more at the end, of what grows one by one. */
#define MAKE_ROOM(arena, at, count) \
	(is_power_of_two(count) ? arena_grow(arena, at, sizeof(*(at)) * (count), sizeof(*(at)) * ((count) ? 2 * (count) : 1)) : (at))

static void put(struct turns *turns, struct turn *turn, const struct model_block *block)
{
	turn->blocks = MAKE_ROOM(turns->arena, turn->blocks, turn->count);
	turn->blocks[turn->count++] = *block;
	if (block->kind == MODEL_TOOL_USE && !turns->first_use)
		turns->first_use = block;
}

static void add(struct turns *turns, enum model_role role, const struct model_block *block)
{
	struct turn *turn = going_on(turns, role);

	if (!turn && turns->count == 0 && role == MODEL_ASSISTANT)
		return;
	if (!turn) {
		turns->at = MAKE_ROOM(turns->arena, turns->at, turns->count);
		turn = &turns->at[turns->count++];
		*turn = (struct turn) { .role = role };
	}
	put(turns, turn, block);
}

/* ---- Results ---- */

static void put_result(struct turns *turns, struct turn *turn, const struct turn *given, const struct model_block *use)
{
	const struct model_block *result = find(given, MODEL_TOOL_RESULT, use->id);
	struct model_block none = {
		.kind = MODEL_TOOL_RESULT, .id = use->id, .failed = true, .text = STR("{\"error\":\"There is no result.\"}")
	};

	put(turns, turn, result ? result : &none);
}

/* The results of all that the turn before used, of each the first, then everything else. */
static void order(struct turns *turns, const struct turn *before, struct turn *turn)
{
	struct turn given = *turn;

	*turn = (struct turn) { .role = given.role };
	for (size_t i = 0; i < before->count; i++)
		if (before->blocks[i].kind == MODEL_TOOL_USE)
			put_result(turns, turn, &given, &before->blocks[i]);
	for (size_t i = 0; i < given.count; i++)
		if (given.blocks[i].kind != MODEL_TOOL_RESULT)
			put(turns, turn, &given.blocks[i]);
}

const char *turns_make(struct arena *arena, const struct model_request *request, struct turns *turns)
{
	const char *wrong = check(arena, request);

	*turns = (struct turns) { .arena = arena };
	for (size_t i = 0; !wrong && i < request->message_count; i++) {
		const struct model_message *message = &request->messages[i];
		for (size_t at = 0; at < message->count; at++)
			if (fits(turns, request, message->role, &message->blocks[at]))
				add(turns, message->role, &message->blocks[at]);
	}
	for (size_t i = 1; i < turns->count; i++)
		if (turns->at[i].role == MODEL_USER)
			order(turns, &turns->at[i - 1], &turns->at[i]);
	if (!wrong && turns->count == 0)
		wrong = "there is nothing to answer";
	return !wrong && turns->at[turns->count - 1].role == MODEL_ASSISTANT ? "the latest message is the model's own" : wrong;
}
