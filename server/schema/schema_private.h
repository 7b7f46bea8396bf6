/* schema_private.h - what the files of the schema layer share.
 *
 * Compiling has three steps. The index finds every schema in the document, with its identifiers.
 * Reading turns each schema's keywords into rules, a rule being a function and what it compares
 * with. Last, schemas that refer to themselves without end are refused. A check then runs rules. */
#ifndef SCHEMA_PRIVATE_H
#define SCHEMA_PRIVATE_H

#include "decimal.h"
#include "json.h"
#include "json_schema.h"
#include "refusals.h"

#define LEVELS_MAX 512                  /* schemas entered within one another, in a check */
#define STEPS_MAX 2000000               /* of a check: schemas tried, parts looked at ... */
#define OWN_STEPS_MAX 100000            /* ... of one of what a program answers, perhaps on an event loop */
#define NESTING_MAX 200                 /* of a schema's own text */

struct schema;
struct check;
struct reader;

static inline str text_of(yyjson_val *value)
{
	return (str) { yyjson_get_str(value), yyjson_get_len(value) };
}

/* ---- What a schema becomes ---- */

/* A name for a schema within its resource: $anchor or $dynamicAnchor. */
struct anchor {
	struct anchor *next;
	str name;
	bool dynamic;
	const struct schema *schema;
};

/* A schema with an address: the root of a document, or one with an $id of its own. */
struct resource {
	struct resource *next;
	str uri;                        /* absolute, without fragment; empty: it has none */
	str also;                       /* what it was found under; .at NULL: the same */
	yyjson_val *root;
	unsigned vocabularies;          /* a bit for each that is in use, see vocabulary.c */
	struct anchor *anchors;
};

struct rule;
typedef bool check_fn(struct check *check, const struct rule *rule, yyjson_val *value);

struct rule {
	struct rule *next;
	check_fn *check;
	yyjson_val *value;              /* the keyword's, as it came */
	uint64_t limit;                 /* the same where it is a count */
	const struct schema **schemas;  /* subschemas; some may be NULL */
	size_t count;
	bool in_place;                  /* they apply to the same value, not to a part of it */
	const void *more;               /* whatever else the check needs */
};

enum verdict { VERDICT_RULES, VERDICT_ALWAYS, VERDICT_NEVER };

struct schema {
	yyjson_val *value;
	const char *pointer;            /* where it is in its document, as a JSON pointer */
	struct resource *resource;
	enum verdict verdict;           /* `true`, `false`, or what the rules say */
	bool collects;                  /* it asks what the rules before have evaluated */
	struct rule *rules, **rules_end;
	struct schema *next;            /* of those not yet read */
	int visit;                      /* by loops.c */
};

struct json_schema {
	const struct schema *root;
};

/* ---- Compiling ---- */

struct reader {
	struct arena *arena;
	struct resource *resources;
	struct schema **all;            /* ordered by the address of their value */
	size_t count, room;
	struct schema *unread;
	const char *trouble;            /* the first thing that is wrong */
};

/* metaschema.c: the document of an absolute address, or NULL. */
yyjson_val *metaschema_find(struct arena *arena, str uri);

/* Says what is wrong with a schema; false. */
bool schema_complain(struct reader *reader, const struct schema *schema, const char *format, ...)
	PRINTF(3, 4);

/* index.c: finds all schemas in a value; `resource` NULL: it is a document, found as `uri`. */
struct schema *schema_index(struct reader *reader, yyjson_val *value, str uri,
                            struct resource *resource, const char *pointer);
struct schema *schema_of(const struct reader *reader, const yyjson_val *value);
const struct anchor *resource_anchor(const struct resource *resource, str name, bool dynamic);

/* resolve.c: the schema a reference leads to; NULL: complained. `fragment`: what follows its #. */
struct schema *schema_resolve(struct reader *reader, const struct schema *from, str reference,
                              str *fragment);

/* vocabulary.c: whether the dialect a resource's root names is known, and what it is made of. */
bool schema_read_dialect(struct reader *reader, struct schema *root);
bool schema_read(struct reader *reader, struct schema *schema);

/* loops.c: whether none of the schemas leads back to itself for the same value. */
bool schema_check_loops(struct reader *reader);

/* ---- Reading keywords: by vocabulary; false: complained ---- */

typedef bool read_fn(struct reader *reader, struct schema *schema);
read_fn schema_read_core, schema_read_applicator, schema_read_unevaluated, schema_read_validation;
/* The parts of the larger ones. */
read_fn schema_read_members, schema_read_items, schema_read_number_bounds;

struct rule *schema_add_rule(struct reader *reader, struct schema *schema, check_fn *check,
                             yyjson_val *value);
/* Rooms for `count` subschemas. */
void rule_add_schemas(struct reader *reader, struct rule *rule, size_t count, bool in_place);
/* A keyword of the schema that has to be of a type; NULL: it has none, or (complained) another. */
yyjson_val *schema_keyword(struct reader *reader, const struct schema *schema, const char *name,
                           yyjson_type type);
/* The same for a whole number from 0 on; false: there is none. */
bool schema_count(struct reader *reader, const struct schema *schema, const char *name,
                  uint64_t *count);
/* The schema that is the keyword's value; NULL: there is none. */
const struct schema *schema_inner(struct reader *reader, const struct schema *schema,
                                  const char *name);

/* ---- Checking ---- */

/* Where in the checked value we are: items[2].quantity. */
enum place_kind { PLACE_MEMBER, PLACE_ITEM, PLACE_NAME };

struct place {
	const struct place *up;
	enum place_kind kind;
	str name;                       /* of the member */
	size_t index;                   /* of the item or member */
};

/* The resources entered on the way here, for $dynamicRef. */
struct scope {
	const struct scope *up;
	const struct resource *resource;
};

#define MARK_ALL UINT32_MAX

struct check {
	struct arena *arena;
	const struct place *place;      /* NULL: the whole value */
	const struct scope *scope;
	int64_t steps;                  /* that are left */
	int levels;
	int quiet;                      /* not 0: only yes or no is wanted, no words */
	int explaining;                 /* why none of several schemas fits, within another such */
	bool discreet;                  /* the words are for a log: no values in them */
	bool gave_up;
	bool all;                       /* all that is wrong is wanted, not the first */
	const char *trouble;            /* the latest */
	struct refusals refusals;       /* all; of what is tried one after the other, that none fits */
	struct matcher *matcher;        /* of patterns, once there was one */

	/* What was evaluated: members or items of the current value, by index, as rules came across
	 * them. A schema that turns out not to fit takes its own off again. */
	bool collects;
	uint32_t *marks;
	size_t marked, marks_room;
	size_t marked_before;           /* how many there were when the current schema began */
};

/* Whether the value fits. False as well once the check gave up. */
bool check_fits(struct check *check, const struct schema *schema, yyjson_val *value);
/* The same without words. */
bool check_fits_quietly(struct check *check, const struct schema *schema, yyjson_val *value);
/* The same for a member, an item or a member's name of the current value. */
bool check_part(struct check *check, const struct schema *schema, struct place place,
                yyjson_val *value);
void check_mark(struct check *check, size_t index);
/* Takes steps off what is left; false: that was too much. */
bool check_spend(struct check *check, size_t steps);
bool check_give_up(struct check *check, const char *why);

/* Whether something wrong does not end the check: what else is, is wanted too. Where marks are collected it does: what
 * was left over can't be told of a value that does not fit. */
static inline bool check_goes_on(const struct check *check)
{
	return check->all && check->quiet == 0 && check->explaining == 0 && !check->gave_up && !check->collects &&
	       refusals_have_room(&check->refusals);
}

/* What looking at one value costs; of a long number it is reading its digits. */
static inline size_t steps_of(yyjson_val *value)
{
	return yyjson_is_raw(value) ? 1 + yyjson_get_len(value) / 4 : 1;
}

/* ---- Words ---- */

/* Says what is wrong with the current value ("items[2].quantity must be …"); false. */
bool check_refuse(struct check *check, const char *format, ...) PRINTF(2, 3);
/* The same as whole sentences. */
bool check_refuse_all(struct check *check, const char *format, ...) PRINTF(2, 3);
const char *check_path(const struct check *check);              /* of the current value */
const char *check_path_to(const struct check *check, str name);  /* of a member of it */
const char *words_of_value(struct arena *arena, yyjson_val *value);     /* itself, if it is short */
const char *words_of_came(const struct check *check, yyjson_val *value);        /* the value that is checked */
const char *words_of_text(struct arena *arena, str text);          /* the same of text */
const char *words_of_schema(struct arena *arena, const struct schema *schema);
const char *words_of_list(struct arena *arena, yyjson_val *array);
static inline const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* ---- Values ---- */

/* Equal as JSON Schema has it: 1.0 is 1, members in any order. */
bool value_same(struct check *check, yyjson_val *a, yyjson_val *b);
/* Two items of an array that are the same; false: there are none. */
bool value_find_same(struct check *check, yyjson_val *array, size_t *first, size_t *second);
/* Refuses a value whose objects name a member twice, or that is too deep. */
bool check_value(struct check *check, yyjson_val *value);

/* ---- Patterns ---- */

struct pattern;

/* NULL: `why` says why it is no ECMA-262 regular expression (with flag u). */
struct pattern *pattern_compile(struct arena *arena, str text, const char **why);
bool pattern_matches(struct check *check, const struct pattern *pattern, str text);
void matcher_free(struct matcher *matcher);             /* NULL is fine */
/* An ECMA-262 regular expression in PCRE2's syntax; .at NULL: `why` says what is wrong. */
str pattern_translate(struct arena *arena, str text, const char **why);

/* ---- Addresses ---- */

/* RFC 3986; .at NULL: absent, which is not empty. */
struct uri {
	str scheme, authority, path, query, fragment;
};

struct uri uri_split(str text);
/* A reference made absolute, without its fragment. */
str uri_resolve(struct arena *arena, str base, str reference);
/* Without %XX; a % that begins none stays. */
str uri_decode(struct arena *arena, str text);

#endif
