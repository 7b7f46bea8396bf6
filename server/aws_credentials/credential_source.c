/* credential_source.c - which source of credentials is configured. */
#include <stdio.h>

#include "container_url.h"
#include "credential_source.h"
#include "sha1.h"

#define CHAIN_MAX 5                     /* roles that are taken by way of others */
#define DURATION_S 3600
#define DURATION_LEAST_S 900
#define DURATION_MOST_S (12 * 3600)
#define SESSION_NAME "mcp-server"

struct chooser {
	struct arena *arena;
	const struct credential_places *places;
};

static const char *choose_profile(struct chooser *chooser, str name, int depth, struct credential_source *source);

/* ---- Looking ---- */

/* NULL: not set, or empty. */
static const char *variable(const struct credential_places *places, const char *name)
{
	const char *value = places->variable(name);

	return value && *value ? value : NULL;
}

static bool is_true(const char *value)
{
	return value && strcasecmp(value, "true") == 0;
}

static const char *copy(struct arena *arena, str text)
{
	return text.at ? arena_copy(arena, text) : NULL;
}

/* A value of a profile, NULL: it has none. */
static const char *value_of(struct chooser *chooser, str profile, const char *key)
{
	return copy(chooser->arena, profile_value(chooser->places->profiles, profile, key));
}

/* The one that is said: .at NULL, none. */
static str said_profile(const struct credential_places *places)
{
	const char *name = variable(places, "AWS_PROFILE");

	return str_of(name ? name : variable(places, "AWS_DEFAULT_PROFILE"));
}

static str profile_of(const struct credential_places *places)
{
	str said = said_profile(places);

	return said.at ? said : STR("default");
}

const char *credential_profile_value(struct arena *arena, const struct credential_places *places, const char *key)
{
	return copy(arena, profile_value(places->profiles, profile_of(places), key));
}

const char *credential_region(struct arena *arena, const struct credential_places *places)
{
	const char *region = variable(places, "AWS_REGION");

	if (!region)
		region = variable(places, "AWS_DEFAULT_REGION");
	return region ? region : credential_profile_value(arena, places, "region");
}

static const char *profile_words(struct chooser *chooser, str name)
{
	return arena_print(chooser->arena, "the profile %s", str_quote(name, 64).text);
}

/* What is wrong with a profile. */
static const char *wrong_with(struct chooser *chooser, str name, const char *what)
{
	return arena_print(chooser->arena, "%s %s", profile_words(chooser, name), what);
}

/* ---- Keys ---- */

static const char *choose_keys(struct chooser *chooser, const char *where, struct identity_parts keys, struct credential_source *source)
{
	const char *wrong = identity_check(&keys);

	*source = (struct credential_source) { .kind = CREDENTIALS_OF_KEYS, .where = where, .keys = keys };
	return wrong ? arena_print(chooser->arena, "%s: %s", where, wrong) : NULL;
}

static const char *choose_environment(struct chooser *chooser, struct credential_source *source)
{
	const struct credential_places *places = chooser->places;

	return choose_keys(chooser, "AWS_ACCESS_KEY_ID", (struct identity_parts) {
		str_of(variable(places, "AWS_ACCESS_KEY_ID")), str_of(variable(places, "AWS_SECRET_ACCESS_KEY")),
		str_of(variable(places, "AWS_SESSION_TOKEN")), 0
	}, source);
}

static const char *choose_profile_keys(struct chooser *chooser, str name, struct credential_source *source)
{
	const struct profiles *profiles = chooser->places->profiles;

	return choose_keys(chooser, profile_words(chooser, name), (struct identity_parts) {
		profile_value(profiles, name, "aws_access_key_id"), profile_value(profiles, name, "aws_secret_access_key"),
		profile_value(profiles, name, "aws_session_token"), 0
	}, source);
}

/* ---- Containers and instances ---- */

static const char *choose_container(struct chooser *chooser, struct credential_source *source)
{
	const struct credential_places *places = chooser->places;
	const char *relative = variable(places, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	const char *full = variable(places, "AWS_CONTAINER_CREDENTIALS_FULL_URI"), *wrong;

	*source = (struct credential_source) { .kind = CREDENTIALS_OF_CONTAINER, .where = "the container's credentials" };
	if (relative && *relative != '/')
		return "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with a slash";
	source->url = relative ? arena_print(chooser->arena, "http://169.254.170.2%s", relative) : full;
	if ((wrong = container_url_check(source->url)))
		return arena_print(chooser->arena, "AWS_CONTAINER_CREDENTIALS_%s_URI: %s", relative ? "RELATIVE" : "FULL", wrong);
	source->token_file = variable(places, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	if (!source->token_file)
		source->token = variable(places, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
	return NULL;
}

static bool has_container(const struct credential_places *places)
{
	return variable(places, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") || variable(places, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
}

static const char *choose_instance(struct chooser *chooser, struct credential_source *source)
{
	const char *url = variable(chooser->places, "AWS_EC2_METADATA_SERVICE_ENDPOINT");

	*source = (struct credential_source) {
		.kind = CREDENTIALS_OF_INSTANCE, .where = "the instance's role", .url = url ? url : "http://169.254.169.254"
	};
	if (!is_true(variable(chooser->places, "AWS_EC2_METADATA_DISABLED")))
		return NULL;
	return "no credentials are configured: there is no AWS_ACCESS_KEY_ID, nothing for the profile in ~/.aws, no role of a "
	       "container, and AWS_EC2_METADATA_DISABLED is set";
}

/* ---- Roles ---- */

static const char *check_role(const char *arn)
{
	for (const char *c = arn; *c; c++)
		if (*c <= ' ' || *c > '~')
			return "has a role_arn that is none";
	return strncmp(arn, "arn:", 4) == 0 ? NULL : "has a role_arn that is none";
}

static const char *read_duration(str text, int64_t *seconds)
{
	*seconds = DURATION_S;
	if (!text.at)
		return NULL;
	if (!str_to_int(text, seconds) || *seconds < DURATION_LEAST_S || *seconds > DURATION_MOST_S)
		return "has a duration_seconds that is not from 900 to 43200";
	return NULL;
}

static const char *choose_base(struct chooser *chooser, str name, int depth, struct credential_source *base)
{
	const struct profiles *profiles = chooser->places->profiles;
	str from = profile_value(profiles, name, "source_profile"), by = profile_value(profiles, name, "credential_source");

	if (!from.at == !by.at)
		return wrong_with(chooser, name, "has a role_arn, and needs one of source_profile and credential_source beside it");
	if (from.at && str_same(from, name)) /* its own keys */
		return choose_profile_keys(chooser, name, base);
	if (from.at && depth == CHAIN_MAX)
		return wrong_with(chooser, name, "takes its role by way of too many others, or of itself");
	if (from.at)
		return choose_profile(chooser, from, depth + 1, base);
	if (str_is_nocase(by, "Environment"))
		return choose_environment(chooser, base);
	if (str_is_nocase(by, "EcsContainer") && has_container(chooser->places))
		return choose_container(chooser, base);
	if (str_is_nocase(by, "Ec2InstanceMetadata"))
		return choose_instance(chooser, base);
	return wrong_with(chooser, name, "has a credential_source that is not there, or that nobody knows");
}

static const char *choose_role(struct chooser *chooser, str name, int depth, struct credential_source *source)
{
	struct credential_source *base = arena_new(chooser->arena, struct credential_source);
	const char *session = value_of(chooser, name, "role_session_name"), *region = value_of(chooser, name, "region"), *wrong;

	*source = (struct credential_source) {
		.kind = CREDENTIALS_OF_ROLE, .where = profile_words(chooser, name), .role_arn = value_of(chooser, name, "role_arn"),
		.external_id = value_of(chooser, name, "external_id"), .session_name = session ? session : SESSION_NAME,
		.region = region ? region : credential_region(chooser->arena, chooser->places), .base = base,
	};
	if ((wrong = check_role(source->role_arn)) ||
	    (wrong = read_duration(profile_value(chooser->places->profiles, name, "duration_seconds"), &source->duration_s)))
		return wrong_with(chooser, name, wrong);
	if (value_of(chooser, name, "mfa_serial"))
		return wrong_with(chooser, name, "has an mfa_serial, and there is nobody here to ask for its code");
	return choose_base(chooser, name, depth, base);
}

static const char *choose_web_identity(struct chooser *chooser, const char *where, const char *file, const char *role,
                                       const char *session, const char *region, struct credential_source *source)
{
	*source = (struct credential_source) {
		.kind = CREDENTIALS_OF_WEB_IDENTITY, .where = where, .token_file = file, .role_arn = role,
		.session_name = session ? session : SESSION_NAME, .duration_s = DURATION_S,
		.region = region ? region : credential_region(chooser->arena, chooser->places),
	};
	const char *wrong = role ? check_role(role) : "names a token, and there is no role for it (AWS_ROLE_ARN, role_arn)";
	return wrong ? arena_print(chooser->arena, "%s %s", where, wrong) : NULL;
}

/* ---- SSO ---- */

static const char *token_file(struct chooser *chooser, str signed_in_as)
{
	char name[SHA1_TEXT_SIZE];

	sha1_print(signed_in_as, name);
	return arena_print(chooser->arena, "%s/sso/cache/%s.json", chooser->places->home, name);
}

static const char *choose_sso(struct chooser *chooser, str name, struct credential_source *source)
{
	const struct profiles *profiles = chooser->places->profiles;
	str session = profile_value(profiles, name, "sso_session");
	str url = session.at ? profile_session_value(profiles, session, "sso_start_url") : profile_value(profiles, name, "sso_start_url");
	str region = session.at ? profile_session_value(profiles, session, "sso_region") : profile_value(profiles, name, "sso_region");

	*source = (struct credential_source) {
		.kind = CREDENTIALS_OF_SSO, .where = profile_words(chooser, name), .region = copy(chooser->arena, region),
		.account_id = value_of(chooser, name, "sso_account_id"), .role_name = value_of(chooser, name, "sso_role_name"),
	};
	if (!url.at || !region.at || !source->account_id || !source->role_name)
		return wrong_with(chooser, name, "lacks one of sso_start_url, sso_region, sso_account_id and sso_role_name");
	if (!chooser->places->home)
		return wrong_with(chooser, name, "signs in by SSO, and there is no home directory where that would be kept");
	source->token_file = token_file(chooser, session.at ? session : url);
	return NULL;
}

/* ---- Profiles ---- */

static const char *choose_process(struct chooser *chooser, str name, struct credential_source *source)
{
	*source = (struct credential_source) {
		.kind = CREDENTIALS_OF_PROCESS, .where = profile_words(chooser, name),
		.command = value_of(chooser, name, "credential_process"),
	};
	return NULL;
}

static bool has(const struct chooser *chooser, str name, const char *key)
{
	return profile_value(chooser->places->profiles, name, key).at;
}

static bool says_anything(const struct chooser *chooser, str name)
{
	static const char *const keys[] = {
		"role_arn", "web_identity_token_file", "sso_session", "sso_start_url", "sso_account_id", "aws_access_key_id",
		"aws_secret_access_key", "credential_process", "login_session",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (has(chooser, name, keys[i]))
			return true;
	return false;
}

static const char *choose_profile(struct chooser *chooser, str name, int depth, struct credential_source *source)
{
	if (!profile_exists(chooser->places->profiles, name))
		return arena_print(chooser->arena, "there is no profile %s in AWS's files", str_quote(name, 64).text);
	if (has(chooser, name, "web_identity_token_file"))
		return choose_web_identity(chooser, profile_words(chooser, name), value_of(chooser, name, "web_identity_token_file"),
		                           value_of(chooser, name, "role_arn"), value_of(chooser, name, "role_session_name"),
		                           value_of(chooser, name, "region"), source);
	if (has(chooser, name, "role_arn"))
		return choose_role(chooser, name, depth, source);
	if (has(chooser, name, "sso_session") || has(chooser, name, "sso_start_url") || has(chooser, name, "sso_account_id"))
		return choose_sso(chooser, name, source);
	if (has(chooser, name, "aws_access_key_id") || has(chooser, name, "aws_secret_access_key"))
		return choose_profile_keys(chooser, name, source);
	if (has(chooser, name, "credential_process"))
		return choose_process(chooser, name, source);
	return wrong_with(chooser, name, has(chooser, name, "login_session")
		? "is one of aws login: give it a credential_process = aws configure export-credentials --format process"
		: "has no credentials");
}

/* ---- The order ---- */

static const char *choose_web_identity_of_environment(struct chooser *chooser, struct credential_source *source)
{
	const struct credential_places *places = chooser->places;

	return choose_web_identity(chooser, "AWS_WEB_IDENTITY_TOKEN_FILE", variable(places, "AWS_WEB_IDENTITY_TOKEN_FILE"),
	                           variable(places, "AWS_ROLE_ARN"), variable(places, "AWS_ROLE_SESSION_NAME"), NULL, source);
}

const char *credential_source_choose(struct arena *arena, const struct credential_places *places,
                                     struct credential_source *source)
{
	struct chooser chooser = { .arena = arena, .places = places };
	str profile = profile_of(places);

	if (variable(places, "AWS_ACCESS_KEY_ID") || variable(places, "AWS_SECRET_ACCESS_KEY"))
		return choose_environment(&chooser, source);
	/* A profile that is said is meant, whatever it has. */
	if (said_profile(places).at)
		return choose_profile(&chooser, profile, 0, source);
	if (variable(places, "AWS_WEB_IDENTITY_TOKEN_FILE"))
		return choose_web_identity_of_environment(&chooser, source);
	if (says_anything(&chooser, profile))
		return choose_profile(&chooser, profile, 0, source);
	if (has_container(places))
		return choose_container(&chooser, source);
	return choose_instance(&chooser, source);
}
