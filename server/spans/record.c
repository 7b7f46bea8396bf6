/* record.c - a span as it is sent: one object of OTLP's JSON, written as the span ends.
 *
 * OTLP 1.x, "JSON Protobuf Encoding": ids are hexadecimal digits, 64-bit numbers are texts. */
#include <stdio.h>

#include "spans_private.h"

#define STATE_ROOM (2 * TRACE_STATE_MAX + 32)
#define TAIL (640 + STATE_ROOM)         /* bytes kept for what stands behind the attributes, */
#define ERROR_ROOM 256                  /* and for the last of these, which says whether it went well */

/* ---- Text ---- */

static void put(struct span_record *record, str text)
{
	if (record->full || text.size > record->most - record->size) {
		record->full = true;
		return;
	}
	memcpy(record->text + record->size, text.at, text.size);
	record->size += text.size;
}

static void put_escaped(struct span_record *record, str text)
{
	const unsigned char c = (unsigned char)text.at[0];
	size_t step = utf8_step(text);
	char control[8];

	if (step == 0)
		put(record, STR(REPLACEMENT));
	else if (c == '"' || c == '\\')
		put(record, (str) { c == '"' ? "\\\"" : "\\\\", 2 });
	else if (c < 0x20)
		put(record, (str) { control, (size_t)snprintf(control, sizeof(control), "\\u%04x", c) });
	else
		put(record, (str) { text.at, step });
}

/* What needs no escape goes in one piece. */
static void put_text(struct span_record *record, str text, size_t most)
{
	most = text.size < most ? text.size : most;

	for (size_t i = 0, run; i < most && !record->full; i += run) {
		for (run = 0; i + run < most; run++) {
			unsigned char c = (unsigned char)text.at[i + run];
			if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
				break;
		}
		put(record, (str) { text.at + i, run });
		if (run > 0)
			continue;
		put_escaped(record, (str) { text.at + i, text.size - i });
		run = utf8_step((str) { text.at + i, text.size - i });
		run += run == 0;
	}
}

static void put_number(struct span_record *record, int64_t value)
{
	char text[24];

	put(record, (str) { text, (size_t)snprintf(text, sizeof(text), "%lld", (long long)value) });
}

/* Both by one look at the clock: no span ends before it begins. */
static void put_times(struct span_record *record, int64_t began_us)
{
	int64_t wall_us = atomic_load_explicit(&spans_wall_us, memory_order_relaxed);

	put(record, STR(",\"startTimeUnixNano\":\""));
	put_number(record, began_us + wall_us);
	put(record, STR("000\",\"endTimeUnixNano\":\""));
	put_number(record, tick_us() + wall_us);
	put(record, STR("000\""));
}

/* ---- The record ---- */

void span_record_begin(struct span_record *record, const struct trace *trace, enum span_kind kind, int64_t began_us,
                       str name, str target)
{
	static const char *const kinds[] = {
		[SPAN_INTERNAL] = "\",\"kind\":1", [SPAN_SERVER] = "\",\"kind\":2", [SPAN_CLIENT] = "\",\"kind\":3",
	};

	record->size = 0;
	record->most = SPAN_RECORD_MAX - TAIL;
	record->full = false;
	record->lost = 0;
	record->error = NULL;
	record->link = NULL;
	record->state = (str) { 0 };
	put(record, STR("{\"traceId\":\""));
	put(record, (str) { trace->id, TRACE_ID_SIZE });
	put(record, STR("\",\"spanId\":\""));
	put(record, (str) { trace->span, SPAN_ID_SIZE });
	if (trace->parent[0]) {
		put(record, STR("\",\"parentSpanId\":\""));
		put(record, (str) { trace->parent, SPAN_ID_SIZE });
	}
	put(record, STR("\",\"flags\":1,\"name\":\""));
	put_text(record, name, SPAN_NAME_MAX);
	if (target.size > 0)
		put(record, STR(" "));
	put_text(record, target, SPAN_NAME_MAX);
	put(record, str_of(kinds[kind]));
	put_times(record, began_us);
	put(record, STR(",\"attributes\":["));
}

/* An attribute is there whole, or not at all. */
static size_t begin_attribute(struct span_record *record, const char *key)
{
	size_t at = record->size;

	if (record->text[at - 1] != '[')
		put(record, STR(","));
	put(record, STR("{\"key\":\""));
	put(record, str_of(key));
	return at;
}

static void end_attribute(struct span_record *record, size_t at)
{
	if (!record->full)
		return;
	record->size = at;
	record->full = false;
	record->lost++;
}

void span_text(struct span_record *record, const char *key, str value)
{
	if (!value.at)
		return;
	size_t at = begin_attribute(record, key);

	put(record, STR("\",\"value\":{\"stringValue\":\""));
	put_text(record, value, SPAN_TEXT_MAX);
	put(record, STR("\"}}"));
	end_attribute(record, at);
}

void span_int(struct span_record *record, const char *key, int64_t value)
{
	size_t at = begin_attribute(record, key);

	put(record, STR("\",\"value\":{\"intValue\":\""));
	put_number(record, value);
	put(record, STR("\"}}"));
	end_attribute(record, at);
}

/* What a tool noted stands in the log's lines under the same names. */
void span_noted(struct span_record *record, const struct about *about)
{
	struct noted *noted = atomic_load(&((struct about *)(uintptr_t)about)->noted);
	char key[sizeof("mcp.noted.") + NOTED_NAME_MAX];

	if (!noted)
		return;
	pthread_mutex_lock(&noted->lock);
	for (int i = 0; i < noted->count; i++) {
		const struct noted_value *value = &noted->values[i];
		snprintf(key, sizeof(key), "mcp.noted.%s", value->name);
		span_text(record, key, (str) { value->text, value->size });
	}
	pthread_mutex_unlock(&noted->lock);
}

static void put_state(struct span_record *record)
{
	record->most += STATE_ROOM;
	put(record, STR("]"));
	if (!record->state.at)
		return;
	put(record, STR(",\"traceState\":\""));
	put_text(record, record->state, TRACE_STATE_MAX);
	put(record, STR("\""));
}

/* In the room that nothing else may take. */
void span_record_end(struct span_record *record)
{
	record->most += ERROR_ROOM;
	if (record->error)
		span_text(record, "error.type", str_of(record->error));
	put_state(record);
	char *at = record->text + record->size, *end = record->text + SPAN_RECORD_MAX;

	if (record->lost)
		at += snprintf(at, (size_t)(end - at), ",\"droppedAttributesCount\":%d", record->lost);
	if (record->link)
		at += snprintf(at, (size_t)(end - at), ",\"links\":[{\"traceId\":\"%.*s\",\"spanId\":\"%.*s\",\"flags\":1}]",
		               TRACE_ID_SIZE, record->link->id, SPAN_ID_SIZE, record->link->span);
	at += snprintf(at, (size_t)(end - at), "%s}", record->error ? ",\"status\":{\"code\":2}" : "");
	spans_add((str) { record->text, (size_t)(at - record->text) });
}
