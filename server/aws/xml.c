/* xml.c - XML into JSON, by libexpat's events. */
#include <expat.h>
#include <limits.h>
#include <stdlib.h>

#include "builder.h"
#include "fatal.h"
#include "xml.h"

enum kind { TEXT_SO_FAR, OBJECT, ARRAY };

struct element {
	char name[XML_NAME_MAX + 1];
	enum kind kind;
};

struct reader {
	struct arena *arena;
	XML_Parser parser;
	const char *const *items;
	struct json json;
	struct element open[XML_DEPTH_MAX + 1]; /* the first is around the document */
	size_t depth;
	size_t skipped;                 /* levels below an element that does not belong */
	size_t elements;
	struct builder text;            /* since the latest tag */
	const char *wrong;
};

static void refuse(struct reader *reader, const char *wrong)
{
	reader->wrong = wrong;
	XML_StopParser(reader->parser, XML_FALSE);
}

static bool is_item(const struct reader *reader, const char *name)
{
	if (strcmp(name, "member") == 0)
		return true;
	for (const char *const *item = reader->items; item && *item; item++)
		if (strcmp(name, *item) == 0)
			return true;
	return false;
}

/* What is around it is open. */
static void put_key(struct reader *reader, const struct element *element)
{
	if (element[-1].kind == OBJECT)
		json_key_str(&reader->json, str_of(element->name));
}

/* The first element within another says what that is. False: this one belongs in none such. */
static bool belongs(struct reader *reader, const char *name)
{
	struct element *around = &reader->open[reader->depth];
	enum kind kind = is_item(reader, name) ? ARRAY : OBJECT;

	if (around->kind != TEXT_SO_FAR)
		return around->kind == kind;
	put_key(reader, around);
	around->kind = kind;
	if (kind == ARRAY)
		json_array(&reader->json);
	else
		json_object(&reader->json);
	return true;
}

static void begin_element(void *of, const XML_Char *name, UNUSED const XML_Char **attributes)
{
	struct reader *reader = of;
	const char *prefix = strrchr(name, ':');
	size_t size = strlen(prefix ? ++prefix : (prefix = name));

	reader->text.size = 0;
	if (++reader->elements > XML_ELEMENTS_MAX)
		refuse(reader, "it has too many elements");
	else if (reader->depth + reader->skipped == XML_DEPTH_MAX)
		refuse(reader, "its elements are nested too deeply");
	else if (size > XML_NAME_MAX)
		refuse(reader, "an element's name is too long");
	else if (reader->skipped > 0 || (reader->depth > 0 && !belongs(reader, prefix)))
		reader->skipped++;
	else {
		struct element *element = &reader->open[++reader->depth];
		memcpy(element->name, prefix, size + 1);
		element->kind = TEXT_SO_FAR;
	}
}

static void end_text(struct reader *reader, const struct element *element)
{
	if (reader->text.size == 0 && element[-1].kind == OBJECT)
		return;
	put_key(reader, element);
	json_str(&reader->json, (str) { reader->text.at, reader->text.size });
	reader->text.size = 0;
}

static void end_element(void *of, UNUSED const XML_Char *name)
{
	struct reader *reader = of;
	const struct element *element = &reader->open[reader->depth];

	if (reader->skipped > 0) {
		reader->skipped--;
		return;
	}
	if (element->kind == TEXT_SO_FAR)
		end_text(reader, element);
	else if (element->kind == OBJECT)
		json_object_end(&reader->json);
	else
		json_array_end(&reader->json);
	reader->depth--;
}

static void take_text(void *of, const XML_Char *text, int size)
{
	struct reader *reader = of;

	if (reader->skipped == 0 && reader->open[reader->depth].kind == TEXT_SO_FAR)
		builder_put(&reader->text, (str) { text, (size_t)size });
}

/* Entities are declared there, and what they can do nobody needs. */
static void refuse_doctype(void *of, UNUSED const XML_Char *name, UNUSED const XML_Char *system,
                           UNUSED const XML_Char *public, UNUSED int internal)
{
	refuse(of, "it has a DOCTYPE");
}

static const char *parse(struct reader *reader, str xml)
{
	XML_SetUserData(reader->parser, reader);
	XML_SetElementHandler(reader->parser, begin_element, end_element);
	XML_SetCharacterDataHandler(reader->parser, take_text);
	XML_SetStartDoctypeDeclHandler(reader->parser, refuse_doctype);
	if (xml.size > INT_MAX)
		return "it is too long";
	if (XML_Parse(reader->parser, xml.at, (int)xml.size, XML_TRUE) == XML_STATUS_OK)
		return NULL;
	if (reader->wrong)
		return reader->wrong;
	return arena_print(reader->arena, "it is no XML: %s", XML_ErrorString(XML_GetErrorCode(reader->parser)));
}

yyjson_val *xml_read(struct arena *arena, str xml, const char *const *items, const char **wrong)
{
	struct reader *reader = arena_new(arena, struct reader);
	enum json_trouble trouble;

	*reader = (struct reader) {
		.arena = arena, .items = items, .json = json_begin(arena, xml.size + 64),
		.text = builder_begin(arena, 256), .open[0].kind = OBJECT,
		/* Whatever it says of itself: AWS writes nothing else. */
		.parser = XML_ParserCreate("UTF-8"),
	};
	if (!reader->parser)
		fatal();
	json_object(&reader->json);
	*wrong = parse(reader, xml);
	XML_ParserFree(reader->parser);
	if (*wrong)
		return NULL;
	json_object_end(&reader->json);
	yyjson_val *value = json_parse_copy(arena, json_end(&reader->json), XML_DEPTH_MAX + 2, &trouble);
	if (!value)
		*wrong = "it can't be read";
	return value;
}
