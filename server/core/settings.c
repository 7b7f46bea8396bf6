/* settings.c - settings from environment and flags: read, checked, printed. */
#include <ctype.h>
#include <stdlib.h>

#include "fatal.h"
#include "mistake.h"
#include "settings.h"

struct value {
	const struct setting *setting;
	const char *flag;               /* what argv says; NULL: nothing */
	const char *text;               /* NULL: not set */
	int64_t number;
};

/* What was read last. Texts are never freed: whoever got one may keep it. */
static struct value values[SETTINGS_MAX];
static int value_count;
static struct arena *words;

static const struct value *find(const char *name)
{
	static const struct value none;

	for (int i = 0; i < value_count; i++)
		if (strcmp(values[i].setting->name, name) == 0)
			return &values[i];
	mistake("there is no setting %s: add it to settings", name);
	return &none;
}

const char *setting_text(const char *name)
{
	return find(name)->text;
}

int64_t setting_int(const char *name)
{
	return find(name)->number;
}

str setting_item(str *rest)
{
	if (!rest->at)
		return *rest;
	const char *end = rest->at + rest->size, *at = rest->at, *from;
	while (at < end && (*at == ',' || isspace((unsigned char)*at)))
		at++;
	for (from = at; at < end && *at != ',' && !isspace((unsigned char)*at);)
		at++;
	rest->at = at;
	rest->size = (size_t)(end - at);
	return at > from ? (str) { from, (size_t)(at - from) } : (str) { 0 };
}

/* ---- Numbers with units ---- */

struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit byte_units[] = {
	{ "", 1 }, { "B", 1 }, { "KiB", 1 << 10 }, { "MiB", 1 << 20 }, { "GiB", 1 << 30 }, { 0 }
};
static const struct unit time_units[] = {
	{ "ms", 1 }, { "", 1000 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 },
	{ "d", 86400000 }, { 0 }
};
static const struct unit no_units[] = { { "", 1 }, { 0 } };

static const struct unit *units_of(enum setting_kind kind)
{
	if (kind == SETTING_BYTES)
		return byte_units;
	return kind == SETTING_DURATION ? time_units : no_units;
}

static bool read_number(const char *text, const struct unit *units, int64_t *number)
{
	size_t digits = strspn(text, "-0123456789");

	if (!str_to_int((str) { text, digits }, number))
		return false;
	for (; units->name; units++)
		if (strcmp(text + digits, units->name) == 0)
			return !__builtin_mul_overflow(*number, units->factor, number);
	return false;
}

/* A bound as an operator would write it: the largest unit that fits. */
static const char *bound_text(const struct setting *setting, int64_t bound)
{
	const struct unit *best = NULL;

	for (const struct unit *unit = units_of(setting->kind); unit->name; unit++)
		if (*unit->name && bound && bound % unit->factor == 0 &&
		    (!best || unit->factor > best->factor))
			best = unit;
	return best ? arena_print(words, "%lld%s", (long long)(bound / best->factor), best->name)
	            : arena_print(words, "%lld", (long long)bound);
}

static const char *allowed(const struct setting *setting)
{
	static const char *const what[] = {
		[SETTING_TEXT] = "a text", [SETTING_LIST] = "a list such as one,two",
		[SETTING_INT] = "a whole number", [SETTING_BYTES] = "a size such as 64KiB or 4MiB",
		[SETTING_DURATION] = "a duration such as 500ms, 55s, 30m, 2h or 30d",
	};
	const char *list = "";

	if (setting->kind == SETTING_CHOICE) {
		for (const char *const *each = setting->one_of; *each; each++)
			list = arena_print(words, "%s%s%s", list, *list ? ", " : "", *each);
		return arena_print(words, "one of %s", list);
	}
	if (setting->kind == SETTING_TEXT || setting->kind == SETTING_LIST)
		return what[setting->kind];
	if (setting->most > 0)
		return arena_print(words, "%s from %s to %s", what[setting->kind],
		                   bound_text(setting, setting->least),
		                   bound_text(setting, setting->most));
	return arena_print(words, "%s, at least %s,", what[setting->kind],
	                   bound_text(setting, setting->least));
}

static bool is_one_of(const char *text, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(text, *list) == 0)
			return true;
	return false;
}

/* NULL, or what is wrong. */
static const char *set(struct value *value, const char *text)
{
	const struct setting *setting = value->setting;
	bool fine = true;

	/* Read again and again, an unchanged text costs no more memory. */
	if (!text)
		value->text = NULL;
	else if (!value->text || strcmp(value->text, text) != 0)
		value->text = arena_copy(words, str_of(text));
	value->number = 0;
	if (!text || setting->kind == SETTING_TEXT || setting->kind == SETTING_LIST)
		return NULL;
	if (setting->kind == SETTING_CHOICE)
		fine = is_one_of(text, setting->one_of);
	else
		fine = read_number(text, units_of(setting->kind), &value->number) &&
		       value->number >= setting->least &&
		       (setting->most == 0 || value->number <= setting->most);
	return fine ? NULL : arena_print(words, "%s is \"%s\": %s is needed", setting->name, text,
	                                 allowed(setting));
}

bool settings_have(str name)
{
	for (int i = 0; i < value_count; i++)
		if (str_is(name, values[i].setting->name))
			return true;
	return false;
}

/* ---- Reading ---- */

static const char *from_environment(const struct setting *setting)
{
	const char *text = getenv(setting->name);

	/* Empty is as good as not set: that is what a template's unfilled variable gives. */
	return text && *text ? text : setting->standard;
}

static char flag_letter(char c)
{
	return c == '_' ? '-' : (char)tolower((unsigned char)c);
}

static bool is_flag_of(str flag, const char *name)
{
	for (size_t i = 0; i < flag.size; i++)
		if (!name[i] || flag_letter(name[i]) != flag.at[i])
			return false;
	return flag.size > 0 && !name[flag.size];
}

/* The value that `argument` (--port or --port=1) is the flag of; `text`: what follows its =. */
static struct value *flag_value(const char *argument, const char **text)
{
	str rest = str_of(argument);

	if (!str_starts(rest, "--"))
		return NULL;
	rest = str_of(argument + 2);
	str name = str_cut(&rest, '=');
	*text = rest.at;
	for (int i = 0; i < value_count; i++)
		if (is_flag_of(name, values[i].setting->name))
			return &values[i];
	return NULL;
}

/* Takes the flags out of argv; the last one of a name counts. */
static const char *take_flags(int *argc, char **argv)
{
	int kept = *argc > 0 ? 1 : 0;
	const char *wrong = NULL, *text;

	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--") == 0) {
			while (++i < *argc)
				argv[kept++] = argv[i];
			break;
		}
		struct value *value = flag_value(argv[i], &text);
		if (!value)
			argv[kept++] = argv[i];
		else if (text || i + 1 < *argc)
			value->flag = text ? text : argv[++i];
		else if (!wrong)
			wrong = arena_print(words, "%s is needed behind %s",
			                    allowed(value->setting), argv[i]);
	}
	argv[kept] = NULL;
	*argc = kept;
	return wrong;
}

/* A value for each setting. Flags stay where the tables are those of the last time. */
static void begin(const struct setting *const *tables, bool keep_flags)
{
	int count = 0;

	for (; *tables; tables++) {
		for (const struct setting *setting = *tables; setting->name; setting++) {
			if (count == SETTINGS_MAX)
				fatal();
			struct value *value = &values[count++];
			if (!keep_flags || value->setting != setting)
				value->flag = NULL;
			value->setting = setting;
		}
	}
	value_count = count;
}

const char *settings_read(const struct setting *const *tables, int *argc, char **argv)
{
	if (!words)
		words = arena_create();
	begin(tables, !argc);
	const char *wrong = argc ? take_flags(argc, argv) : NULL;
	for (int i = 0; i < value_count; i++) {
		struct value *value = &values[i];
		const char *text = value->flag ? value->flag : from_environment(value->setting);
		const char *why = set(value, text);
		wrong = wrong ? wrong : why;
	}
	return wrong;
}

static const char *given_for(const struct setting *setting, const char *const *given)
{
	size_t size = strlen(setting->name);

	for (; *given; given++)
		if (strncmp(*given, setting->name, size) == 0 && (*given)[size] == '=')
			return *given + size + 1;
	return setting->standard;
}

static bool knows_all(const char *const *given, const char **unknown)
{
	for (; *given; given++) {
		str rest = str_of(*given);
		*unknown = *given;
		if (!settings_have(str_cut(&rest, '=')))
			return false;
	}
	return true;
}

const char *settings_take(const struct setting *const *tables, const char *const *given)
{
	const char *wrong = NULL, *unknown;

	if (!words)
		words = arena_create();
	begin(tables, false);
	if (!knows_all(given, &unknown))
		wrong = arena_print(words, "there is no setting %s", unknown);
	for (int i = 0; i < value_count; i++) {
		const char *why = set(&values[i], given_for(values[i].setting, given));
		wrong = wrong ? wrong : why;
	}
	return wrong;
}

/* ---- Help ---- */

#define WIDTH 100
#define MEANING_AT 44

/* Prints words from the column on, wrapped. */
static void print_wrapped(FILE *file, const char *text)
{
	int at = MEANING_AT;

	while (*text) {
		int length = (int)strcspn(text, " ");
		if (at > MEANING_AT && at + 1 + length > WIDTH) {
			fprintf(file, "\n%*s", MEANING_AT, "");
			at = MEANING_AT;
		} else if (at > MEANING_AT) {
			fputc(' ', file);
			at++;
		}
		fprintf(file, "%.*s", length, text);
		at += length;
		text += length;
		text += strspn(text, " ");
	}
	fputc('\n', file);
}

static void print_setting(FILE *file, const struct setting *setting)
{
	int used = fprintf(file, "  %-18s %s", setting->name,
	                   setting->standard ? setting->standard : "");

	if (used >= MEANING_AT)
		fprintf(file, "\n%*s", MEANING_AT, "");
	else
		fprintf(file, "%*s", MEANING_AT - used, "");
	if (setting->kind == SETTING_CHOICE)
		print_wrapped(file, arena_print(words, "%s (%s)", setting->about,
		                                allowed(setting)));
	else
		print_wrapped(file, setting->about);
}

void settings_help(FILE *file, const struct setting *const *tables)
{
	if (!words)
		words = arena_create();
	fprintf(file, "Settings: environment variables, each also a flag"
	        " (BODY_MAX=8MiB is --body-max 8MiB).\n\n");
	for (; *tables; tables++)
		for (const struct setting *setting = *tables; setting->name; setting++)
			print_setting(file, setting);
}
