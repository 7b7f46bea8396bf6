/* jwk_set.c - a JWK set (RFC 7517 5): its keys are built once, when it is read. */
#include <openssl/crypto.h>
#include <stdatomic.h>

#include "jwk.h"

#define DEPTH_MAX 8                     /* set, list, entry, and lists of its own */
#define VALUES_MAX 10000

struct jwk_set {
	atomic_int references;
	struct arena *arena;            /* where all of it is, itself too */
	int count;
	struct jwk keys[];
};

static yyjson_val *entries_of(struct arena *arena, str json, const char **wrong)
{
	enum json_trouble trouble;
	const char *why;

	*wrong = "is larger than 256 KiB";
	if (json.size > JWK_SET_BYTES_MAX)
		return NULL;
	char *text = arena_alloc_raw(arena, json.size + YYJSON_PADDING_SIZE);
	if (json.size > 0)
		memcpy(text, json.at, json.size);
	yyjson_val *root = json_parse(arena, text, json.size,
	                              (struct json_bounds) { DEPTH_MAX, VALUES_MAX }, &trouble, &why);
	yyjson_val *entries = yyjson_obj_get(root, "keys");
	*wrong = !root ? "is no JSON within bounds" :
	         !yyjson_is_arr(entries) ? "has no list \"keys\"" :
	         yyjson_arr_size(entries) > JWK_SET_KEYS_MAX ? "has more than 100 keys" : NULL;
	return *wrong ? NULL : entries;
}

static struct jwk_set *read_entries(yyjson_val *entries)
{
	struct arena *arena = arena_create();
	struct jwk_set *set = arena_alloc(arena, sizeof(*set) +
	                                         yyjson_arr_size(entries) * sizeof(set->keys[0]));
	yyjson_arr_iter iter = yyjson_arr_iter_with(entries);
	yyjson_val *entry;

	set->arena = arena;
	atomic_init(&set->references, 1);
	while ((entry = yyjson_arr_iter_next(&iter)))
		set->count += jwk_read(arena, entry, &set->keys[set->count]);
	return set;
}

struct jwk_set *jwk_set_read(str json, const char **wrong)
{
	struct arena *scratch = arena_create();

	/* As in seal.c: without its configuration file, which costs private memory. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	yyjson_val *entries = entries_of(scratch, json, wrong);
	struct jwk_set *set = entries ? read_entries(entries) : NULL;
	arena_destroy(scratch);
	if (set && set->count == 0) {
		*wrong = "has no key that signatures can be verified with";
		jwk_set_drop(set);
		return NULL;
	}
	return set;
}

struct jwk_set *jwk_set_keep(struct jwk_set *set)
{
	atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
	return set;
}

void jwk_set_drop(struct jwk_set *set)
{
	if (set && atomic_fetch_sub(&set->references, 1) == 1)
		arena_destroy(set->arena);
}

int jwk_set_count(const struct jwk_set *set)
{
	return set->count;
}

static bool same_kid(str a, str b)
{
	return !a.at == !b.at && str_same(a, b);
}

bool jwk_set_has(const struct jwk_set *set, str kid)
{
	for (int i = 0; kid.at && i < set->count; i++)
		if (same_kid(set->keys[i].kid, kid))
			return true;
	return false;
}

static bool same_key(const struct jwk *a, const struct jwk *b)
{
	return a->kind == b->kind && same_kid(a->kid, b->kid) && a->bound == b->bound &&
	       a->alg == b->alg && EVP_PKEY_eq(a->key, b->key) == 1;
}

static bool holds(const struct jwk_set *set, const struct jwk_set *other)
{
	for (int i = 0; i < other->count; i++) {
		int at = 0;
		while (at < set->count && !same_key(&set->keys[at], &other->keys[i]))
			at++;
		if (at == set->count)
			return false;
	}
	return true;
}

bool jwk_set_same(const struct jwk_set *a, const struct jwk_set *b)
{
	return holds(a, b) && holds(b, a);
}

/* ---- Verifying ---- */

/* Where no `kid` says which key was meant there must be no choice. */
static bool is_ambiguous(const struct jwk_set *set, const struct jws *jws)
{
	int fitting = 0;
	for (int i = 0; i < set->count; i++)
		fitting += jwk_fits(&set->keys[i], jws->alg);
	return !jws->kid.at && fitting > 1;
}

enum jws_outcome jws_verify(const struct jwk_set *set, const struct jws *jws)
{
	enum jws_outcome outcome = JWS_NO_KEY;

	if (is_ambiguous(set, jws))
		return JWS_NO_KEY;
	/* Two keys of one name are both the issuer's. */
	for (int i = 0; i < set->count; i++) {
		const struct jwk *jwk = &set->keys[i];
		if (!jwk_fits(jwk, jws->alg) || (jws->kid.at && !same_kid(jwk->kid, jws->kid)))
			continue;
		if (alg_verify(jws->alg, jwk->key, jws->signed_text, jws->signature))
			return JWS_FINE;
		outcome = JWS_BAD_SIGNATURE;
	}
	return outcome;
}
