/* shape.c - looks fields up, and finds shapes that contradict themselves before they are used. */
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "number.h"

#define DEPTH_MAX 8

const struct field *shape_field(const struct shape *shape, str name)
{
	if (!shape)
		return NULL;
	for (const struct field *field = shape->fields; field->type != FIELD_END; field++)
		if (str_is(name, field->name))
			return field;
	return NULL;
}

/* ---- Checking: each claim names the field that breaks it ---- */

static void claim(bool holds, const struct field *field, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "error the shape's field \"%s\" contradicts itself: %s\n", field->name,
	        what);
	abort();
}

static bool one_of_types(const struct field *field, enum field_type a, enum field_type b,
                         enum field_type c)
{
	return field->type == a || field->type == b || field->type == c;
}

static bool is_number(const struct field *field)
{
	return one_of_types(field, FIELD_INT, FIELD_REAL, FIELD_TIME);
}

static bool is_list(const struct field *field)
{
	return one_of_types(field, FIELD_LIST, FIELD_TEXTS, FIELD_TEXTS);
}

static size_t size_of(enum field_type type)
{
	return type == FIELD_MONEY ? sizeof(struct money) : type == FIELD_BOOL ? sizeof(bool) : 8;
}

static void check_place(const struct shape *shape, const struct field *field)
{
	claim(field->offset + size_of(field->type) <= shape->size &&
	      (!is_list(field) || field->count_offset + sizeof(int64_t) <= shape->size) &&
	      field->has_offset <= shape->size, field, "it lies outside the struct");
	claim(shape_field(shape, str_of(field->name)) == field, field, "its name is there twice");
	claim((field->item != NULL) == one_of_types(field, FIELD_NEST, FIELD_LIST, FIELD_LIST),
	      field, "nested structs and lists have an item shape, others have none");
}

static void check_bounds(const struct field *field)
{
	bool bounded = field->has_least || field->has_most;

	claim(!bounded || !one_of_types(field, FIELD_BOOL, FIELD_NEST, FIELD_NEST), field,
	      "a bool or nested struct has no bounds");
	claim(!field->has_least || !field->has_most || field->least <= field->most, field,
	      "AT_LEAST is above AT_MOST");
	claim(!bounded || is_number(field) || field->type == FIELD_MONEY ||
	      ((!field->has_least || field->least >= 0) && (!field->has_most || field->most >= 0)),
	      field, "a length is not below 0");
}

static bool is_within(const struct field *field, double value)
{
	return !(field->has_least && value < field->least) &&
	       !(field->has_most && value > field->most);
}

static bool is_choice(const struct field *field, const char *text)
{
	if (!field->one_of)
		return true;
	for (const char *const *choice = field->one_of; *choice; choice++)
		if (strcmp(*choice, text) == 0)
			return true;
	return false;
}

bool shape_takes_text(const struct field *field, const char *text)
{
	return is_within(field, (double)utf8_length(str_of(text))) && is_choice(field, text);
}

static void check_standard(const struct field *field)
{
	const char *text = field->standard_text;

	if (!field->has_standard)
		return;
	claim(!field->required, field, "what is required needs no default");
	if (field->type == FIELD_TEXT) {
		claim(text != NULL, field, "the default of a text is given by DEFAULT_TEXT");
		claim(shape_takes_text(field, text), field, "its default is not allowed");
		return;
	}
	claim(!text && (is_number(field) || field->type == FIELD_BOOL), field,
	      "only texts, numbers, bools and times have defaults, of their own type");
	claim(is_within(field, field->standard), field, "its default is out of bounds");
	int64_t whole;
	claim(field->type == FIELD_REAL || real_to_int(field->standard, &whole), field,
	      "its default is not whole, or too large");
}

static void check_options(const struct field *field)
{
	claim(!field->one_of || one_of_types(field, FIELD_TEXT, FIELD_TEXTS, FIELD_TEXTS), field,
	      "ONE_OF is for texts");
	claim(!field->one_of || field->one_of[0], field, "ONE_OF lists nothing");
	claim(field->has_offset == 0 || one_of_types(field, FIELD_INT, FIELD_REAL, FIELD_BOOL),
	      field, "OPTIONAL is for numbers and bools");
	claim(field->has_offset == 0 || !field->required, field, "it is OPTIONAL and required");
	claim(!field->format || field->type == FIELD_TEXT, field, "a format is for texts");
}

/* An example is read as it would be if a client sent it. */
static void check_examples(const struct shape *shape, const struct field *field)
{
	const struct field alone[] = { *field, { 0 } };
	const struct shape one = { shape->size, alone };

	if (!field->examples)
		return;
	claim(one_of_types(field, FIELD_TEXT, FIELD_TIME, FIELD_TIME), field,
	      "EXAMPLES are for texts and times");
	struct arena *arena = arena_create();
	for (const char *const *example = field->examples; *example; example++) {
		struct json json = json_begin(arena, 64);
		enum json_trouble trouble;
		json_object(&json);
		json_key(&json, field->name);
		json_text(&json, *example);
		json_object_end(&json);
		yyjson_val *object = json_parse_copy(arena, json_end(&json), 2, &trouble);
		void *out = arena_alloc(arena, shape->size);
		const char *wrong = shape_read(&one, object, SHAPE_STRICT, out, arena);
		claim(!wrong, field, wrong);
	}
	arena_destroy(arena);
}

/* ---- Headers: 2026-07-28 streamable-http, "Custom Headers from Tool Parameters" ---- */

static bool is_token(const char *text)
{
	/* RFC 9110, section 5.6.2. */
	static const char allowed[] = "!#$%&'*+-.^_`|~0123456789"
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	return *text && strspn(text, allowed) == strlen(text);
}

/* How many fields, nested ones too, are sent in a header of that name. */
static int count_headers(const struct shape *shape, const char *header)
{
	int count = 0;

	for (const struct field *field = shape->fields; field->type != FIELD_END; field++) {
		if (field->type == FIELD_NEST)
			count += count_headers(field->item, header);
		else if (field->header && str_is_nocase(str_of(field->header), header))
			count++;
	}
	return count;
}

static void check_header(const struct shape *root, const struct field *field, bool in_list)
{
	if (!field->header)
		return;
	claim(!in_list, field, "what is in a list can't be sent in a header");
	claim(one_of_types(field, FIELD_TEXT, FIELD_INT, FIELD_BOOL), field,
	      "only texts, whole numbers and bools are sent in headers");
	claim(is_token(field->header), field, "its header is no token of RFC 9110");
	claim(count_headers(root, field->header) == 1, field, "its header is there twice");
}

/* Depth first, so that headers are only counted in what is known to end. */
static void check_nesting(const struct shape *shape, int depth)
{
	for (const struct field *field = shape->fields; field->type != FIELD_END; field++) {
		claim(depth <= DEPTH_MAX, field, "it is nested too deep, or in itself");
		check_place(shape, field);
		if (field->item)
			check_nesting(field->item, depth + 1);
	}
}

static void check_fields(const struct shape *root, const struct shape *shape, bool in_list)
{
	for (const struct field *field = shape->fields; field->type != FIELD_END; field++) {
		check_bounds(field);
		check_standard(field);
		check_options(field);
		check_examples(shape, field);
		check_header(root, field, in_list);
		if (field->item)
			check_fields(root, field->item, in_list || field->type == FIELD_LIST);
	}
}

void shape_check(const struct shape *shape)
{
	if (!shape)
		return;
	check_nesting(shape, 1);
	check_fields(shape, shape, false);
}
