/* trace.c - ids that are never the same again, and the header that hands them on. */
#include "trace.h"

#include <endian.h>
#include <stdlib.h>
#include <unistd.h>

#include "every.h"
#include "fatal.h"

/* ---- Ids ---- */

/* Eight bytes as digits: that of the highest four bits comes first. */
static void print(uint64_t value, char text[SPAN_ID_SIZE])
{
	for (int half = 0; half < 2; half++) {
		uint64_t digits = __builtin_bswap32((uint32_t)(half ? value : value >> 32));
		digits = (digits | digits << 16) & UINT64_C(0x0000ffff0000ffff);
		digits = (digits | digits << 8) & UINT64_C(0x00ff00ff00ff00ff);
		digits = (digits >> 4 & UINT64_C(0x000f000f000f000f)) | (digits & UINT64_C(0x000f000f000f000f)) << 8;
		uint64_t letters = (digits + EVERY(6)) >> 4 & EVERY(1);
		digits = htole64(digits + EVERY('0') + letters * ('a' - '0' - 10));
		memcpy(text + half * 8, &digits, sizeof(digits));
	}
}

/* A counter that begins anywhere, made into what looks like noise. None comes twice in a thread, since nothing of the
 * counter is lost on the way (SplitMix64). What stands before it in a trace's id tells threads apart. */
static struct ids {
	char before[SPAN_ID_SIZE];
	uint64_t counter;
	bool begun;
} *ids(void)
{
	static _Thread_local struct ids mine;
	uint64_t random[2];

	if (mine.begun)
		return &mine;
	do
		if (getentropy(random, sizeof(random)) != 0)
			fatal();
	while (random[0] == 0);         /* no id is all zeros */
	print(random[0], mine.before);
	mine.counter = random[1];
	mine.begun = true;
	return &mine;
}

static void print_next(uint64_t *counter, char text[SPAN_ID_SIZE])
{
	uint64_t bits;

	do {
		bits = *counter += UINT64_C(0x9e3779b97f4a7c15);
		bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
		bits ^= bits >> 31;
	} while (bits == 0);
	print(bits, text);
}

void trace_begin(struct trace *trace)
{
	struct ids *mine = ids();

	print_next(&mine->counter, trace->span);
	memcpy(trace->id, mine->before, SPAN_ID_SIZE);
	memcpy(trace->id + SPAN_ID_SIZE, trace->span, SPAN_ID_SIZE);
	trace->parent[0] = '\0';
	trace->sampled = trace->recorded = false;
}

void trace_inner(struct trace *trace, const struct trace *outer)
{
	if (trace != outer)
		*trace = *outer;
	memcpy(trace->parent, trace->span, SPAN_ID_SIZE);
	print_next(&ids()->counter, trace->span);
}

/* ---- The header ---- */

void trace_print(const struct trace *trace, char text[TRACEPARENT_SIZE])
{
	memcpy(text, "00-", 3);
	memcpy(text + 3, trace->id, TRACE_ID_SIZE);
	text[35] = '-';
	memcpy(text + 36, trace->span, SPAN_ID_SIZE);
	memcpy(text + 52, trace->sampled ? "-01" : "-00", 4);
}

/* Small letters only: "Versioning of traceparent", HEXDIGLC. */
static bool is_hex(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!(text[i] >= '0' && text[i] <= '9') && !(text[i] >= 'a' && text[i] <= 'f'))
			return false;
	return true;
}

static bool is_id(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] != '0')
			return is_hex(text, size);
	return false;
}

/* A newer version than 00 may say more behind what is read here; ff is none. */
static bool is_version(str text)
{
	bool first = str_starts(text, "00"), whole = text.size == TRACEPARENT_SIZE - 1;

	return is_hex(text.at, 2) && !str_starts(text, "ff") &&
	       (whole || (!first && text.at[TRACEPARENT_SIZE - 1] == '-'));
}

bool trace_continue(struct trace *trace, str text)
{
	const char *at = text.at;

	if (text.size < TRACEPARENT_SIZE - 1 || !is_version(text) || at[2] != '-' || at[35] != '-' || at[52] != '-' ||
	    !is_id(at + 3, TRACE_ID_SIZE) || !is_id(at + 36, SPAN_ID_SIZE) || !is_hex(at + 53, 2))
		return false;
	memcpy(trace->id, at + 3, TRACE_ID_SIZE);
	memcpy(trace->parent, at + 36, SPAN_ID_SIZE);
	print_next(&ids()->counter, trace->span);
	trace->sampled = strchr("13579bdf", at[54]);
	trace->recorded = false;
	return true;
}
