/* model_wire.h - the protocols that models speak: a request as bytes, and an answer of bytes, in whichever pieces.
 *
 *     const char *wrong = model_wire_openai.write(arena, &request, &http);
 *     ...it is sent; then of what comes back:
 *     struct model_reader *reader = model_reader_create(&reading);
 *     model_reader_head(reader, &head);
 *     while (...bytes) model_reader_feed(reader, bytes);
 *     const struct model_fault *fault = model_reader_end(reader, &answer);
 *
 * Nothing is sent here, nothing waits, nothing has a clock. A reader is one thread's at a time. */
#ifndef MODEL_WIRE_H
#define MODEL_WIRE_H

#include "charged.h"
#include "model.h"

#define MODEL_ANSWER_MAX (512 * 1024)   /* bytes of what a model says */

/* As HTTP, POST. Who may ask (a key, a signature) is not in it. */
struct model_http {
	const char *path;               /* behind the URL where the service is; of openai that ends in /v1, as its own clients have it */
	const char *type;               /* Content-Type */
	const char *accept;             /* Accept */
	str body;
};

struct model_reader;

struct model_wire {
	const char *name;
	/* NULL, or what is wrong with the request. The same request is the same bytes, and what a longer conversation has in
	 * common with a shorter one begins with the same. */
	const char *(*write)(struct arena *arena, const struct model_request *request, struct model_http *http);
	/* Of the reader, see inside.h. */
	void (*begin)(struct model_reader *reader);
	void (*take)(struct model_reader *reader, str bytes);
	void (*finish)(struct model_reader *reader);
	void (*whole)(struct model_reader *reader, str body);
	void (*refused)(struct model_reader *reader, str body);
};

extern const struct model_wire model_wire_openai;       /* /v1/chat/completions, OpenAI's and whoever has the same */
extern const struct model_wire model_wire_bedrock;      /* Amazon Bedrock's Converse and ConverseStream */

/* ---- Reading ---- */

/* What the model says next, for the length of the call: whole characters, without its thinking. All of them are the texts
 * of the answer. */
typedef void model_text_fn(void *of, str text);

struct model_reading {
	const struct model_wire *wire;
	const char *model;              /* copied */
	str secret;                     /* by which it was asked: what it says of a fault has that left out. Lives as long; .at NULL: nothing */
	struct budget *budget;          /* what is kept counts there, and where it has no room the answer ends; NULL: it is not counted */
	model_text_fn *tell;            /* NULL: nobody wants to know before the end */
	void *of;
};

struct model_reader *model_reader_create(const struct model_reading *reading);
void model_reader_destroy(struct model_reader *reader); /* NULL is fine */

/* Of the answer's head. The texts are copied; .at NULL: it has none. */
struct model_head {
	int status;                     /* of HTTP */
	int64_t retry_after_ms;         /* Retry-After or x-amz-retry-after; 0: none */
	str error_type;                 /* x-amzn-errortype */
	str date;                       /* Date */
	int64_t now_ms;                 /* the time here, by the clock that it was signed by */
};

/* Before the first bytes. */
void model_reader_head(struct model_reader *reader, const struct model_head *head);
/* False: no more is wanted, what comes changes nothing. */
bool model_reader_feed(struct model_reader *reader, str bytes);
/* No more comes, for whichever reason. NULL: that was all of the answer. Else what was told of it before is the answer,
 * with MODEL_STOP_NONE. Both live as long as the reader; asked again it says the same. */
const struct model_fault *model_reader_end(struct model_reader *reader, struct model_answer *answer);

#endif
