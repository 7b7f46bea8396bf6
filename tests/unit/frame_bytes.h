/* frame_bytes.h - frames of an event stream as bytes, right or wrong. */
#ifndef FRAME_BYTES_H
#define FRAME_BYTES_H

#include <zlib.h>

#include "core.h"

struct frame_bytes {
	char at[2 * 1024 * 1024];
	size_t size;
};

static inline void frame_number(struct frame_bytes *into, size_t at, size_t value)
{
	for (size_t i = 0; i < 4; i++)
		into->at[at + i] = (char)(value >> (24 - 8 * i));
}

static inline void frame_put(struct frame_bytes *into, str bytes)
{
	memcpy(into->at + into->size, bytes.at, bytes.size);
	into->size += bytes.size;
}

static inline size_t frame_sum(const struct frame_bytes *of, size_t begin, size_t size)
{
	return crc32(0, (const Bytef *)of->at + begin, (uInt)size);
}

/* Of headers as they stand in the frame. */
static inline void frame_put_raw(struct frame_bytes *into, str headers, str payload)
{
	size_t begin = into->size, all = 16 + headers.size + payload.size;

	frame_number(into, begin, all);
	frame_number(into, begin + 4, headers.size);
	frame_number(into, begin + 8, frame_sum(into, begin, 8));
	into->size += 12;
	frame_put(into, headers);
	frame_put(into, payload);
	frame_number(into, into->size, frame_sum(into, begin, all - 4));
	into->size += 4;
}

/* Text headers; the bytes of each are at most 255. */
static inline size_t frame_header(char *into, const char *name, const char *value)
{
	size_t name_size = strlen(name), value_size = strlen(value);

	into[0] = (char)name_size;
	memcpy(into + 1, name, name_size);
	into[1 + name_size] = 7;
	into[2 + name_size] = 0;
	into[3 + name_size] = (char)value_size;
	memcpy(into + 4 + name_size, value, value_size);
	return 4 + name_size + value_size;
}

static inline void frame_put_event(struct frame_bytes *into, const char *name, str payload)
{
	char headers[512];
	size_t size = frame_header(headers, ":message-type", "event");

	size += frame_header(headers + size, ":event-type", name);
	frame_put_raw(into, (str) { headers, size }, payload);
}

#endif
