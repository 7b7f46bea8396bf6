/* command_connect.c - the command `connect`: the text a person needs to connect a client to this server, for a terminal. */
#include "commands.h"
#include "connect.h"

#define COLUMNS 96

/* Broken between words, so that no line is wider than a terminal. */
static void print_words(FILE *file, const char *text)
{
	size_t column = 0;

	for (str rest = str_of(text); rest.at && rest.size > 0;) {
		str word = str_cut(&rest, ' ');
		if (column > 0 && column + 1 + word.size > COLUMNS) {
			fputc('\n', file);
			column = 0;
		}
		column += (size_t)fprintf(file, "%s%.*s", column > 0 ? " " : "", STR_FORMAT(word));
	}
	fputc('\n', file);
}

void connect_print(FILE *file, const struct options *options, const char *url)
{
	struct arena *arena = arena_create();
	const char *name = options->server->name;
	bool key = options->keys && !options->auth_none;
	bool signs_in = options->issuer.issuer && !options->auth_none;
	struct ways ways = connect_ways(arena, name, url, signs_in ? CONNECT_BY_SIGN_IN
	                                : key ? CONNECT_BY_KEY : CONNECT_FREELY);

	for (int i = 0; i < ways.count; i++) {
		print_words(file, arena_print(arena, "%s%s: %s", i > 0 ? "\n" : "",
		                              ways.each[i].title, ways.each[i].about));
		fprintf(file, "\n%s\n", ways.each[i].code);
	}
	if (key)
		print_words(file, arena_print(arena, signs_in
		            ? "\nA program may have a key instead (Authorization: Bearer KEY). %s"
		            : "\nYOUR-KEY is a key. %s", connect_key(arena, name)));
	arena_destroy(arena);
}
