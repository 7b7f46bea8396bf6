/* support.c - an MCP server in which a shop's customers, a model and staff share a conversation. What it offers, as tables. */
#include "support.h"

#include "desk.h"
#include "erase.h"
#include "figures.h"
#include "keeping.h"
#include "page.h"
#include "queue.h"
#include "turn.h"
#include "version.h"

/* No model need know it: it costs none of its tokens, in a host that knows pages. */
#define FOR_PAGES "{\"ui\":{\"visibility\":[\"app\"]}}"

/* Scopes: support:chat is a customer's, for what is its own; support:staff sees every conversation and answers; support:admin
 * erases. */
static const struct mcp_tool tools[] = {
	{ "chat_with_ai", "Talk with the shop",
	  "Says something to the shop for the customer who calls, and answers what the shop's assistant, or a person of the shop, says to it. The assistant"
	  " looks up products, stock and the customer's own orders, and can start a return, of which the customer is asked first. The first progress is the"
	  " conversation's URI; while the assistant writes, each further one is its text so far.",
	  .in = chat_shape, .out = chatted_shape, .scope = "support:chat", .changes = true, .idempotent = true, .reaches_out = true, .blocks = true,
	  .deadline_ms = CHAT_DEADLINE_MS, .run = chat_with_ai, .meta = CHAT_LINK },
	{ "list_conversations", "List conversations",
	  "Finds conversations by status and time, the newest first, with the words they began and end with. A customer's are its own;"
	  " staff see all.",
	  .in = list_shape, .out = listed_shape, .scope = "support:chat support:staff", .run = list_conversations },
	{ "get_conversation_history", "Read a conversation",
	  "Tells what was said in a conversation: the latest messages, or those behind or before a message; who has it; and what the"
	  " model, and which people, are writing just now.",
	  .in = history_shape, .out_schema = history_schema, .scope = "support:chat support:staff", .run = get_conversation_history,
	  .meta = CHAT_LINK },
	{ "escalate", "Ask for a person",
	  "Passes the customer's conversation on to a person of the shop, and tells its place in the queue. The customer is asked"
	  " first. From then on the model is silent. Calling again changes nothing, but adds a contact.",
	  .in = escalate_shape, .out = shown_shape, .scope = "support:chat", .changes = true, .idempotent = true, .blocks = true,
	  .run = escalate },
	{ "rate_conversation", "Rate a conversation",
	  "Writes down what the customer thinks of the conversation, 1 to 5. Only in the customer's own words; rating again replaces it.",
	  .in = rate_shape, .out = shown_shape, .scope = "support:chat", .changes = true, .idempotent = true, .blocks = true,
	  .run = rate_conversation },
	{ "list_queue", "List who waits",
	  "For staff: who waits for a person, in the order in which they are to be answered, and whom a person has taken.",
	  .out = queue_shape, .scope = "support:staff", .run = read_queue, .meta = DESK_LINK },
	{ "take_conversation", "Take a conversation",
	  "For staff: the conversation is yours, and the model is silent. Its customer waits until reply_as_person; somebody else's is"
	  " taken over, with a note.",
	  .in = take_shape, .out = shown_shape, .scope = "support:staff", .changes = true, .idempotent = true, .blocks = true,
	  .run = take_conversation, .meta = DESK_LINK },
	{ "reply_as_person", "Answer as a person",
	  "For staff: answers all that the customer said so far, and takes the conversation where it is not yours. What the model is"
	  " writing just now is dropped. With close: true the conversation is closed, with give_back: true the model answers what comes"
	  " next. Use a new idempotency_key for each reply and the same one to repeat a call that seems to have failed.",
	  .in = reply_shape, .out = shown_shape, .scope = "support:staff", .changes = true, .blocks = true, .run = reply_as_person },
	{ "say_writing", "Say that one writes",
	  "For a page on which a customer or staff writes: others who see the conversation are told that they do. A page calls it as the text changes, every"
	  " three seconds at most, and with writing: false once it is emptied; what is said ends it, and so do six seconds without a call.",
	  .in = say_writing_shape, .scope = "support:chat support:staff", .changes = true, .idempotent = true, .run = say_writing, .meta = FOR_PAGES },
	{ "support_report", "Report on support",
	  "For staff: adds up a period by day, week or model: conversations, how many were passed on to a person, answers, ratings,"
	  " sentiment, tokens.",
	  .in = report_shape, .out = reported_shape, .scope = "support:staff", .blocks = true, .runs_long = true, .run = support_report },
	{ "forget_customer", "Forget a customer",
	  "Erases every conversation of a customer, and tells how many they were. The person is asked first. This cannot be undone.",
	  .in = forget_shape, .out = forgotten_shape, .scope = "support:admin", .changes = true, .destroys = true, .idempotent = true,
	  .blocks = true, .asks_first = true, .run = forget_customer },
	{ 0 },
};

static const struct mcp_resource resources[] = {
	{ "support://conversation/{id}", "conversation", "A conversation",
	  "The latest fifty messages of a conversation, who has it, and what the model is writing. Subscribe to hear of changes.",
	  "application/json", .in = conversation_named_shape, .scope = "support:chat support:staff", .run = read_conversation,
	  .complete = complete_conversation, .sees = sees_conversation, .sees_all = "support:staff", .tells_followers = true },
	{ QUEUE_URI, "queue", "The desk's queue",
	  "For staff: who waits for a person, in the order in which they are to be answered, and whom a person has taken. Subscribe to"
	  " hear of changes.",
	  "application/json", .out = queue_shape, .scope = "support:staff", .run = read_queue },
	{ CHAT_URI, "chat", "A conversation's page",
	  "The page on which an MCP Apps host shows a conversation, and on which its customer goes on with it.",
	  .mime = PAGE_MIME, .scope = "support:chat support:staff", .run = chat_page, .meta = PAGE_META },
	{ DESK_URI, "desk", "The desk's page",
	  "The page on which an MCP Apps host shows staff who waits, and on which they answer.",
	  .mime = PAGE_MIME, .scope = "support:staff", .run = desk_page, .meta = PAGE_META },
	{ 0 },
};

static const struct mcp_job jobs[] = {
	{ "unanswered", pass_on_unanswered },
	{ "waiting", queue_look },
	{ "queue", queue_tell_again },
	{ "retention", erase_old },
	{ 0 },
};

static const struct mcp_counter counters[] = {
	FIGURES,
	{ 0 },
};

static const struct setting settings[] = {
	TURN_SETTINGS,
	HISTORY_SETTING,
	HISTORY_DAYS_SETTING,
	CUSTOMER_SETTING,
	{ 0 },
};

static bool start(void)
{
	if (!history_start())
		return false;
	if (turn_start(VERSION))
		return true;
	history_stop();
	return false;
}

static void stop(void)
{
	turn_stop();
	history_stop();
}

const struct mcp_server support_server = {
	.name = "support", .title = "Support", .version = VERSION,
	.instructions =
		"Where a shop's customers talk with it. For a customer: say something with chat_with_ai, with a new idempotency_key for each"
		" message, and go on with the conversation_id that it answers; while its status is waiting or with_person a person of the shop answers,"
		" who is seen by following support://conversation/{id}, or with get_conversation_history. escalate asks for a person. For staff:"
		" support://queue has who waits; read with get_conversation_history, then reply_as_person.",
	.port = 8084, .database = "sqlite:support.db", .migrations = support_migrations,
	.scopes = "support:chat support:staff support:admin", .own_scopes = "support:chat",
	.counts = conversations_count,
	.tools = tools, .resources = resources, .jobs = jobs, .counters = counters, .told = FIGURES_TOLD, .settings = settings,
	.start = start, .stop = stop, .check = history_check, .why_not = history_why_not, .elsewhere = history_elsewhere,
};
