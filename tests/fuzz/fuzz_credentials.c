/* fuzz_credentials.c - whatever stands in AWS's files or is answered by who gives out credentials, what is taken of it is fit
 * for a header, and nothing of it is told where it is wrong.
 *
 * The first line says which of the forms the rest is tried as; files of profiles it is in any case. */
#include "charged.h"
#include "credential_source.h"
#include "fuzz.h"
#include "process_output.h"

static bool is_plain(str text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.at[i] <= ' ' || text.at[i] > '~')
			return false;
	return true;
}

static void check_parts(const struct identity_parts *parts)
{
	must(parts->key_id.size > 0 && parts->secret.size > 0);
	must(is_plain(parts->key_id) && is_plain(parts->secret) && is_plain(parts->token));
}

static const char *variable(UNUSED const char *name)
{
	return NULL;
}

static void check_source(const struct credential_source *source, int depth)
{
	must(depth < 8 && source->where);
	if (source->kind == CREDENTIALS_OF_KEYS)
		check_parts(&source->keys);
	if (source->role_arn)
		must(is_plain(str_of(source->role_arn)) && source->duration_s >= 900 && source->duration_s <= 43200);
	must((source->kind == CREDENTIALS_OF_ROLE) == (source->base != NULL));
	if (source->base)
		check_source(source->base, depth + 1);
}

static void check_files(struct arena *arena, str config, str credentials)
{
	const char *wrong = NULL;
	struct credential_places places = { variable, profiles_read(arena, config, credentials, &wrong), "/home/somebody/.aws" };
	struct credential_source source;

	must(!places.profiles == !!wrong);
	if (places.profiles && !credential_source_choose(arena, &places, &source))
		check_source(&source, 0);
	if (places.profiles)
		credential_region(arena, &places);
}

static void check_answer(struct arena *arena, unsigned form, str text)
{
	struct identity_parts parts;
	str token = { 0 };
	int64_t expires_at_ms;

	if (!credential_answer_read(arena, form % (CREDENTIAL_WEB_IDENTITY + 1), text, &parts)) {
		check_parts(&parts);
		identity_drop(identity_create(&parts));
	}
	if (!sso_token_read(arena, text, &token, &expires_at_ms))
		must(token.size > 0 && is_plain(token));
}

static void check_words(struct arena *arena, str text)
{
	char **words = process_words(arena, arena_copy(arena, text));
	size_t size = 0;

	for (; words && *words; words++)
		size += strlen(*words);
	must(size <= text.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str rest = input_of(data, size), first = input_line(&rest);
	struct arena *arena = arena_create_secret();

	check_files(arena, rest, STR(""));
	check_files(arena, STR(""), rest);
	check_answer(arena, first.size > 0 ? (uint8_t)first.at[0] - '0' : 0, rest);
	check_words(arena, (str) { rest.at, rest.size < 4096 ? rest.size : 4096 });
	arena_destroy(arena);
	return 0;
}
