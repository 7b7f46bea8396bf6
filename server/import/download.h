/* download.h - what a URL gives, to be read as from a file: a thread fetches it into a pipe.
 *
 * Only https, with the certificate checked, also after a redirect; plain http only from this
 * machine. */
#ifndef DOWNLOAD_H
#define DOWNLOAD_H

#include "core.h"

struct download_limits {
	int64_t bytes_max;
	int64_t silence_ms;             /* of the other side; waiting for our reader is none */
};

struct download;

bool download_is_url(const char *name);
/* Begins. `file`: the end to read from, the caller's to close. NULL: `why` says why not, a text that
 * lives as long as the process. */
struct download *download_start(const char *url, const struct download_limits *limits, int *file,
                                const char **why);
/* Why what was read is not all there is; known when the pipe's end is reached. NULL: it is all. */
const char *download_trouble(const struct download *download);
int64_t download_size(const struct download *download);         /* 0: not known (yet) */
int64_t download_received(const struct download *download);
/* After the reader's end was closed; stops it where it still runs. NULL is fine. */
void download_end(struct download *download);

#endif
