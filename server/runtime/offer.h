/* offer.h - what a server offers, made ready at start: tools, resources, prompts, and extensions. */
#ifndef OFFER_H
#define OFFER_H

#include "fault.h"
#include "json_schema.h"
#include "mcp.h"

enum offer_kind { OFFER_TOOL, OFFER_RESOURCE, OFFER_PROMPT };

/* A tool, resource or prompt, as far as a call is concerned. */
struct offer {
	enum offer_kind kind;
	const char *name;               /* of a resource: its URI or template */
	const struct shape *in, *out;
	const char *scope;
	const char *mime;
	const char *meta;               /* a resource's, JSON */
	const struct json_schema *schema;       /* of a tool that has one of its own instead of `in` */
	yyjson_val *in_schema;          /* that, as JSON */
	const struct json_schema *answers;      /* of a tool that has an out_schema: what it may answer */
	bool blocks, has_headers;
	bool changes;                   /* of a tool: it does not only read */
	bool database_tells;            /* of a resource: PostgreSQL says itself when it changed */
	bool tells_followers;           /* of a resource: see mcp.h */
	bool runs_long, needs_task, asks_first, idempotent;
	mcp_complete_fn *complete;
	mcp_sees_fn *sees;              /* of a resource: see mcp.h */
	const char *sees_all;
	int64_t deadline_ms;
	mcp_tool_fn *run;
	bool structured[REVISIONS];     /* of a tool: its list has an outputSchema */
	str listed[REVISIONS];          /* its JSON in a list */
};

struct offers {
	struct offer *first;
	int count, room;
};

/* A feature beside the core: what a client is told of it, and what it has to offer. A const table each
 * in its room, listed in protocol.c; its methods are lines in the eras' tables. */
struct extension {
	const char *name;               /* as capabilities.extensions has it */
	const char *settings;           /* there, JSON */
	enum revision since;
	unsigned can;                   /* what a client that declares it can (enum can); 0: nothing */
	bool (*is_served)(void);
	/* What the names of its methods begin with, where they are not served without it; ends with NULL. */
	const char *const *methods;
	const struct subscription_kind *follows;        /* what can be subscribed to; NULL: nothing */
	void (*offer)(void);            /* adds its resources (offer_resource()); NULL: it has none */
	/* The resource behind a URI that is in no list; NULL: it has none, or no such. */
	const struct offer *(*find)(str uri);
};

extern const struct extension pages_extension;  /* resources that hosts show beside a tool's answer */

void offers_build(void);
/* Adds a resource, or a template; while they are built. */
void offer_resource(const struct mcp_resource *resource);
/* Whether a method belongs to what this server offers: without prompts there is no prompts/list. */
bool offers_serve(str method);
const struct offer *offer_find(const struct offers *offers, str name);

/* ---- What a URI names (offer_uri.c) ---- */

#define URI_MAX 2048                    /* bytes: a longer one names nothing here */
/* The resource or template a URI names; the template's values are read into *in. */
const struct offer *offer_for_uri(struct arena *arena, str uri, const void **in);
/* What all spellings of one are known by, and nothing else is: its template and the values there. What names nothing
 * here, or is no template's, is known by itself. */
const char *offer_known_as(struct arena *arena, str uri);

/* What a change is of: the same of each spelling, and of nothing else. Nobody outside this process knows how it is
 * made, so nobody finds two that are the same. Its bits are as good as random, to be taken for a place in a table. */
struct topic {
	uint64_t key;
};
/* The only thing that makes one; of a list or a task, which are no resources, it is of the words they are known by. */
struct topic topic_of(struct arena *arena, str uri);

static inline bool topic_is(struct topic one, struct topic other)
{
	return one.key == other.key;
}

#endif
