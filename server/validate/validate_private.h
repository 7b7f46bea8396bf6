/* validate_private.h - what the rules share: where they are, and how they complain. */
#ifndef VALIDATE_PRIVATE_H
#define VALIDATE_PRIVATE_H

#include <yyjson.h>

#include "validate.h"

/* What is looked at. */
struct checking {
	const struct mcp_server *server;
	const struct ours *ours;
	struct arena *arena;
	struct complaints found;
	const char *table;              /* "tools"; NULL: the server itself */
	int place;                      /* in it */
	const char *name;               /* of the entry there */
	const char *shape;              /* ".in", while that is looked at */
};

/* One line about the entry that is looked at. */
void complain(struct checking *at, const char *what, ...) PRINTF(2, 3);

/* A rule looks at one entry of its table, and complains of all it does not like. */
typedef void rule_fn(struct checking *at, const void *entry);

struct table {
	const char *name;               /* the member of struct mcp_server, and where it is */
	size_t offset;
	size_t size;                    /* of an entry */
	rule_fn *const *rules;          /* ends with NULL */
};

extern rule_fn *const tool_rules[], *const resource_rules[], *const prompt_rules[], *const file_rules[],
	*const job_rules[], *const command_rules[], *const counter_rules[], *const setting_rules[],
	*const migration_rules[];
void validate_server(struct checking *at);

/* ---- Members that must be there: a row each ---- */

struct needed {
	const char *member;             /* "about" */
	size_t offset;
	const char *write;              /* "say what it does: the model reads it" */
};
#define NEEDED(T, member, write) { #member, offsetof(T, member), write }
/* `needed` ends with an empty row. */
void validate_needed(struct checking *at, const void *entry, const struct needed *needed);

/* ---- Where a table ends (room.c) ---- */

/* Bytes from there to the end of the object of the program that it is in; 0: nobody knows, for it is of no such, or the
 * program was stripped of its symbols. */
size_t room_from(const void *at);

/* ---- Forms (forms.c) ---- */

bool is_made_of(const char *text, const char *characters);      /* of these alone, and not empty */
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
void validate_call_name(struct checking *at, const char *name);    /* of a tool or prompt */
void validate_words(struct checking *at, const char *member, const char *text);    /* UTF-8; NULL is fine */
void validate_scope(struct checking *at, const char *member, const char *scope);
void validate_scopes(struct checking *at);                      /* those of the server */
void validate_uri(struct checking *at, const char *uri);           /* {names} among it */

/* ---- JSON that is written by hand (attached.c) ---- */

/* NULL: there is none, or it has complained: `write` says what to write instead. */
yyjson_val *validate_json(struct checking *at, const char *member, const char *text, const char *write);
void validate_icons(struct checking *at, const char *icons);
void validate_meta(struct checking *at, const char *meta);

/* ---- Shapes and schemas (schemas.c) ---- */

void validate_shape(struct checking *at, const char *member, const struct shape *shape);
void validate_schema(struct checking *at, const char *member, const char *text, bool object);
/* The fields are the texts that a prompt or a template is called with. */
void validate_texts(struct checking *at, const struct shape *in, const char *what);

#endif
