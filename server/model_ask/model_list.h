/* model_list.h - the models that a program may ask, in their order, and what each is reached by. */
#ifndef MODEL_LIST_H
#define MODEL_LIST_H

#include <stdatomic.h>

#include "breaker.h"
#include "model_ask.h"
#include "model_counts.h"

struct aws_self;

struct model {
	const struct model_wire *wire;
	const char *name;               /* as its provider calls it */
	const char *full;               /* as the setting does: "openai:gpt-4o-mini" */
	struct breaker breaker;
	struct model_counts *counts;
};

struct models {
	struct arena *arena;            /* a secret one */
	const char *setting;            /* that names them */
	bool beside;                    /* it is not MODELS */
	struct model *each;
	size_t count;
	const char *openai_url;         /* without a slash at its end */
	const char *openai_key;         /* NULL: it has none */
	const char *bearer;             /* of Bedrock; NULL: it is signed */
	const struct aws_self *aws;     /* NULL: none of them is Bedrock's */
	atomic_llong skew_ms;           /* AWS's clock is so much ahead */
};

#endif
