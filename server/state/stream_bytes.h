/* stream_bytes.h - room for what clients make the state keep: counted as it is written, made as it is needed. */
#ifndef STREAM_BYTES_H
#define STREAM_BYTES_H

#include "state_private.h"
#include "stream_rows.h"

/* What rows take beside their text, about. */
#define STREAM_EVENT_BYTES 64
#define STREAM_ROW_BYTES 256
#define STREAM_EVENT_SQL "octet_length(data) + 64"
#define STREAM_ROW_SQL "256 + octet_length(ids)"

/* An append that was done. Too much of one stream is cut down to what may be kept of it. */
void stream_bytes_written(struct store *store, const struct append_errand *append, int64_t bytes);
/* Now and then: looks, where enough was written since for a look to be worth it, and makes room. */
void stream_bytes_look(struct store *store);

#endif
