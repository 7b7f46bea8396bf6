/* fuzz.h - what every fuzz target has: its one function, and claims that abort. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "core.h"

/* Called with any bytes: by libFuzzer, or by replay.c with those of the corpus. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): it claims in every build. */
#define must(claim) ((claim) ? (void)0 : must_not_be(__FILE__, __LINE__, #claim))

static inline _Noreturn void must_not_be(const char *file, int line, const char *claim)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, claim);
	abort();
}

static inline str input_of(const uint8_t *data, size_t size)
{
	return (str) { size > 0 ? (const char *)data : "", size };
}

/* Takes the next line off. Not str_cut(): one that is missing is empty here, not absent. */
static inline str input_line(str *rest)
{
	const char *end = rest->size > 0 ? memchr(rest->at, '\n', rest->size) : NULL;
	str line = { rest->at, end ? (size_t)(end - rest->at) : rest->size };
	size_t taken = line.size + (end != NULL);

	rest->at += taken;
	rest->size -= taken;
	return line;
}

#endif
