/* mistaken.c - each mistake that only a call brings to light, by its name. */
#include "mistaken.h"

#include "presence.h"

struct which { const char *how; };
struct part { const char *name; };
struct whole { const char *name; struct part *parts; int64_t count; const char **tags; int64_t tag_count, at; };
struct consent { bool sure; };

SHAPE(mistaken_shape, struct which,
	TEXT(struct which, how, "Which mistake", .required = true, AT_MOST(40)));

static SHAPE(part_shape, struct part,
	TEXT(struct part, name, "A name", .required = true));

SHAPE(mistaken_out_shape, struct whole,
	TEXT(struct whole, name, "A name", .required = true),
	LIST(struct whole, parts, count, struct part, part_shape, "Parts"),
	TEXTS(struct whole, tags, tag_count, "Tags"),
	TIME(struct whole, at, "When", .required = true));

static SHAPE(consent_shape, struct consent,
	BOOL(struct consent, sure, "Sure?", .required = true));

static enum mcp_answer no_answer(struct mcp_call *call UNUSED)
{
	return MCP_ANSWERED;
}

static enum mcp_answer two_answers(struct mcp_call *call)
{
	mcp_say(call, "One.");
	return mcp_say(call, "Two.");
}

static enum mcp_answer waits_for_nothing(struct mcp_call *call UNUSED)
{
	return MCP_WAITING;
}

static enum mcp_answer broken_json(struct mcp_call *call)
{
	return mcp_return_json(call, "{\"a\":");
}

static enum mcp_answer deep_json(struct mcp_call *call)
{
	char *deep = arena_alloc(mcp_arena(call), 401);

	memset(deep, '[', 200);
	memset(deep + 200, ']', 200);
	return mcp_return_json(call, deep);
}

static enum mcp_answer broken_form(struct mcp_call *call)
{
	const char *answer;

	if (mcp_ask_json(call, "form", "{", "Sure?", &answer) == MCP_PENDING)
		return MCP_WAITING;
	return mcp_say(call, "Asked.");
}

static enum mcp_answer broken_sample(struct mcp_call *call)
{
	const char *result;

	if (mcp_sample(call, "sample", "messages", &result) == MCP_PENDING)
		return MCP_WAITING;
	return mcp_say(call, "Asked.");
}

static enum mcp_answer no_role(struct mcp_call *call)
{
	mcp_message(call, "system", "Be brief.");
	return mcp_say(call, "Said.");
}

static enum mcp_answer half_a_block(struct mcp_call *call)
{
	mcp_add(call, &(struct mcp_content) { .type = MCP_IMAGE, .bytes = "x", .size = 1 });
	return mcp_done(call);
}

static enum mcp_answer ignores_a_question(struct mcp_call *call)
{
	struct consent consent;

	if (mcp_ask(call, "sure", consent_shape, &consent, "Sure?") == MCP_ACCEPTED)
		return mcp_say(call, "Yes.");
	return mcp_say(call, "Done all the same.");
}

static enum mcp_answer fails_instead_of_asking(struct mcp_call *call)
{
	struct consent consent;

	switch (mcp_ask(call, "sure", consent_shape, &consent, "Sure?")) {
	case MCP_ACCEPTED: return mcp_say(call, "Yes.");
	default:           return mcp_fail(call, "The person said no.");
	}
}

static enum mcp_answer answers_and_waits(struct mcp_call *call)
{
	mcp_say(call, "Wait.");
	return mcp_wait(call, "probe://nothing", 60000);
}

static enum mcp_answer answers_and_asks(struct mcp_call *call)
{
	struct consent consent;

	mcp_say(call, "Wait.");
	return mcp_ask(call, "sure", consent_shape, &consent, "Sure?") == MCP_PENDING ? MCP_WAITING : MCP_ANSWERED;
}

static enum mcp_answer waits_for_null(struct mcp_call *call)
{
	return mcp_wait(call, NULL, 1000);
}

static enum mcp_answer no_block(struct mcp_call *call)
{
	mcp_add(call, NULL);
	return mcp_done(call);
}

static enum mcp_answer unannounced_task(struct mcp_call *call)
{
	return mcp_begin_task(call) ? mcp_say(call, "Done.") : MCP_WAITING;
}

static enum mcp_answer no_level(struct mcp_call *call)
{
	mcp_log(call, (enum mcp_level)(MCP_EMERGENCY + 1), "What now?");
	return mcp_say(call, "Logged.");
}

#pragma GCC diagnostic ignored "-Wformat-security"
/* What is in a row, or what somebody typed; the compiler would tell. */
static const char *volatile typed = "Reduced by 10%", *volatile absent;

static enum mcp_answer no_format(struct mcp_call *call)
{
	return mcp_say(call, typed);
}

static enum mcp_answer null_format(struct mcp_call *call)
{
	return mcp_say(call, absent);
}

static enum mcp_answer no_setting(struct mcp_call *call)
{
	return mcp_say(call, "%s %lld", setting_text("COLOUR") ? "There" : "None", (long long)setting_int("COLOUR"));
}

static enum mcp_answer changes_null(struct mcp_call *call)
{
	mcp_changed(absent);
	mcp_present("probe://a b", "Ada", 1000);
	(void)mcp_followers(call, "probe://a");
	mcp_list_changed((enum mcp_list)(MCP_RESOURCES + 1));
	return mcp_say(call, "Changed.");
}

static enum mcp_answer again_and_again(struct mcp_call *call)
{
	for (int i = 0; i < 1000; i++)
		mcp_changed(absent);
	return mcp_say(call, "Changed.");
}

/* No mistake by itself: it goes on until its deadline. */
static enum mcp_answer changes_what_it_waits_for(struct mcp_call *call)
{
	mcp_changed("probe://itself");
	return mcp_wait(call, "probe://itself", 60000);
}

static enum mcp_answer waits_for_no_time(struct mcp_call *call)
{
	return mcp_wait(call, "probe://nothing", 0);
}

static enum mcp_answer no_text(struct mcp_call *call)
{
	return mcp_say(call, "caf\xe9");
}

/* No mistake: JSON as people write it. */
#define LINES "{\n\t\"type\": \"object\",\r\n\n\t\"properties\": {}\n}\n"

static enum mcp_answer json_of_lines(struct mcp_call *call)
{
	mcp_progress(call, 1, 2, "half");
	return mcp_return_json(call, LINES);
}

static enum mcp_answer json_behind_blanks(struct mcp_call *call)
{
	return mcp_return_json(call, "\n\t{\"a\": 1}");
}

static enum mcp_answer no_object(struct mcp_call *call)
{
	return mcp_return_json(call, "[1]");
}

static enum mcp_answer another_object(struct mcp_call *call)
{
	return mcp_return_json(call, "{\"items\":[{\"name\":\"a secret\"},{\"name\":77}]}");
}

static enum mcp_answer form_that_is_a_list(struct mcp_call *call)
{
	const char *answer;

	return mcp_ask_json(call, "form", "[]", "Sure?", &answer) == MCP_PENDING ? MCP_WAITING : MCP_ANSWERED;
}

static enum mcp_answer only_a_block(struct mcp_call *call)
{
	mcp_add(call, &(struct mcp_content) { .type = MCP_TEXT, .text = "x" });
	return mcp_done(call);
}

static enum mcp_answer only_words(struct mcp_call *call)
{
	return mcp_say(call, "Called off.");
}

static enum mcp_answer form_of_lines(struct mcp_call *call)
{
	const char *answer;

	if (mcp_ask_json(call, "form", LINES, "Sure?", &answer) == MCP_PENDING)
		return MCP_WAITING;
	return mcp_say(call, "Asked.");
}

static enum mcp_answer null_struct(struct mcp_call *call)
{
	return mcp_return(call, mistaken_out_shape, NULL);
}

static enum mcp_answer another_shape(struct mcp_call *call)
{
	return mcp_return(call, part_shape, &(struct part) { "a part" });
}

static enum mcp_answer lacks_required(struct mcp_call *call)
{
	return mcp_return(call, mistaken_out_shape, &(struct whole) { .name = NULL });
}

static enum mcp_answer lacks_in_a_list(struct mcp_call *call)
{
	return mcp_return(call, mistaken_out_shape, &(struct whole) { "x", &(struct part) { NULL }, 1, NULL, 0, 1 });
}

static enum mcp_answer lacks_items(struct mcp_call *call)
{
	return mcp_return(call, mistaken_out_shape, &(struct whole) { "x", NULL, 3, NULL, 0, 1 });
}

static enum mcp_answer lacks_a_time(struct mcp_call *call)
{
	return mcp_return(call, mistaken_out_shape, &(struct whole) { .name = "x" });
}

static enum mcp_answer json_for_a_struct(struct mcp_call *call)
{
	return mcp_return_json(call, "{}");
}

static enum mcp_answer blocks_for_a_struct(struct mcp_call *call)
{
	mcp_add(call, &(struct mcp_content) { .type = MCP_TEXT, .text = "x" });
	return mcp_done(call);
}

static enum mcp_answer words_for_a_struct(struct mcp_call *call)
{
	return mcp_say(call, "Called off.");
}

static enum mcp_answer notes_what_a_line_has(struct mcp_call *call)
{
	mcp_note(call, "id", "forged");
	return mcp_say(call, "Noted.");
}

static enum mcp_answer may_what_is_not_there(struct mcp_call *call)
{
	return mcp_say(call, mcp_may(call, "probe:raed probe:read") ? "It may." : "It may not.");
}

static const struct kind {
	const char *how;
	enum mcp_answer (*make)(struct mcp_call *call);
} texts[] = {
	{ "no answer", no_answer },
	{ "two answers", two_answers },
	{ "waits for nothing", waits_for_nothing },
	{ "undeclared", another_shape },
	{ "broken json", broken_json },
	{ "deep json", deep_json },
	{ "broken form", broken_form },
	{ "broken sample", broken_sample },
	{ "no role", no_role },
	{ "half a block", half_a_block },
	{ "ignores a question", ignores_a_question },
	{ "fails instead of asking", fails_instead_of_asking },
	{ "answers and waits", answers_and_waits },
	{ "answers and asks", answers_and_asks },
	{ "waits for null", waits_for_null },
	{ "no block", no_block },
	{ "unannounced task", unannounced_task },
	{ "no level", no_level },
	{ "no format", no_format },
	{ "null format", null_format },
	{ "no setting", no_setting },
	{ "notes what a line has", notes_what_a_line_has },
	{ "changes null", changes_null },
	{ "may what is not there", may_what_is_not_there },
	{ "again and again", again_and_again },
	{ "changes what it waits for", changes_what_it_waits_for },
	{ "waits for no time", waits_for_no_time },
	{ "no text", no_text },
	{ "json of lines", json_of_lines },
	{ "form of lines", form_of_lines },
	{ "json behind blanks", json_behind_blanks },
	{ "no object", no_object },
	{ "another object", another_object },
	{ "form that is a list", form_that_is_a_list },
	{ "only a block", only_a_block },
	{ "only words", only_words },
	{ 0 },
}, structs[] = {
	{ "null", null_struct },
	{ "another shape", another_shape },
	{ "lacks required", lacks_required },
	{ "lacks in a list", lacks_in_a_list },
	{ "lacks items", lacks_items },
	{ "lacks a time", lacks_a_time },
	{ "json for a struct", json_for_a_struct },
	{ "blocks for a struct", blocks_for_a_struct },
	{ "words for a struct", words_for_a_struct },
	{ 0 },
};

static enum mcp_answer make(struct mcp_call *call, const struct which *which, const struct kind *kind)
{
	for (; kind->how; kind++)
		if (strcmp(kind->how, which->how) == 0)
			return kind->make(call);
	return mcp_fail(call, "There is no such mistake.");
}

enum mcp_answer mistaken(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	return make(call, in, texts);
}

enum mcp_answer mistaken_struct(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	return make(call, in, structs);
}
