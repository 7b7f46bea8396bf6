/* support_tools.h - support, as tools.h runs it: without a server, on a database that a test may have fail, or have another process be first at. */
#ifndef SUPPORT_TOOLS_H
#define SUPPORT_TOOLS_H

#include "desk.h"
#include "erase.h"
#include "queue.h"
#include "tools.h"

static const struct tool support_tools[] = {
	{ "list_conversations", list_conversations, list_shape, listed_shape },
	{ "get_conversation_history", get_conversation_history, history_shape, NULL },
	{ "read_conversation", read_conversation, conversation_named_shape, NULL },
	{ "read_queue", read_queue, NULL, queue_shape },
	{ "escalate", escalate, escalate_shape, shown_shape },
	{ "rate_conversation", rate_conversation, rate_shape, shown_shape },
	{ "take_conversation", take_conversation, take_shape, shown_shape },
	{ "reply_as_person", reply_as_person, reply_shape, shown_shape },
	{ "say_writing", say_writing, say_writing_shape, NULL },
	{ "support_report", support_report, report_shape, reported_shape },
	{ "forget_customer", forget_customer, forget_shape, forgotten_shape },
	{ 0 },
};

static struct program support = {
	.name = "support", .tools = support_tools, .migrations = support_migrations, .empty = "delete from message; delete from conversation",
};

#endif
