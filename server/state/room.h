/* room.h - room for what clients make the state keep: counted as it is written, made as it is needed. */
#ifndef ROOM_H
#define ROOM_H

#include "state_private.h"
#include "stream_rows.h"

/* What rows take beside their text, about. */
#define ROOM_EVENT_BYTES 64
#define ROOM_STREAM_BYTES 256
#define ROOM_EVENT_SQL "octet_length(data) + 64"
#define ROOM_STREAM_SQL "256 + octet_length(ids)"

/* An append that was done. Too much of one stream is cut down to what may be kept of it. */
void room_written(struct store *store, const struct append_errand *append, int64_t bytes);
/* Now and then: looks, where enough was written since for a look to be worth it, and makes room. */
void room_look(struct store *store);

#endif
