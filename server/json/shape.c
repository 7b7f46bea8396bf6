/* shape.c - looks fields up, and finds shapes that contradict themselves before they are used. */
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

struct check {
	shape_wrong_fn *tell;
	void *of;
	bool sound;
};

static void claim(struct check *check, bool holds, const struct field *field, const char *what)
{
	if (holds)
		return;
	check->sound = false;
	check->tell(check->of, field, what);
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
	return one_of_types(field, FIELD_LIST, FIELD_TEXTS, FIELD_REALS);
}

static size_t size_of(enum field_type type)
{
	return type == FIELD_MONEY ? sizeof(struct money) : type == FIELD_BOOL ? sizeof(bool) : 8;
}

static void check_place(struct check *check, const struct shape *shape, const struct field *field)
{
	claim(check, field->offset + size_of(field->type) <= shape->size &&
	      (!is_list(field) || field->count_offset + sizeof(int64_t) <= shape->size) &&
	      field->has_offset <= shape->size, field, "it lies outside the struct");
	claim(check, shape_field(shape, str_of(field->name)) == field, field, "its name is there twice");
	claim(check, (field->item != NULL) == one_of_types(field, FIELD_NEST, FIELD_LIST, FIELD_LIST),
	      field, "nested structs and lists have an item shape, others have none");
}

static void check_bounds(struct check *check, const struct field *field)
{
	bool bounded = field->has_least || field->has_most;

	claim(check, !bounded || !one_of_types(field, FIELD_BOOL, FIELD_NEST, FIELD_NEST), field,
	      "a bool or nested struct has no bounds");
	claim(check, !field->has_least || !field->has_most || field->least <= field->most, field,
	      "AT_LEAST is above AT_MOST");
	claim(check, !bounded || is_number(field) || field->type == FIELD_MONEY ||
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

bool shape_takes_int(const struct field *field, int64_t value)
{
	return is_within(field, (double)value);
}

static void check_standard(struct check *check, const struct field *field)
{
	const char *text = field->standard_text;

	if (!field->has_standard)
		return;
	claim(check, !field->required, field, "what is required needs no default");
	if (field->type == FIELD_TEXT) {
		claim(check, text != NULL, field, "its default must be a text: write it as DEFAULT(\"open\")");
		claim(check, !text || shape_takes_text(field, text), field, "its default is not allowed");
		return;
	}
	claim(check, is_number(field) || field->type == FIELD_BOOL, field,
	      "only texts, numbers, bools and times have defaults");
	claim(check, !text, field, "its default must be no text: write it as DEFAULT(20), of a bool DEFAULT(true)");
	claim(check, text || is_within(field, field->standard), field, "its default is out of bounds");
	int64_t whole;
	claim(check, field->type == FIELD_REAL || real_to_int(field->standard, &whole), field,
	      "its default is not whole, or too large");
}

/* What leaves as JSON. */
static void check_words(struct check *check, const struct field *field)
{
	claim(check, utf8_valid(str_of(field->about)), field, "its description is not UTF-8");
	for (const char *const *choice = field->one_of; choice && *choice; choice++)
		claim(check, utf8_valid(str_of(*choice)), field, "a choice of it is not UTF-8");
}

static void check_options(struct check *check, const struct field *field)
{
	claim(check, !field->one_of || one_of_types(field, FIELD_TEXT, FIELD_TEXTS, FIELD_TEXTS), field,
	      "ONE_OF is for texts");
	claim(check, !field->one_of || field->one_of[0], field, "ONE_OF lists nothing");
	claim(check, field->has_offset == 0 || one_of_types(field, FIELD_INT, FIELD_REAL, FIELD_BOOL),
	      field, "OPTIONAL is for numbers and bools");
	claim(check, field->has_offset == 0 || !field->required, field, "it is OPTIONAL and required");
	claim(check, !field->format || field->type == FIELD_TEXT, field, "a format is for texts");
}

/* An example is read as it would be if a client sent it. */
static void check_examples(struct check *check, const struct shape *shape, const struct field *field)
{
	const struct field alone[] = { *field, { 0 } };
	const struct shape one = { shape->size, alone };

	if (!field->examples)
		return;
	bool fits = one_of_types(field, FIELD_TEXT, FIELD_TIME, FIELD_TIME);
	claim(check, fits, field, "EXAMPLES are for texts and times");
	struct arena *arena = arena_create();
	for (const char *const *example = field->examples; fits && *example; example++) {
		struct json json = json_begin(arena, 64);
		enum json_trouble trouble;
		json_object(&json);
		json_key(&json, field->name);
		json_text(&json, *example);
		json_object_end(&json);
		yyjson_val *object = json_parse_copy(arena, json_end(&json), 2, &trouble);
		void *out = arena_alloc(arena, shape->size);
		const char *wrong = shape_read(&one, object, SHAPE_STRICT, out, arena);
		claim(check, !wrong, field, wrong);
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

static void check_header(struct check *check, const struct shape *root, const struct field *field,
                         bool in_list)
{
	if (!field->header)
		return;
	claim(check, !in_list, field, "what is in a list can't be sent in a header");
	claim(check, one_of_types(field, FIELD_TEXT, FIELD_INT, FIELD_BOOL), field,
	      "only texts, whole numbers and bools are sent in headers");
	claim(check, is_token(field->header), field, "its header is no token of RFC 9110");
	claim(check, count_headers(root, field->header) == 1, field, "its header is there twice");
}

/* A shape, and those it is nested in. */
struct level {
	const struct shape *shape;
	const struct level *around;
	int depth;
};

static bool is_within_itself(const struct level *level, const struct shape *item)
{
	while (level && level->shape != item)
		level = level->around;
	return level;
}

/* Depth first, so that headers are only counted in what is known to end. Not into what is around it: that has
 * been looked at, and with several such fields there would be no end of it. */
static void check_nesting(struct check *check, const struct level *level)
{
	for (const struct field *field = level->shape->fields; field->type != FIELD_END; field++) {
		bool ends = !field->item || (level->depth < DEPTH_MAX && !is_within_itself(level, field->item));
		check_place(check, level->shape, field);
		claim(check, ends, field, "it is nested too deep, or in itself");
		if (field->item && ends)
			check_nesting(check, &(struct level) { field->item, level, level->depth + 1 });
	}
}

static void check_fields(struct check *check, const struct shape *root, const struct shape *shape,
                         bool in_list)
{
	for (const struct field *field = shape->fields; field->type != FIELD_END; field++) {
		check_bounds(check, field);
		check_standard(check, field);
		check_options(check, field);
		check_words(check, field);
		check_examples(check, shape, field);
		check_header(check, root, field, in_list);
		if (field->item)
			check_fields(check, root, field->item, in_list || field->type == FIELD_LIST);
	}
}

void shape_check(const struct shape *shape, shape_wrong_fn *tell, void *of)
{
	struct check check = { .tell = tell, .of = of, .sound = true };

	if (!shape)
		return;
	check_nesting(&check, &(struct level) { shape, NULL, 1 });
	if (check.sound)
		check_fields(&check, shape, shape, false);
}
