/* question.h - what a tool asks the person behind the client, or the client itself. */
#ifndef QUESTION_H
#define QUESTION_H

#include "reply.h"

/* What a client declared it can be asked for. */
enum can { CAN_FORM = 1, CAN_URL = 2, CAN_SAMPLE = 4, CAN_ROOTS = 8, CAN_TASKS = 16 };
unsigned capabilities_read(yyjson_val *capabilities);

struct question {
	struct question *next;
	const char *key;
	const char *method;             /* "elicitation/create" */
	str params;                     /* JSON */
	bool answered;                  /* or it is known that nobody does */
	str result;                     /* what was answered, JSON as it came; .at NULL: nobody did */
	int64_t number;                 /* session era: of the request's id */
	bool wanted;                    /* asked for in the latest run */
};

/* An answer to a question came in; NULL: the client refused or nobody answered. What does not fit is
 * found when the tool asks again, and then put anew. */
void question_answer(struct mcp_call *call, struct question *question, yyjson_val *result);
struct question *question_add(struct mcp_call *call, const char *key);
struct question *question_find(struct mcp_call *call, str key);

#endif
