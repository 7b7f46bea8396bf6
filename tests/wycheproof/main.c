/* main.c - tries Wycheproof's vectors for JSON Web Signatures and Keys: each is judged as they say, or
 * otherwise on purpose, and then it is listed here.
 *
 *     wycheproof FOLDER
 *
 * The last line counts; the status is 1 where anything is judged otherwise without being listed, or is
 * listed without need. */
#include <stdio.h>
#include <stdlib.h>

#include "jose.h"
#include "json.h"

#define FILE_BYTES_MAX (4 << 20)
#define DEPTH_MAX 16

static const char secret[] = "refused: its key is a shared secret, and we share none";
static const char p521[] = "refused: P-521 is no curve of ours, nor \"ES521\" an algorithm of anybody's";
static const char ps384[] = "refused: it is PS384, and its key says that it is for PS256";
static const char roca[] = "taken: a modulus such as ROCA's is for the issuer to know and to replace";

/* A vector that is judged otherwise than Wycheproof says, on purpose. */
struct departure {
	int id;
	const char *why;
};

static const struct departure of_signatures[] = {
	{ 1, secret }, { 346, ps384 }, { 347, p521 }, { 348, secret }, { 350, ps384 }, { 351, p521 },
	{ 352, secret }, { 357, secret }, { 358, secret }, { 359, secret }, { 372, secret },
	{ 373, secret }, { 376, secret }, { 377, secret }, { 0 },
};

static const struct departure of_keys[] = {
	{ 2, secret }, { 7, roca }, { 13, secret }, { 14, secret }, { 15, secret }, { 0 },
};

static const struct {
	const char *name;
	const struct departure *departures;
} files[] = {
	{ "json_web_signature_test.json", of_signatures },
	{ "json_web_key_test.json", of_keys },
};

struct tally {
	int as_they_say, on_purpose, wrong;
	int without_key;                /* as they say: refused since no key of the set is for us */
};

static _Noreturn void give_up(const char *path, const char *why)
{
	fprintf(stderr, "wycheproof: %s: %s\n", path, why);
	exit(2);
}

static yyjson_val *read_file(struct arena *arena, const char *path)
{
	char *text = arena_alloc_raw(arena, FILE_BYTES_MAX + YYJSON_PADDING_SIZE);
	FILE *file = fopen(path, "rb");
	enum json_trouble trouble;
	const char *why;

	if (!file)
		give_up(path, "can't be opened");
	size_t size = fread(text, 1, FILE_BYTES_MAX, file);
	fclose(file);
	yyjson_val *root = json_parse(arena, text, size, (struct json_bounds) { .depth = DEPTH_MAX },
	                              &trouble, &why);
	if (!root)
		give_up(path, "is no JSON");
	return root;
}

/* A group has a set, or a key; its private form where there is no public one. */
static struct jwk_set *set_of(struct arena *arena, yyjson_val *group)
{
	yyjson_val *keys = json_given(group, "public");
	struct json json = json_begin(arena, 4096);
	const char *wrong;

	if (!keys)
		keys = json_given(group, "private");
	if (json_given(keys, "keys")) {
		json_value(&json, keys);
	} else {
		json_object(&json);
		json_key(&json, "keys");
		json_array(&json);
		json_value(&json, keys);
		json_array_end(&json);
		json_object_end(&json);
	}
	return jwk_set_read(json_end(&json), &wrong);
}

static bool verifies(struct arena *arena, const struct jwk_set *set, str token)
{
	struct jws jws;

	return set && jws_read(arena, token, &jws) == JWS_FINE && jws_verify(set, &jws) == JWS_FINE;
}

static const char *departure_of(const struct departure *departures, int id)
{
	while (departures->id && departures->id != id)
		departures++;
	return departures->why;
}

static void try_vector(struct arena *arena, const struct jwk_set *set, yyjson_val *vector,
                       const struct departure *departures, struct tally *tally)
{
	int id = (int)yyjson_get_sint(json_given(vector, "tcId"));
	const char *about = json_member(vector, "comment").at;
	bool valid = str_is(json_member(vector, "result"), "valid");
	bool as_it_says = verifies(arena, set, json_member(vector, "jws")) == valid;
	const char *why = departure_of(departures, id);

	if (as_it_says == !why) {
		tally->as_they_say += as_it_says;
		tally->on_purpose += !as_it_says;
		tally->without_key += as_it_says && !set;
		if (why)
			printf("  %d, %s, %s\n", id, about, why);
		return;
	}
	tally->wrong++;
	printf("  WRONG: %d, %s: it is %s, and is %s\n", id, about, valid ? "valid" : "invalid",
	       as_it_says ? "judged so though it is listed" : "judged otherwise");
}

static struct tally try_file(struct arena *arena, const char *path,
                             const struct departure *departures)
{
	yyjson_arr_iter groups = yyjson_arr_iter_with(json_given(read_file(arena, path), "testGroups"));
	yyjson_val *group, *vector;
	struct tally tally = { 0 };

	while ((group = yyjson_arr_iter_next(&groups))) {
		yyjson_arr_iter vectors = yyjson_arr_iter_with(json_given(group, "tests"));
		struct jwk_set *set = set_of(arena, group);
		while ((vector = yyjson_arr_iter_next(&vectors)))
			try_vector(arena, set, vector, departures, &tally);
		jwk_set_drop(set);
	}
	return tally;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_create();
	int passed = 0, failed = 0;

	if (argc != 2)
		give_up("usage", "wycheproof FOLDER");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *path = arena_print(arena, "%s/%s", argv[1], files[i].name);
		struct tally tally = try_file(arena, path, files[i].departures);
		printf("%s: as they say %d (%d of them since no key of their set is for us), otherwise on"
		       " purpose %d, wrong %d\n", files[i].name, tally.as_they_say, tally.without_key,
		       tally.on_purpose, tally.wrong);
		passed += tally.as_they_say + tally.on_purpose;
		failed += tally.wrong;
	}
	arena_destroy(arena);
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
