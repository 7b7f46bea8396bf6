/* desk.h - what people call about conversations beside chat_with_ai: the tools and resources, each in the file of its name, and
 * whose conversations a call is about. */
#ifndef DESK_H
#define DESK_H

#include <assert.h>

#include "history.h"
#include "writing.h"

#define STAFF "support:staff"

/* ---- Whose (whose.c) ---- */

/* A conversation as arguments name it. */
#define CONVERSATION_NAMED(T) \
	TEXT(T, conversation_id, "Number of the conversation", .required = true, AT_LEAST(1), AT_MOST(64), \
	     EXAMPLES("CNV-7H2K9QX4TN"))

/* Whose conversations the call sees: NULL is everybody's, for staff; else that customer's only. False: its customer is not
 * known, as customer_unknown() then says. */
MUST_USE bool conversations_of(struct mcp_call *call, const char **customer);
enum mcp_answer customer_unknown(struct mcp_call *call);
/* Who the caller is to a customer whom they answer: as their token calls them, or their key. */
const char *caller_as_person(struct mcp_call *call);
/* The same of anybody, by what mcp_caller() and mcp_called() are of them. */
const char *as_person(struct arena *arena, const char *caller, const char *called);
/* The one that is meant, where the call sees it; with `own` only where it is the caller's own. What is somebody else's is
 * NOT_FOUND. */
enum whose { ANY_SEEN, OWN };
enum lookup conversation_of(struct mcp_call *call, struct store *store, enum whose whose, const char *id,
                            struct conversation *conversation);
/* Ends a tool that did not find it. */
enum mcp_answer conversation_missing(struct mcp_call *call, enum lookup found, const char *id);
/* What names one in support://conversation/{id}. */
struct conversation_named { const char *id; };
mcp_sees_fn sees_conversation;

/* ---- Who writes, and who has it open (participants.c) ---- */

struct participant {
	const char *role;               /* customer, or person: one of the shop */
	const char *name;               /* NULL: not for the caller to know */
	bool you;                       /* the caller */
};
extern SHAPE_OF(participant_shape, struct participant);

struct participants {
	struct participant all[MCP_FOLLOWERS_MAX];
	int64_t count;
};
static_assert(MCP_PRESENT_MAX <= MCP_FOLLOWERS_MAX, "there is room for all who write");
struct participants writers_of(struct mcp_call *call, const struct conversation *conversation);
/* A customer is told of themselves and of whoever has the conversation: not who else of the shop looks on. */
struct participants present_of(struct mcp_call *call, const struct conversation *conversation);

/* ---- As a tool answers with it (shown.c) ---- */

/* What is shown of a conversation; what only staff sees is absent for others. */
struct shown {
	const char *conversation_id;
	const char *customer;           /* staff */
	const char *status;
	int64_t started_at, updated_at;
	int64_t messages;
	int64_t waiting_since;
	int64_t place;
	bool has_place;
	const char *reason, *contact;
	const char *person;
	double sentiment;
	bool has_sentiment;
	int64_t rating;
	bool has_rating;
	const char *comment;
	const char *first_words, *latest_words;         /* of a list */
	const char *writing;            /* of a history: what the model has written so far */
	struct participant *writers, *present;          /* and the people who write, and who have it open */
	int64_t writers_count, present_count;
};

extern SHAPE_OF(shown_shape, struct shown);
#define SHOWN_FIELDS(T) \
	TEXT(T, conversation_id, "Number of the conversation", .required = true), \
	TEXT(T, customer, "Whose it is; for staff"), \
	TEXT(T, status, "open: the model answers. waiting: for a person. with_person: one has taken it. closed", \
	     .required = true, ONE_OF(STATUSES)), \
	TIME(T, started_at, "When it began", .required = true), \
	TIME(T, updated_at, "When the latest message came", .required = true), \
	INT(T, messages, "How many messages there are", .required = true), \
	TIME(T, waiting_since, "Since when the customer waits for a person"), \
	INT(T, place, "Its place in the queue of those that wait, from 1", OPTIONAL(T, has_place)), \
	TEXT(T, reason, "Why it was passed on to a person"), \
	TEXT(T, contact, "Where else the customer can be reached"), \
	TEXT(T, person, "Who of the shop has taken it"), \
	REAL(T, sentiment, "How the customer's latest words sound: -1 to 1", OPTIONAL(T, has_sentiment)), \
	INT(T, rating, "1 to 5, by the customer", OPTIONAL(T, has_rating)), \
	TEXT(T, comment, "What the customer said of it")

/* With words of it, as it stands in lists. */
extern SHAPE_OF(shown_in_list_shape, struct shown);

/* All of it but its place and what is being written. */
struct shown show(struct mcp_call *call, const struct conversation *conversation);
struct shown *show_all(struct mcp_call *call, const struct conversations *all);
/* Ends a tool by answering with it as it is now. */
enum mcp_answer conversation_answer(struct mcp_call *call, struct store *store, const char *id);

/* ---- Tools, each in the file of its name ---- */

mcp_tool_fn list_conversations, get_conversation_history, escalate, rate_conversation, take_conversation, reply_as_person,
	say_writing, support_report, forget_customer;
mcp_tool_fn read_conversation, read_queue;      /* history.c, waiting.c */
mcp_complete_fn complete_conversation;          /* complete.c */

extern SHAPE_OF(list_shape, struct list);
extern SHAPE_OF(listed_shape, struct listed);
extern SHAPE_OF(history_shape, struct history);
extern SHAPE_OF(conversation_named_shape, struct conversation_named);
extern SHAPE_OF(queue_shape, struct queue);
extern SHAPE_OF(escalate_shape, struct escalation);
extern SHAPE_OF(rate_shape, struct rate);
extern SHAPE_OF(take_shape, struct take);
extern SHAPE_OF(reply_shape, struct reply);
extern SHAPE_OF(say_writing_shape, struct say_writing);
extern SHAPE_OF(report_shape, struct report);
extern SHAPE_OF(reported_shape, struct reported);
extern SHAPE_OF(forget_shape, struct forget);
extern SHAPE_OF(forgotten_shape, struct forgotten);
extern const char history_schema[];

#endif
