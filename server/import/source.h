/* source.h - what is imported from: a file, standard input (-) or a URL, packed with gzip or not. */
#ifndef SOURCE_H
#define SOURCE_H

#include <zlib.h>

#include "download.h"

struct source {
	const char *name;               /* as it was given */
	char *shown;                    /* for people: a URL without what may be secret in it */
	struct download_limits limits;
	struct download *download;      /* NULL: a file */
	gzFile file;                    /* zlib reads what is not packed as it is */
	int64_t size;                   /* of a file; 0: not known */
	const char *trouble;            /* why it could not be opened */
};

/* False: source_trouble() says why. Either way source_close() ends it. */
MUST_USE bool source_open(struct source *source, const char *name,
                          const struct download_limits *limits);
void source_close(struct source *source);
/* A csv_read_fn. */
int64_t source_read(void *source, char *into, size_t room);
const char *source_trouble(const struct source *source);

int64_t source_size(const struct source *source);       /* in bytes, as it comes; 0: not known */
int64_t source_at(const struct source *source);         /* of those, how many were read */

#endif
