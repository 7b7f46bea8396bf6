/* frames.c - frames of an event stream: a prelude with the lengths, headers, the payload, checksums. Numbers are
 * big-endian. */
#include <stdlib.h>
#include <zlib.h>

#include "frames.h"
#include "fatal.h"

#define PRELUDE_SIZE 12                 /* all of it, headers, and the checksum of these two */
#define CHECKSUM_SIZE 4
#define FRAME_LEAST (PRELUDE_SIZE + CHECKSUM_SIZE)
#define ROOM_FIRST 4096

struct frames {
	struct budget *budget;
	frame_fn *tell;
	void *of;
	uint8_t *at;                    /* of the frame that is not whole */
	size_t size, room;
	size_t until;                   /* so much has to be there before more can be said */
	enum frames_outcome outcome;
	const char *wrong;
};

struct frames *frames_create(struct budget *budget, frame_fn *tell, void *of)
{
	struct frames *frames = calloc(1, sizeof(struct frames));

	if (!frames)
		fatal();
	*frames = (struct frames) { .budget = budget_hold(budget), .tell = tell, .of = of, .until = PRELUDE_SIZE };
	return frames;
}

void frames_destroy(struct frames *frames)
{
	if (!frames)
		return;
	budget_give(frames->budget, frames->room);
	budget_drop(frames->budget);
	free(frames->at);
	free(frames);
}

const char *frames_wrong(const struct frames *frames)
{
	return frames->wrong;
}

static void broken(struct frames *frames, const char *wrong)
{
	frames->wrong = wrong;
	frames->outcome = FRAMES_BROKEN;
}

static size_t number_at(const uint8_t *at)
{
	return (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
}

static bool checksum_is(const uint8_t *frame, size_t size)
{
	return crc32(0, frame, (uInt)size) == number_at(frame + size);
}

/* ---- Headers ---- */

/* Takes so many bytes off; NULL: there are fewer. */
static const uint8_t *take(str *rest, size_t size)
{
	const uint8_t *at = (const uint8_t *)rest->at;

	if (size > rest->size)
		return NULL;
	rest->at += size;
	rest->size -= size;
	return at;
}

static bool take_text(str *rest, size_t length_size, str *text)
{
	const uint8_t *length = take(rest, length_size);

	if (!length)
		return false;
	text->size = length_size == 1 ? length[0] : (size_t)length[0] << 8 | length[1];
	text->at = (const char *)take(rest, text->size);
	return text->at;
}

enum { TYPE_BYTES = 6, TYPE_TEXT = 7, TYPE_LAST = 9 };

/* A value of any type; .at NULL where it is no text. */
static bool take_value(str *rest, str *value)
{
	static const uint8_t sizes[TYPE_LAST + 1] = { 0, 0, 1, 2, 4, 8, 0, 0, 8, 16 };
	const uint8_t *type = take(rest, 1);
	str bytes;

	*value = (str) { 0 };
	if (!type || *type > TYPE_LAST)
		return false;
	if (*type == TYPE_TEXT)
		return take_text(rest, 2, value);
	if (*type == TYPE_BYTES)
		return take_text(rest, 2, &bytes);
	return take(rest, sizes[*type]);
}

/* Where a header goes; NULL: it says nothing to us. */
static str *place_of(struct frame *frame, str name)
{
	static const struct { const char *name; size_t offset; } places[] = {
		{ ":message-type", offsetof(struct frame, kind) },
		{ ":event-type", offsetof(struct frame, name) },
		{ ":exception-type", offsetof(struct frame, name) },
		{ ":error-code", offsetof(struct frame, name) },
		{ ":error-message", offsetof(struct frame, message) },
		{ ":content-type", offsetof(struct frame, type) },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (str_is(name, places[i].name))
			return (str *)(void *)((char *)frame + places[i].offset);
	return NULL;
}

static bool read_headers(str rest, struct frame *frame)
{
	while (rest.size > 0) {
		str name, value;
		if (!take_text(&rest, 1, &name) || name.size == 0 || !take_value(&rest, &value))
			return false;
		str *place = place_of(frame, name);
		if (!place || !value.at)
			continue;
		if (place->at) /* whoever says two things may be read as either */
			return false;
		*place = value;
	}
	return true;
}

/* ---- Frames ---- */

/* The prelude is there: so the whole frame is next. */
static void read_prelude(struct frames *frames)
{
	size_t all = number_at(frames->at), headers = number_at(frames->at + 4);

	if (!checksum_is(frames->at, PRELUDE_SIZE - CHECKSUM_SIZE))
		broken(frames, "the checksum of a frame's lengths is wrong");
	else if (all < FRAME_LEAST || headers > all - FRAME_LEAST)
		broken(frames, "the lengths of a frame contradict each other");
	else if (all > FRAME_MAX)
		broken(frames, "a frame is longer than 1 MiB");
	frames->until = all;
}

static void tell(struct frames *frames)
{
	size_t headers = number_at(frames->at + 4), size = frames->size;
	const char *text = (const char *)frames->at;
	struct frame frame = {
		.payload = { text + PRELUDE_SIZE + headers, size - FRAME_LEAST - headers }
	};

	if (!checksum_is(frames->at, size - CHECKSUM_SIZE))
		broken(frames, "the checksum of a frame is wrong");
	else if (!read_headers((str) { text + PRELUDE_SIZE, headers }, &frame))
		broken(frames, "the headers of a frame make no sense");
	else if (!frames->tell(frames->of, &frame))
		frames->outcome = FRAMES_STOPPED;
	frames->size = 0;
	frames->until = PRELUDE_SIZE;
}

/* Adds what is missing, as far as it is there. */
static void keep(struct frames *frames, str *bytes)
{
	size_t missing = frames->until - frames->size, size = bytes->size < missing ? bytes->size : missing;

	if (frames->size + size > frames->room) {
		size_t twice = frames->room ? 2 * frames->room : ROOM_FIRST;
		size_t room = frames->size + size > twice ? frames->size + size : twice;
		budget_take(frames->budget, room - frames->room);
		frames->room = room;
		frames->at = realloc(frames->at, frames->room);
		if (!frames->at)
			fatal();
	}
	memcpy(frames->at + frames->size, take(bytes, size), size);
	frames->size += size;
}

enum frames_outcome frames_take(struct frames *frames, str bytes)
{
	while (bytes.size > 0 && frames->outcome == FRAMES_FINE) {
		keep(frames, &bytes);
		if (frames->size < frames->until)
			break;
		if (frames->until == PRELUDE_SIZE)
			read_prelude(frames);
		else
			tell(frames);
	}
	return frames->outcome;
}

enum frames_outcome frames_end(struct frames *frames)
{
	if (frames->outcome == FRAMES_FINE && frames->size > 0)
		broken(frames, "the stream ends within a frame");
	return frames->outcome;
}
