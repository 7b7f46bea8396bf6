/* fuzz_frames.c - whatever comes as an event stream, what is told of it is within it, and the same however it came.
 *
 * The input is tried as it is, and once more with checksums and lengths that are right: its first byte says how many
 * of the bytes behind it are headers. */
#include "fuzz.h"

#include "../unit/frame_bytes.h"
#include "frames.h"

/* What was told, as a digest. */
struct told {
	uint64_t hash;
	size_t count, bytes, payloads;
};

static void add(struct told *told, str text)
{
	must(text.at || text.size == 0);
	told->hash = told->hash * 31 + str_hash(text.at ? text : STR("absent"));
	told->bytes += text.size;
}

static bool tell(void *of, const struct frame *frame)
{
	struct told *told = of;

	must(frame->payload.at);
	add(told, frame->kind);
	add(told, frame->name);
	add(told, frame->message);
	add(told, frame->type);
	add(told, frame->payload);
	told->payloads += frame->payload.size;
	return ++told->count < 100;
}

static enum frames_outcome take(str all, size_t step, struct told *told)
{
	struct frames *frames = frames_create(NULL, tell, told);

	*told = (struct told) { 0 };
	for (; all.size > 0; step = step < all.size ? step : all.size) {
		size_t size = step < all.size ? step : all.size;
		frames_take(frames, (str) { all.at, size });
		all.at += size;
		all.size -= size;
	}
	enum frames_outcome outcome = frames_end(frames);
	must((outcome == FRAMES_BROKEN) == (frames_wrong(frames) != NULL));
	frames_destroy(frames);
	return outcome;
}

static enum frames_outcome check(str all, struct told *told)
{
	struct told other;
	enum frames_outcome outcome = take(all, SIZE_MAX, told);

	must(told->bytes <= all.size);
	must(take(all, 1, &other) == outcome && other.hash == told->hash && other.count == told->count);
	must(take(all, 13, &other) == outcome && other.hash == told->hash && other.count == told->count);
	return outcome;
}

static void check_sealed(str headers, str payload)
{
	static struct frame_bytes bytes;
	struct told told;

	bytes.size = 0;
	frame_put_raw(&bytes, headers, payload);
	frame_put_event(&bytes, "after", payload);
	enum frames_outcome outcome = check((str) { bytes.at, bytes.size }, &told);
	must(outcome == FRAMES_BROKEN ? told.count == 0 : told.count == 2 && told.payloads == 2 * payload.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str all = input_of(data, size < 64 * 1024 ? size : 64 * 1024);
	struct told told;

	check(all, &told);
	if (all.size > 0) {
		size_t headers = (uint8_t)all.at[0] < all.size ? (uint8_t)all.at[0] : all.size - 1;
		check_sealed((str) { all.at + 1, headers }, (str) { all.at + 1 + headers, all.size - 1 - headers });
	}
	return 0;
}
