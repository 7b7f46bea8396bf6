/* mask.h - what logs, events, tags and errors say is data: without secrets, and without what no text should have. */
#ifndef MASK_H
#define MASK_H

#include "mcp.h"

/* Access keys with their secrets, tokens by what their providers have them begin with, bearer tokens, user:password of Basic, JWTs, our own
 * keys, private keys, what is called a password, secret, token or key, in words, JSON and YAML, a URL's password and headers that carry such
 * are ***. Control characters but tabs and line breaks, what turns text around and what hides it are U+FFFD, or gone where they stand in
 * plain ASCII, since names are not known with them in it. ARNs, digests, ids and nextToken stay. `text` itself where there is nothing of it; else a copy in the
 * arena. In time that grows as the text does, whatever it is. */
const char *mask_text(struct arena *arena, const char *text);

/* The same of a text that has that name: whole, where what is called so is secret. */
const char *mask_named(struct arena *arena, const char *name, const char *text);

/* Of the values of a row, each of which was masked: what is secret by what it looks like and stands in several of them, one after the other,
 * as a query cuts a line, is hidden in each. What is secret by its name alone can't be known so. */
void mask_row(struct arena *arena, const char **values, int64_t count);

/* Every text in what a shape describes, but what is handed back to AWS as it came (nextToken, Marker). */
void mask_all(struct arena *arena, const struct shape *shape, void *of);

#endif
