/* credential_answer.c - credentials in the forms of all who give them out. */
#include "credential_answer.h"
#include "xml.h"

#define DEPTH_MAX 8
#define WORDS_MAX 128

/* Where in an answer which part stands. */
static const struct form {
	const char *within[2];          /* objects around it; NULL: none */
	const char *key_id, *secret, *token, *expires;
	bool in_ms;                     /* when it expires, as a number */
	bool expires_always, token_always;
} forms[] = {
	[CREDENTIAL_CONTAINER] = { { 0 }, "AccessKeyId", "SecretAccessKey", "Token", "Expiration", .expires_always = true },
	[CREDENTIAL_INSTANCE] = {
		{ 0 }, "AccessKeyId", "SecretAccessKey", "Token", "Expiration", .expires_always = true, .token_always = true
	},
	[CREDENTIAL_PROCESS] = { { 0 }, "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", false, false, false },
	[CREDENTIAL_SSO] = {
		{ "roleCredentials" }, "accessKeyId", "secretAccessKey", "sessionToken", "expiration", .in_ms = true,
		.expires_always = true, .token_always = true
	},
	[CREDENTIAL_ROLE] = {
		{ "AssumeRoleResponse", "AssumeRoleResult" }, "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration",
		.expires_always = true, .token_always = true
	},
	[CREDENTIAL_WEB_IDENTITY] = {
		{ "AssumeRoleWithWebIdentityResponse", "AssumeRoleWithWebIdentityResult" }, "AccessKeyId", "SecretAccessKey",
		"SessionToken", "Expiration", .expires_always = true, .token_always = true
	},
};

static bool is_xml(enum credential_form form)
{
	return form == CREDENTIAL_ROLE || form == CREDENTIAL_WEB_IDENTITY;
}

/* NULL: it is no such text. Trouble is not told in the parser's words, which may quote it. */
static yyjson_val *parse(struct arena *arena, enum credential_form form, str text)
{
	enum json_trouble trouble;
	const char *wrong;

	if (text.size == 0 || text.size > CREDENTIAL_ANSWER_MAX)
		return NULL;
	yyjson_val *said = is_xml(form) ? xml_read(arena, text, NULL, &wrong) : json_parse_copy(arena, text, DEPTH_MAX, &trouble);
	for (int i = 0; i < 2 && forms[form].within[i]; i++)
		said = yyjson_obj_get(said, forms[form].within[i]);
	if (is_xml(form))
		said = yyjson_obj_get(said, "Credentials");
	return yyjson_is_obj(said) ? said : NULL;
}

/* NULL: none of it, or what AWS says of an error in its own words. */
static const char *read_trouble(struct arena *arena, enum credential_form form, yyjson_val *said)
{
	str code = json_member(said, "Code"), message = json_member(said, "Message");
	int64_t version = yyjson_get_sint(yyjson_obj_get(said, "Version"));

	if (form == CREDENTIAL_INSTANCE && code.at && !str_is(code, "Success"))
		return arena_print(arena, "it says %s: %s", str_quote(code, WORDS_MAX).text,
		                   message.at ? str_quote(message, WORDS_MAX).text : "nothing");
	if (form == CREDENTIAL_PROCESS && version != 1)
		return "its Version is not 1";
	return NULL;
}

/* An absent one is 0, and fine where it may be. */
static bool read_expiry(const struct form *form, yyjson_val *said, int64_t *at_ms)
{
	yyjson_val *value = json_given(said, form->expires);
	int64_t read = 0;

	if (!value)
		return !form->expires_always;
	if (form->in_ms) {
		if (!yyjson_is_int(value) || (read = yyjson_get_sint(value)) <= 0)
			return false;
	} else if (!time_parse(json_string(value), &read)) {
		return false;
	}
	*at_ms = read;
	return true;
}

const char *credential_answer_read(struct arena *arena, enum credential_form form, str text, struct identity_parts *parts)
{
	const struct form *where = &forms[form];
	yyjson_val *said = parse(arena, form, text);
	const char *wrong = said ? read_trouble(arena, form, said) : "it is no such answer";

	if (wrong)
		return wrong;
	*parts = (struct identity_parts) {
		json_member(said, where->key_id), json_member(said, where->secret), json_member(said, where->token), 0
	};
	if (where->token_always && parts->token.size == 0)
		return "its session token is missing";
	if (!read_expiry(where, said, &parts->expires_at_ms))
		return "it does not say when they expire";
	return identity_check(parts);
}

/* Older tools of AWS write UTC for Z. */
static str with_z(struct arena *arena, str time)
{
	if (time.size < 3 || memcmp(time.at + time.size - 3, "UTC", 3) != 0)
		return time;
	return str_of(arena_print(arena, "%.*sZ", (int)time.size - 3, time.at));
}

const char *sso_token_read(struct arena *arena, str text, str *token, int64_t *expires_at_ms)
{
	enum json_trouble trouble;
	yyjson_val *said = text.size <= CREDENTIAL_ANSWER_MAX ? json_parse_copy(arena, text, DEPTH_MAX, &trouble) : NULL;
	str read = json_member(said, "accessToken");

	if (read.size == 0)
		return "it has no accessToken";
	if (!time_parse(with_z(arena, json_member(said, "expiresAt")), expires_at_ms))
		return "it does not say when that expires";
	for (size_t i = 0; i < read.size; i++)
		if (read.at[i] <= ' ' || read.at[i] > '~')
			return "its accessToken has a character that none has";
	*token = read;
	return NULL;
}
