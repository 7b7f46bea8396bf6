/* trace_state.c - the header that goes with a trace: "tracestate" of W3C Trace Context, KEY=VALUE,KEY=VALUE. */
#include "spans.h"

#define MEMBERS_MAX 32
#define PART_MAX 256                    /* bytes of a key, or of a value */

static bool is_key(str key)
{
	static const char *const all = "abcdefghijklmnopqrstuvwxyz0123456789_-*/@";

	if (key.size == 0 || key.size > PART_MAX || strchr("_-*/@", key.at[0]))
		return false;
	for (size_t i = 0; i < key.size; i++)
		if (key.at[i] == '\0' || !strchr(all, key.at[i]))
			return false;
	return true;
}

static bool is_value(str value)
{
	if (value.size == 0 || value.size > PART_MAX)
		return false;
	for (size_t i = 0; i < value.size; i++)
		if (value.at[i] < ' ' || value.at[i] > '~' || value.at[i] == '=')
			return false;
	return true;
}

static bool has_key(const str *members, int count, str key)
{
	for (int i = 0; i < count; i++)
		if (members[i].size > key.size && members[i].at[key.size] == '='
		    && memcmp(members[i].at, key.at, key.size) == 0)
			return true;
	return false;
}

/* How many there are; -1: one of them, or the whole, is none. */
static int read_members(str text, str members[MEMBERS_MAX])
{
	int count = 0;

	while (text.size > 0) {
		str member = str_trim(str_cut(&text, ',')), value = member;
		if (member.size == 0)
			continue;
		str key = str_cut(&value, '=');
		if (count == MEMBERS_MAX || !is_key(key) || !is_value(value) || has_key(members, count, key))
			return -1;
		members[count++] = member;
	}
	return count;
}

str trace_state(struct arena *arena, str text)
{
	str members[MEMBERS_MAX];
	int count = read_members(text, members);
	char state[TRACE_STATE_MAX];
	size_t size = 0;

	for (int i = 0; i < count && size + (size > 0) + members[i].size <= TRACE_STATE_MAX; i++) {
		if (size > 0)
			state[size++] = ',';
		memcpy(state + size, members[i].at, members[i].size);
		size += members[i].size;
	}
	return size > 0 ? (str) { arena_copy(arena, (str) { state, size }), size } : (str) { 0 };
}
