/* dialect.c - what separates the cells of a file, by its first lines. */
#include "dialect.h"

#define SEPARATORS 4

/* Where two are as frequent, the first. */
static const struct { char separator; const char *title; } known[SEPARATORS] = {
	{ ',', "commas" }, { ';', "semicolons" }, { '\t', "tabs" }, { '|', "vertical bars" },
};

const char *dialect_title(char separator)
{
	size_t i = 0;

	while (i + 1 < SEPARATORS && known[i].separator != separator)
		i++;
	return known[i].title;
}

/* Takes a row off, which may be several lines, and counts what is outside of quotes. */
static void count_row(str *rest, size_t counts[SEPARATORS])
{
	bool quoted = false;

	for (; rest->size; rest->at++, rest->size--) {
		char c = *rest->at;
		quoted ^= c == '"';
		if (!quoted && c == '\n')
			break;
		for (size_t i = 0; i < SEPARATORS && !quoted; i++)
			counts[i] += c == known[i].separator;
	}
	if (rest->size)
		rest->at++, rest->size--;
}

static bool is_said(str head, char *separator)
{
	str line = str_cut(&head, '\n');

	if (line.size && line.at[line.size - 1] == '\r')
		line.size--;
	if (line.size == 7 && line.at[0] == '"' && line.at[6] == '"')
		line = (str) { line.at + 1, 5 };
	if (line.size != 5 || !str_is_nocase((str) { line.at, 4 }, "sep="))
		return false;
	for (size_t i = 0; i < SEPARATORS; i++) {
		if (line.at[4] == known[i].separator) {
			*separator = line.at[4];
			return true;
		}
	}
	return false;
}

struct dialect dialect_of(str head)
{
	struct dialect dialect = { .separator = ',' };
	size_t most = 0;

	if (is_said(head, &dialect.separator)) {
		dialect.line = true;
		return dialect;
	}
	while (head.size && most == 0) {
		size_t counts[SEPARATORS] = { 0 };
		count_row(&head, counts);
		for (size_t i = 0; i < SEPARATORS; i++) {
			if (counts[i] > most) {
				most = counts[i];
				dialect.separator = known[i].separator;
			}
		}
	}
	return dialect;
}
