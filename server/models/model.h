/* model.h - a language model as it is spoken to: what it is asked, what it says, what goes wrong.
 *
 * The same for every model, whichever protocol it speaks (model_wire.h). What has blocks is as the models have it: a
 * message is of text, of uses of tools, of their results. */
#ifndef MODEL_H
#define MODEL_H

#include "core.h"

/* ---- What it is asked ---- */

enum model_role { MODEL_USER, MODEL_ASSISTANT };

enum model_block_kind {
	MODEL_TEXT,
	MODEL_TOOL_USE,
	MODEL_TOOL_RESULT,
	MODEL_AS_IT_CAME,               /* what only the model that said it understands, such as its reasoning */
};

struct model_block {
	enum model_block_kind kind;
	str text;                       /* of a tool's use its input, an object; of a result JSON, or words; AS_IT_CAME: JSON */
	str id;                         /* of a tool's use, and of its result */
	str name;                       /* of a tool's use; AS_IT_CAME: the model's */
	bool failed;                    /* of a result */
};

struct model_message {
	enum model_role role;
	const struct model_block *blocks;
	size_t count;
};

struct model_tool {
	const char *name;               /* of letters, digits, _ and -, up to 64 */
	const char *about;
	const char *schema;             /* of its input: JSON, an object */
};

/* The messages may be as a conversation has them: see turns.h for what is made of them. */
struct model_request {
	const char *model;
	const char *system;             /* NULL: nothing. The same for all, as are the tools: a cache has it */
	const char *situation;          /* what more the system says, and differs: the date, who the customer is. NULL: nothing */
	const struct model_message *messages;
	size_t message_count;
	const struct model_tool *tools;
	size_t tool_count;
	const char *must_use;           /* the name of the tool that is to be used; NULL: as it likes */
	bool no_tools;                  /* it is to answer without */
	int64_t max_tokens;             /* at least 1: what is not said is reserved from the quota as the longest there is */
	double temperature;             /* below 0: the model's own */
	const char *guardrail, *guardrail_version;      /* Bedrock's; NULL: none */
	bool cache;                     /* Bedrock's: what stands before the situation is cached */
	bool at_once;                   /* the answer comes as a whole, not piece by piece */
};

/* ---- What it says ---- */

enum model_stop {
	MODEL_STOP_NONE,                /* it did not come to an end */
	MODEL_END_TURN,
	MODEL_USES_TOOLS,
	MODEL_MAX_TOKENS,               /* here and below uses of tools are left out: they may be cut off */
	MODEL_GUARDRAIL,                /* the text is the guardrail's, what it answers is to be kept out of the conversation */
	MODEL_FILTERED,
	MODEL_MALFORMED,                /* it used a tool in a way that makes no sense, or did not say that it had come to its end */
	MODEL_CONTEXT_FULL,
};

/* Tokens; -1: nobody said. */
struct model_usage {
	int64_t input;                  /* without those of the cache */
	int64_t output, cache_read, cache_write;
};

struct model_answer {
	const struct model_block *blocks;       /* TEXT, TOOL_USE, AS_IT_CAME; none is blank */
	size_t count;
	enum model_stop stop;
	struct model_usage usage;
};

/* ---- What goes wrong ---- */

enum model_trouble {
	MODEL_FINE,
	MODEL_THROTTLED,                /* asked too often, or for too much */
	MODEL_UNAVAILABLE,              /* may be gone with the next try */
	MODEL_NOT_READY,                /* it is being loaded */
	MODEL_IDENTITY,                 /* expired, or signed by a wrong clock (skew_ms): with another one again */
	MODEL_NO_SUCH_MODEL,
	MODEL_DENIED,
	MODEL_INVALID,                  /* what it was asked makes no sense to it */
	MODEL_TOO_LONG,                 /* what it was asked */
	MODEL_CUT,                      /* the answer ended before its end */
	MODEL_NONSENSE,                 /* what came is no answer, or not as it was sent */
	MODEL_NO_ROOM,                  /* it is more than is kept of an answer, or there is no room for more */
};

struct model_fault {
	enum model_trouble trouble;
	const char *why;                /* for people */
	const char *code;               /* as the other side calls it; "": it does not */
	int64_t retry_after_ms;         /* 0: nobody said */
	int64_t skew_ms;                /* their clock is so much ahead of ours; 0: near enough */
};

#endif
