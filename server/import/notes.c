/* notes.c - what is wrong with a file, in the order of its lines: the first of it, and how much more. */
#include <stdio.h>
#include <stdlib.h>

#include "fatal.h"
#include "import_private.h"

const char *import_why(struct import *import, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(import->why, sizeof(import->why), format, list);
	va_end(list);
	return import->why;
}

/* What a file holds must not steer the terminal: ASCII controls, and C1 (C2 80 to C2 9F). */
static void defuse(char *text)
{
	for (unsigned char *at = (unsigned char *)text; *at; at++) {
		if (*at < ' ' || *at == 0x7f)
			*at = '?';
		else if (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0)
			at[0] = at[1] = '?';
	}
}

/* Where a note of that line belongs among those that are kept, the last one given up for it; or
 * NOTES_MAX. */
static size_t make_room(struct import *import, int64_t line)
{
	size_t count = import->bad < NOTES_MAX ? (size_t)import->bad : NOTES_MAX, at = count;

	while (at > 0 && import->note_lines[at - 1] > line)
		at--;
	if (at == NOTES_MAX)
		return at;
	if (count == NOTES_MAX)
		free(import->notes[--count]);
	memmove(&import->notes[at + 1], &import->notes[at], (count - at) * sizeof(*import->notes));
	memmove(&import->note_lines[at + 1], &import->note_lines[at],
	        (count - at) * sizeof(*import->note_lines));
	return at;
}

void import_note(struct import *import, int64_t line, const char *why)
{
	char place[32] = "";
	size_t at = make_room(import, line);

	import->bad++;
	if (at == NOTES_MAX)
		return;
	if (line)
		snprintf(place, sizeof(place), ":%lld", (long long)line);
	if (asprintf(&import->notes[at], "%s%s: %s", import->source.shown, place, why) < 0)
		fatal();
	import->note_lines[at] = line;
	defuse(import->notes[at]);
}

void import_bad(struct import *import, int64_t line, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(import->why, sizeof(import->why), format, list);
	va_end(list);
	import_note(import, line, import->why);
}

void import_list_notes(const struct import *import)
{
	char more[COUNT_TEXT_SIZE];

	for (size_t i = 0; i < NOTES_MAX && import->notes[i]; i++)
		fprintf(stderr, "%s\n", import->notes[i]);
	if (import->bad > NOTES_MAX)
		fprintf(stderr, "... and %s more\n", count_print(import->bad - NOTES_MAX, more));
	fflush(stderr);
}

void import_forget_notes(struct import *import)
{
	for (size_t i = 0; i < NOTES_MAX; i++) {
		free(import->notes[i]);
		import->notes[i] = NULL;
	}
	import->bad = 0;
}
