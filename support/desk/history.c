/* history.c - get_conversation_history, and the resource support://conversation/{id}. */
#include "desk.h"

#include "builder.h"
#include "queue.h"

#define LATEST 50

struct history {
	const char *conversation_id;
	int64_t after, before;
	bool has_after, has_before;
	int64_t limit;
};

SHAPE(history_shape, struct history,
	CONVERSATION_NAMED(struct history),
	INT(struct history, after, "Only messages behind this one, the first of them first; such as the number of the latest you know",
	    AT_LEAST(0), OPTIONAL(struct history, has_after)),
	INT(struct history, before, "Only messages before this one, the last of them; to go back", AT_LEAST(1),
	    OPTIONAL(struct history, has_before)),
	INT(struct history, limit, "How many to return", AT_LEAST(1), AT_MOST(200), DEFAULT(LATEST)));

SHAPE(conversation_named_shape, struct conversation_named,
	TEXT(struct conversation_named, id, "Number of the conversation", .required = true, AT_LEAST(1), AT_MOST(64),
	     EXAMPLES("CNV-7H2K9QX4TN")));

static SHAPE(head_shape, struct shown, SHOWN_FIELDS(struct shown),
	TEXT(struct shown, writing, "What the model has written so far of its answer"),
	LIST(struct shown, writers, writers_count, struct participant, participant_shape, "People who write just now"),
	LIST(struct shown, present, present_count, struct participant, participant_shape, "People who have it open just now"));

/* A message as it is told. The tokens are for staff. */
struct told {
	int64_t seq, at;
	const char *role, *author, *text;
	int64_t answers;
	const char *cut;
	int64_t tokens_in, tokens_out, tokens_cached;
	bool is_answer, has_tokens;
};

static SHAPE(told_shape, struct told,
	INT(struct told, seq, "", .required = true),
	TIME(struct told, at, "", .required = true),
	TEXT(struct told, role, "", .required = true),
	TEXT(struct told, author, "", .required = true),
	TEXT(struct told, text, "", .required = true),
	TEXT(struct told, cut, ""),
	INT(struct told, answers, "", OPTIONAL(struct told, is_answer)),
	INT(struct told, tokens_in, "", OPTIONAL(struct told, has_tokens)),
	INT(struct told, tokens_out, "", OPTIONAL(struct told, has_tokens)),
	INT(struct told, tokens_cached, "", OPTIONAL(struct told, has_tokens)));

#define TEXT_SCHEMA(about) "{\"type\":\"string\",\"description\":\"" about "\"}"
#define TIME_SCHEMA(about) "{\"type\":\"string\",\"format\":\"date-time\",\"description\":\"" about "\"}"
#define INT_SCHEMA(about) "{\"type\":\"integer\",\"description\":\"" about "\"}"

#define PARTICIPANTS_SCHEMA(about) "{\"type\":\"array\",\"description\":\"" about "\",\"items\":{\"type\":\"object\",\"properties\":{" \
	"\"role\":{\"type\":\"string\",\"examples\":[\"customer\",\"person\"],\"description\":\"The customer, or a person of the shop\"}" \
	",\"name\":" TEXT_SCHEMA("Who that is; to a customer of whoever has the conversation alone") \
	",\"you\":{\"type\":\"boolean\",\"description\":\"Whether that is the caller\"}" \
	"},\"required\":[\"role\"]}}"

/* What tools found is whatever they answered, so no shape describes a message. */
const char history_schema[] = "{\"type\":\"object\",\"properties\":{"
	"\"conversation_id\":" TEXT_SCHEMA("Number of the conversation")
	",\"customer\":" TEXT_SCHEMA("Whose it is; for staff")
	",\"status\":{\"type\":\"string\",\"examples\":[\"open\",\"waiting\",\"with_person\",\"closed\"],\"description\":"
	"\"open: the model answers. waiting: for a person. with_person: one has taken it. closed\"}"
	",\"started_at\":" TIME_SCHEMA("When it began")
	",\"updated_at\":" TIME_SCHEMA("When the latest message came")
	",\"waiting_since\":" TIME_SCHEMA("Since when the customer waits for a person")
	",\"place\":" INT_SCHEMA("Its place in the queue of those that wait, from 1")
	",\"reason\":" TEXT_SCHEMA("Why it was passed on to a person")
	",\"contact\":" TEXT_SCHEMA("Where else the customer can be reached")
	",\"person\":" TEXT_SCHEMA("Who of the shop has taken it")
	",\"sentiment\":{\"type\":\"number\",\"description\":\"How the customer's latest words sound: -1 to 1\"}"
	",\"rating\":" INT_SCHEMA("1 to 5, by the customer")
	",\"comment\":" TEXT_SCHEMA("What the customer said of it")
	",\"messages\":" INT_SCHEMA("How many messages there are; the latest has this number")
	",\"writing\":" TEXT_SCHEMA("What the model has written so far of its answer")
	",\"writers\":" PARTICIPANTS_SCHEMA("People who write just now")
	",\"present\":" PARTICIPANTS_SCHEMA("People who have it open just now")
	",\"history\":{\"type\":\"array\",\"description\":\"Messages in their order\",\"items\":{\"type\":\"object\",\"properties\":{"
	"\"seq\":" INT_SCHEMA("Its number in the conversation, from 1")
	",\"at\":" TIME_SCHEMA("When it was written down")
	",\"role\":{\"type\":\"string\",\"examples\":[\"customer\",\"model\",\"person\",\"note\"],"
	"\"description\":\"Who said it; note: what happened\"}"
	",\"author\":" TEXT_SCHEMA("Who that is")
	",\"text\":" TEXT_SCHEMA("What was said")
	",\"cards\":{\"type\":\"array\",\"description\":\"What tools found, to show\"}"
	",\"answers\":" INT_SCHEMA("It answers what was said up to this message")
	",\"cut\":" TEXT_SCHEMA("Why the model did not come to its end")
	",\"tokens_in\":" INT_SCHEMA("Tokens the model read for it; for staff")
	",\"tokens_out\":" INT_SCHEMA("Tokens it wrote")
	",\"tokens_cached\":" INT_SCHEMA("Of those it read, from its cache")
	"},\"required\":[\"seq\",\"at\",\"role\",\"author\",\"text\"]}}"
	",\"earlier\":{\"type\":\"boolean\",\"description\":\"Whether there are messages before these: before = seq of the first\"}"
	",\"later\":{\"type\":\"boolean\",\"description\":\"Whether there are messages behind these: after = seq of the last\"}"
	"},\"required\":[\"conversation_id\",\"status\",\"started_at\",\"updated_at\",\"messages\",\"history\",\"earlier\",\"later\"]}";

/* ---- Reading ---- */

/* From `after` on the first of them, else the last. */
static struct page page_of(const struct history *asked, const char *id)
{
	return (struct page) {
		.id = id, .after = asked->has_after ? asked->after : 0, .before = asked->has_before ? asked->before : INT64_MAX,
		.limit = asked->limit, .latest = !asked->has_after,
	};
}

/* ---- As JSON ---- */

/* The members of an object that was made by itself, without its end. */
static void put_open(struct builder *builder, const char *object)
{
	str text = str_of(object);

	builder_put(builder, (str) { text.at, text.size - 1 });
}

static void put_message(struct mcp_call *call, struct builder *builder, const struct message *message, bool staff)
{
	struct told told = {
		.seq = message->seq, .at = message->at, .role = message->role, .author = message->author, .text = message->text,
		.cut = message->cut, .answers = message->answers, .is_answer = message->answers != 0, .tokens_in = message->tokens_in,
		.tokens_out = message->tokens_out, .tokens_cached = message->tokens_cached,
		.has_tokens = staff && (message->tokens_in || message->tokens_out),
	};

	put_open(builder, mcp_json(call, told_shape, &told));
	/* JSON, which no shape has. */
	if (message->cards) {
		builder_put(builder, STR(",\"cards\":"));
		builder_put(builder, str_of(message->cards));
	}
	builder_put(builder, STR("}"));
}

static const char *as_json(struct mcp_call *call, const struct shown *head, const struct messages *found)
{
	struct builder builder = builder_begin(mcp_arena(call), 4096);
	const struct message *all = found->messages;
	bool staff = mcp_may(call, STAFF);
	bool earlier = found->count ? all[0].seq > 1 : head->messages > 0;
	bool later = found->count && all[found->count - 1].seq < head->messages;

	put_open(&builder, mcp_json(call, head_shape, head));
	builder_put(&builder, STR(",\"history\":["));
	for (int64_t i = 0; i < found->count; i++) {
		builder_put(&builder, i ? STR(",") : STR(""));
		put_message(call, &builder, &all[i], staff);
	}
	builder_put(&builder, STR("],\"earlier\":"));
	builder_put(&builder, earlier ? STR("true") : STR("false"));
	builder_put(&builder, STR(",\"later\":"));
	builder_put(&builder, later ? STR("true") : STR("false"));
	builder_put(&builder, STR("}"));
	return builder_end(&builder);
}

/* `json` where it is FOUND. */
static enum lookup read_history(struct mcp_call *call, struct store *store, const struct history *asked, const char **json)
{
	struct conversation conversation;
	enum lookup found = conversation_of(call, store, ANY_SEEN, asked->conversation_id, &conversation);
	struct messages messages;

	if (found != FOUND)
		return found;
	struct shown head = show(call, &conversation);
	struct page page = page_of(asked, conversation.id);
	if (!messages_page(store, mcp_arena(call), &page, &messages) ||
	    !queue_place(store, mcp_arena(call), &conversation, &head.place))
		return HISTORY_FAILED;
	head.has_place = head.place != 0;
	head.writing = conversation.turn_until > now_ms() ? conversation.turn_text : NULL;
	struct participants writers = writers_of(call, &conversation), present = present_of(call, &conversation);
	head.writers = writers.all;
	head.writers_count = writers.count;
	head.present = present.all;
	head.present_count = present.count;
	*json = as_json(call, &head, &messages);
	return FOUND;
}

enum mcp_answer get_conversation_history(struct mcp_call *call, const void *in, struct store *store)
{
	const struct history *asked = in;
	const char *json;
	enum lookup found = read_history(call, store, asked, &json);

	return found == FOUND ? mcp_return_json(call, json) : conversation_missing(call, found, asked->conversation_id);
}

enum mcp_answer read_conversation(struct mcp_call *call, const void *in, struct store *store)
{
	const struct conversation_named *asked = in;
	const char *json;
	enum lookup found = read_history(call, store, &(struct history) { .conversation_id = asked->id, .limit = LATEST }, &json);

	switch (found) {
	case FOUND:     return mcp_say(call, "%s", json);
	case NOT_FOUND: return mcp_not_found(call, "There is no conversation %s.", asked->id);
	default:        return conversation_missing(call, found, asked->id);
	}
}
