/* encoding.h - the bytes of a file as UTF-8, whatever they are written in, in constant memory.
 *
 * What is no character comes out as a byte that is no UTF-8, so whoever reads it notices. */
#ifndef ENCODING_H
#define ENCODING_H

#include "csv.h"

enum encoding {
	ENCODING_ASK,                   /* by its byte order mark; UTF-8 where there is none */
	ENCODING_UTF_8,
	ENCODING_UTF_16LE,
	ENCODING_UTF_16BE,
	ENCODING_WINDOWS_1252,
};

/* "utf-16le", in any case; false: none of ours. */
MUST_USE bool encoding_named(const char *name, enum encoding *encoding);
const char *encoding_title(enum encoding encoding);     /* "UTF-16LE" */
extern const char encoding_names[];                     /* all of them, for people */

struct decoder;

struct decoder *decoder_create(csv_read_fn *read, void *source);
void decoder_destroy(struct decoder *decoder);          /* NULL is fine */
/* The first bytes as they are, before any is read; as many as there are room for, or all. */
str decoder_peek(struct decoder *decoder);
/* Finds the encoding and passes the mark over. NULL, or why it can't be `asked`, or can't be told. */
const char *decoder_begin(struct decoder *decoder, enum encoding asked);
enum encoding decoder_encoding(const struct decoder *decoder);
/* A csv_read_fn: UTF-8. */
int64_t decoder_read(void *decoder, char *into, size_t room);

#endif
