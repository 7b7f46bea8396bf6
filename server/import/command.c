/* command.c - the words of the command import. */
#include <stdio.h>

#include "import_private.h"

#define MAPS_MAX 64

struct words {
	const char *path;
	struct import_options options;
	const char *maps[MAPS_MAX];
};

/* ---- The options ---- */

/* What stands for the value in the help, and an example for who leaves it out; NULL: it has none. */
struct option {
	const char *name, *value, *example, *about;
};

enum { CURRENCY, PRESET, MAP, IGNORE_UNKNOWN, ENCODING, DRY_RUN, OPTIONS };

static const struct option options[OPTIONS] = {
	[CURRENCY] = { "--currency", "CODE", "a code behind it, such as GBP",
	               "The currency of the amounts, where the file says none" },
	[PRESET] = { "--preset", "NAME", "a name behind it, such as none",
	             "Whose export it is; found out where it is not said. none: nobody's" },
	[MAP] = { "--map", "COLUMN=FIELD", "a column and a field behind it, such as \"Item name=name\"",
	          "Takes a column as a field, or as none (COLUMN=); as often as you like" },
	[IGNORE_UNKNOWN] = { "--ignore-unknown", NULL, NULL, "Leaves out columns that are not known" },
	[ENCODING] = { "--encoding", "NAME", "a name behind it, such as windows-1252",
	               "utf-8, utf-16le, utf-16be or windows-1252; found out where it is not said" },
	[DRY_RUN] = { "--dry-run", NULL, NULL,
	              "Only checks: shows what was understood, and changes nothing" },
};

/* What nothing of this import would heed is neither shown nor understood. */
static bool has_option(const struct import_spec *spec, int option)
{
	if (option == CURRENCY)
		return columns_has_money(spec->row);
	return option != PRESET || (spec->presets && spec->presets[0]);
}

static void print_option(const struct import_spec *spec, int option)
{
	const struct option *it = &options[option];
	int used = printf("  %s%s%s", it->name, it->value ? " " : "", it->value ? it->value : "");

	printf("%*s%s\n", used < 24 ? 24 - used : 1, "", it->about);
	for (size_t i = 0; option == PRESET && spec->presets[i]; i++)
		printf("%24s%s: %s\n", "", spec->presets[i]->name, spec->presets[i]->title);
}

void import_help(const struct import_spec *spec, const char *usage)
{
	char known[400];

	printf("%s\nImports all rows of a CSV file, or none. What is wrong is listed with its line.\n\n",
	       usage);
	for (int i = 0; i < OPTIONS; i++)
		if (has_option(spec, i))
			print_option(spec, i);
	columns_names(spec->row, known, sizeof(known));
	printf("\nFields: %s.\n\nThe file is text: UTF-8, or what --encoding names, UTF-16 with its mark too;"
	       " cells are separated by\ncommas, semicolons, tabs or vertical bars; packed with gzip or not;"
	       " - is standard input.\nSave a workbook as \"CSV UTF-8\".\n", known);
	if (has_option(spec, CURRENCY))
		printf("Amounts are 1250, 12.50, 12,50 or 1,250.00; £12.50 and 12.50 GBP where that is their"
		       " currency.\n");
}

/* ---- The words ---- */

static bool set(struct words *words, int option, const char *value)
{
	switch (option) {
	case CURRENCY:       words->options.currency = value; break;
	case PRESET:         words->options.preset = value; break;
	case ENCODING:       words->options.encoding = value; break;
	case IGNORE_UNKNOWN: words->options.ignore_unknown = true; break;
	case DRY_RUN:        words->options.dry_run = true; break;
	default:
		if (words->options.maps_count == MAPS_MAX)
			return false;
		words->maps[words->options.maps_count++] = value;
	}
	return true;
}

static int option_named(const struct import_spec *spec, str name)
{
	int i = 0;

	while (i < OPTIONS && !(str_is(name, options[i].name) && has_option(spec, i)))
		i++;
	return i;
}

/* Takes one word, or two. False: it is not understood. */
static bool read_word(struct words *words, int argc, char **argv, int *at, const struct import_spec *spec)
{
	str value = str_of(argv[*at]), name = str_cut(&value, '=');
	int option = option_named(spec, name);

	if (option == OPTIONS) {
		bool fits = (argv[*at][0] != '-' || strcmp(argv[*at], "-") == 0) && !words->path;
		words->path = fits ? argv[*at] : words->path;
		return fits;
	}
	if (!options[option].value)
		return !value.at && set(words, option, NULL);
	if (value.at)
		return set(words, option, value.at);
	/* An option left without its value must not take the next one for it. */
	return *at + 1 < argc && !str_starts(str_of(argv[*at + 1]), "--")
	       && set(words, option, argv[++*at]);
}

static bool complain(const struct import_spec *spec, const char *word)
{
	int option = option_named(spec, str_of(word));

	if (option < OPTIONS && options[option].value)
		fprintf(stderr, "import: %s needs %s\n", word, options[option].example);
	else
		fprintf(stderr, "import: %s is not understood\n", word);
	return false;
}

static bool check_map(const char *map, const struct import_spec *spec)
{
	const char *field = strrchr(map, '=');
	char known[400];

	columns_names(spec->row, known, sizeof(known));
	if (field && field > map
	    && (!field[1] || columns_is_field(spec->row, str_trim(str_of(field + 1)))))
		return true;
	if (field && field > map)
		fprintf(stderr, "import: --map %s: there is no field %s; there are %s\n", map, field + 1,
		        known);
	else
		fprintf(stderr, "import: --map %s: COLUMN=FIELD is needed; fields are %s\n", map, known);
	return false;
}

static bool check_preset(const char *name, const struct import_spec *spec)
{
	if (!name || strcmp(name, "none") == 0 || preset_named(spec, name))
		return true;
	fprintf(stderr, "import: there is no preset %s; there are", name);
	for (size_t i = 0; spec->presets && spec->presets[i]; i++)
		fprintf(stderr, " %s,", spec->presets[i]->name);
	fputs(" none\n", stderr);
	return false;
}

/* False: it has said what is wrong. */
static bool read_words(struct words *words, int argc, char **argv, const struct import_spec *spec)
{
	for (int i = 1; i < argc; i++)
		if (!read_word(words, argc, argv, &i, spec))
			return complain(spec, argv[i]);
	for (size_t i = 0; i < words->options.maps_count; i++)
		if (!check_map(words->maps[i], spec))
			return false;
	if (!check_preset(words->options.preset, spec))
		return false;
	if (!words->path)
		fputs("import: name the file\n", stderr);
	return words->path;
}

int import_command(struct store *store, int argc, char **argv, const struct import_spec *spec,
                   const char *usage)
{
	struct words words = { .path = NULL };

	if (!read_words(&words, argc, argv, spec)) {
		fputs(usage, stderr);
		return 2;
	}
	words.options.maps = words.maps;
	return import_file(store, words.path, &words.options, spec);
}
