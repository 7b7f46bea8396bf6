/* shape.h - describes a C struct once, as a const table of its fields.
 *
 * From the description the runtime makes the JSON Schema clients see, the checks their arguments
 * pass, the parameters of an SQL statement, the columns of its result, and the JSON of an answer.
 *
 *     struct search { const char *words; int64_t limit; };
 *     static SHAPE(search_shape, struct search,
 *         TEXT(struct search, words, "Words to look for", .required = true, AT_MOST(200)),
 *         INT (struct search, limit, "How many to return", AT_LEAST(1), AT_MOST(100), DEFAULT(20)));
 *
 * The first argument after the member is its description, the model reads it; the rest are options.
 * A member of another C type than the macro names does not compile. Shapes stand at file scope.
 *
 * Absent   A text, nested struct or money (its currency) that is absent is NULL, a time is 0, a
 *          list has no items. A number or bool that may be absent names a bool beside it:
 *          INT(struct update, stock, "Units on hand", OPTIONAL(struct update, has_stock)).
 *          Absent members are left out of JSON and are NULL in SQL. Only a list of what a
 *          program answers is always there: without items it is [], and its schema says so.
 * Examples A text or time may name some: TIME(struct report, from, "Begin", EXAMPLES("2011-01-31"))
 *          is described as: Begin, such as "2011-01-31". A program with one that is refused does not
 *          start, so nothing is recommended that is not taken. */
#ifndef MCP_SHAPE_H
#define MCP_SHAPE_H

#include "core.h"

/* A complaint about what these macros were given begins with the line that used them, not with one of this file. */
#pragma GCC system_header

/* An amount in the currency's minor unit (pence, cents) with its ISO 4217 code. In JSON
 * {"amount": 255, "currency": "GBP"}; in SQL a field `price` is the columns price and
 * price_currency. */
struct money {
	int64_t minor;
	const char *currency;   /* NULL: absent */
};

enum field_type {
	FIELD_END,
	FIELD_TEXT,             /* const char *, valid UTF-8 without NUL */
	FIELD_INT,              /* int64_t */
	FIELD_REAL,             /* double */
	FIELD_BOOL,             /* bool */
	FIELD_TIME,             /* int64_t, milliseconds since 1970 UTC; RFC 3339 in JSON, bigint in SQL */
	FIELD_MONEY,            /* struct money */
	FIELD_NEST,             /* pointer to a struct of shape `item` */
	FIELD_LIST,             /* array of structs of shape `item`, and a count */
	FIELD_TEXTS,            /* array of const char *, and a count */
	FIELD_REALS,            /* array of double, and a count */
};

struct shape;

struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	size_t count_offset;            /* lists: where the int64_t count is */
	size_t has_offset;              /* where the presence bool is, plus one; 0: there is none */
	const struct shape *item;       /* nested structs and lists */
	const char *about;
	bool required;
	bool has_least, has_most, has_standard;
	double least, most;             /* of a number; of a text's length in characters; of a list's */
	double standard;                /* the default of a number or bool */
	const char *standard_text;      /* the default of a text */
	const char *const *one_of;      /* the texts that are allowed, ending with NULL */
	const char *const *examples;    /* of a text or time, ending with NULL */
	const char *format;             /* JSON Schema format, as an annotation: "email", "uri" ... */
	const char *header;             /* 2026-07-28: sent as Mcp-Param-{header} too (x-mcp-header) */
};

struct shape {
	size_t size;
	const struct field *fields;     /* ends with an empty entry */
};

/* `static SHAPE(page_shape, struct page, ...)`: the shape, and which struct it describes, so that the compiler
 * holds what goes with it (mcp_return(), store_find() ...) to that. Of one that is another file's, the header says
 * `extern SHAPE_OF(page_shape, struct page)`. The fields stand there twice: the second time nothing comes of them
 * but the complaints of the compiler, which then knows whose they are to be (see shape_of_). */
#define SHAPE(name, T, ...) \
	const struct shape name[1] = {{ sizeof(T), (const struct field[]) { __VA_ARGS__, { 0 } } }}; \
	typedef T name##_describes; \
	typedef void name##_holds(T *shape_of_, char (*)[sizeof((const struct field[]) { __VA_ARGS__ })])
#define SHAPE_OF(name, T) const struct shape name[1]; typedef T name##_describes

#define TEXT(T, member, ...)  FIELD_(T, member, FIELD_TEXT, const char *, __VA_ARGS__)
#define INT(T, member, ...)   FIELD_(T, member, FIELD_INT, int64_t, __VA_ARGS__)
#define REAL(T, member, ...)  FIELD_(T, member, FIELD_REAL, double, __VA_ARGS__)
#define BOOL(T, member, ...)  FIELD_(T, member, FIELD_BOOL, bool, __VA_ARGS__)
#define TIME(T, member, ...)  FIELD_(T, member, FIELD_TIME, int64_t, __VA_ARGS__)
#define MONEY(T, member, ...) FIELD_(T, member, FIELD_MONEY, struct money, __VA_ARGS__)

/* A field that no client sees, without a description: a parameter or a column of a statement. Its type is the
 * member's; a time is a number there. */
#define PARAM(T, member) \
	{ .name = #member, .type = TYPE_(T, member), \
	  .offset = AT_(T, member) + HOLDS_(ANY_ || TYPE_(T, member) != FIELD_END, \
		#member " in " #T " must be a const char *, int64_t, double, bool or struct money") }
#define TYPE_(T, member) \
	_Generic(((T *)0)->member, const char *: FIELD_TEXT, int64_t: FIELD_INT, double: FIELD_REAL, bool: FIELD_BOOL, \
	         struct money: FIELD_MONEY, default: FIELD_END)

/* `member` is an ITEM *. */
#define NEST(T, member, ITEM, shape_, ...) \
	{ .name = #member, .type = FIELD_NEST, .item = (shape_), \
	  .offset = AT_(T, member) + IS_(T, member, ITEM *) + DESCRIBES_(shape_, ITEM), .about = __VA_ARGS__ }

/* `member` is an ITEM *, `count` an int64_t beside it. */
#define LIST(T, member, count, ITEM, shape_, ...) \
	{ .name = #member, .type = FIELD_LIST, .item = (shape_), \
	  .offset = AT_(T, member) + IS_(T, member, ITEM *) + DESCRIBES_(shape_, ITEM), \
	  .count_offset = AT_(T, count) + IS_(T, count, int64_t), .about = __VA_ARGS__ }

/* `member` is a const char **, `count` an int64_t beside it. */
#define TEXTS(T, member, count, ...) \
	{ .name = #member, .type = FIELD_TEXTS, .offset = AT_(T, member) + IS_(T, member, const char **), \
	  .count_offset = AT_(T, count) + IS_(T, count, int64_t), .about = __VA_ARGS__ }

/* `member` is a double *, `count` an int64_t beside it. */
#define REALS(T, member, count, ...) \
	{ .name = #member, .type = FIELD_REALS, .offset = AT_(T, member) + IS_(T, member, double *), \
	  .count_offset = AT_(T, count) + IS_(T, count, int64_t), .about = __VA_ARGS__ }

/* Options. Each marks itself as given, so that AT_LEAST(0) differs from nothing. */
#define AT_LEAST(n) .has_least = true, .least = (n)
#define AT_MOST(n) .has_most = true, .most = (n)
/* What the field has where it is absent: DEFAULT(20), DEFAULT(true), DEFAULT("open"). */
#define DEFAULT(value) .has_standard = true, \
	.standard = _Generic((value), char *: 0, const char *: 0, default: (value)), \
	.standard_text = _Generic((value), char *: (value), const char *: (value), default: NULL)
#define DEFAULT_TEXT(text) DEFAULT(text)        /* its older name, of a text */
#define ONE_OF(...) .one_of = (const char *const[]) { __VA_ARGS__, NULL }
#define EXAMPLES(...) .examples = (const char *const[]) { __VA_ARGS__, NULL }
#define OPTIONAL(T, has) .has_offset = AT_(T, has) + 1 + IS_(T, has, bool)

#define FIELD_(T, member, type_, ctype, ...) \
	{ .name = #member, .type = (type_), .offset = AT_(T, member) + IS_(T, member, ctype), .about = __VA_ARGS__ }

/* 0, or an error of the compiler's in these words. */
#define HOLDS_(condition, words) \
	(0 * sizeof(struct { _Static_assert(condition, words); char it; }))
#define SAME_(A, B) __builtin_types_compatible_p(A, B)

/* Whose fields these are to be: any struct's, but where SHAPE() names a parameter so. All is complained of there,
 * and once. */
extern struct shape_of_any_ *shape_of_;
#define ANY_ SAME_(__typeof__(*shape_of_), struct shape_of_any_)

#define AT_(T, member) \
	(offsetof(T, member) + HOLDS_(ANY_ || SAME_(__typeof__(*shape_of_), T), \
	                              #member " is in " #T ": the shape is of another struct"))
#define IS_(T, member, ctype) \
	HOLDS_(ANY_ || SAME_(__typeof__(((T *)0)->member), ctype), #member " in " #T " must be a " #ctype)
#define DESCRIBES_(shape_, T) \
	HOLDS_(ANY_ || SAME_(shape_##_describes, T), #shape_ " does not describe a " #T)

/* A pointer to what a shape describes (T), or to nobody knows what (void *). FITS_ does not evaluate it, and is no HOLDS_:
 * in that clang takes &(struct it) { … } for a constant. */
#define FITS_(T, shape_, pointer) __extension__ ({ _Static_assert(SAME_(__typeof__(*(pointer)), T) || \
	SAME_(__typeof__(*(pointer)), void), #pointer " is not what " #shape_ " describes"); 0; })
#define POINTS_TO_(T, shape_, pointer) ((void)FITS_(T, shape_, pointer), (pointer))
typedef void NULL_describes;

#endif
