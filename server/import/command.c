/* command.c - the words of `import FILE|URL [--dry-run] [--currency GBP]`. */
#include <stdio.h>

#include "import.h"

struct words {
	const char *path, *currency;
	bool dry_run;
};

/* Takes one word, or two. False: it is not understood. */
static bool read_word(struct words *words, int argc, char **argv, int *at)
{
	const char *word = argv[*at];

	if (strcmp(word, "--dry-run") == 0)
		words->dry_run = true;
	else if (str_starts(str_of(word), "--currency="))
		words->currency = strchr(word, '=') + 1;
	else if (strcmp(word, "--currency") == 0 && *at + 1 < argc)
		words->currency = argv[++*at];
	else if (word[0] == '-' || words->path)
		return false;
	else
		words->path = word;
	return true;
}

/* False: it has said what is wrong. */
static bool read_words(struct words *words, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (read_word(words, argc, argv, &i))
			continue;
		if (strcmp(argv[i], "--currency") == 0)
			fputs("import: --currency needs a code behind it, such as GBP\n", stderr);
		else
			fprintf(stderr, "import: %s is not understood\n", argv[i]);
		return false;
	}
	if (!words->path)
		fputs("import: name the file\n", stderr);
	return words->path;
}

int import_command(struct store *store, int argc, char **argv, const struct import_spec *spec,
                   const char *usage)
{
	struct words words = { .path = NULL };
	struct import_spec ours = *spec;

	if (!read_words(&words, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	ours.currency = words.currency;
	return import_file(store, words.path, words.dry_run, &ours);
}
