/* fuzz_cursor.c - what clients hand back to us: sealed text and the base64 around it. */
#include "fuzz.h"

#include "seal.h"

/* Strict: what opens is the one text that closing it again gives. */
static void check_base64(struct arena *arena, str text)
{
	str bytes = base64url_open(arena, text);
	must(!bytes.at || str_same(base64url(arena, bytes), text));
	bytes = base64_open(arena, text);
	must(!bytes.at || str_same(base64(arena, bytes), text));
}

static void check_seal(struct arena *arena, str plain)
{
	str sealed = seal(arena, "cursor", plain);
	must(!sealed.at == (plain.size > SEAL_MAX));
	if (!sealed.at)
		return;
	str opened = seal_open(arena, "cursor", sealed);
	must(opened.at && str_same(opened, plain));
	must(!seal_open(arena, "state", sealed).at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	if (!ready) {
		must(!seal_configure("fuzzing-only-fuzzing-only-fuzzing-only"));
		ready = true;
	}
	struct arena *arena = arena_create();
	str text = { (const char *)data, size };
	check_base64(arena, text);
	check_seal(arena, text);
	str opened = seal_open(arena, "cursor", text);
	must(!opened.at || opened.size < size);
	arena_destroy(arena);
	return 0;
}
