/* credential_get.c - asks the source of credentials that is configured. */
#include <stdlib.h>

#include "builder.h"
#include "credential_get.h"
#include "process_output.h"
#include "request.h"
#include "secret_file.h"

#define CONTAINER_TRIES 3
#define CONTAINER_MS 2000
#define CONTAINER_PAUSE_MS 1000
#define INSTANCE_MS 1000
#define CALL_MS 10000
#define PROCESS_MS 60000
#define TOKEN_MAX (16 * 1024)

struct getter {
	struct arena *arena;
	const struct credential_means *means;
};

static const char *get_parts(const struct getter *getter, const struct credential_source *source, struct identity_parts *parts);

/* ---- Calls ---- */

static str call_of(const struct getter *getter, const struct credential_call *call, struct aws_answer *answer, struct aws_error *error,
                   const char **wrong)
{
	const char *why = NULL;

	*answer = (struct aws_answer) { 0 };
	*error = (struct aws_error) { 0 };
	*wrong = NULL;
	getter->means->fetch(getter->means->of, getter->arena, call, answer, &why);
	if (answer->status == 200)
		return answer->body;
	aws_error_read(getter->arena, answer, now_ms(), error);
	if (answer->status == 0)
		*wrong = arena_print(getter->arena, "it can't be reached: %s", why ? why : "nobody says why");
	else if (*error->code)
		*wrong = arena_print(getter->arena, "it answers %s: %s", error->code, error->message);
	else
		*wrong = arena_print(getter->arena, "it answers %d", answer->status);
	return (str) { 0 };
}

static str call(const struct getter *getter, const struct credential_call *call, struct aws_answer *answer, const char **wrong)
{
	struct aws_error error;

	return call_of(getter, call, answer, &error, wrong);
}

static bool is_plain(str text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.at[i] <= ' ' || text.at[i] > '~')
			return false;
	return text.size > 0;
}

static str trim_lines(str text)
{
	while (text.size > 0 && strchr(" \t\r\n", text.at[text.size - 1]))
		text.size--;
	return text;
}

/* What is in a file of a token, fit for a header. */
static const char *read_token(const struct getter *getter, const char *path, str *token)
{
	const char *wrong = NULL;

	switch (secret_file_read(getter->arena, path, TOKEN_MAX, token, &wrong)) {
	case SECRET_FILE_ABSENT:
		return arena_print(getter->arena, "there is no file %s", path);
	case SECRET_FILE_WRONG:
		return wrong;
	case SECRET_FILE_READ:
		break;
	}
	*token = trim_lines(*token);
	return is_plain(*token) ? NULL : arena_print(getter->arena, "%s: it holds no token", path);
}

/* ---- Containers ---- */

static const char *container_token(const struct getter *getter, const struct credential_source *source, str *token)
{
	if (source->token_file)
		return read_token(getter, source->token_file, token);
	*token = str_of(source->token);
	return !token->at || is_plain(*token) ? NULL : "AWS_CONTAINER_AUTHORIZATION_TOKEN is no token";
}

static const char *get_container(const struct getter *getter, const struct credential_source *source, struct identity_parts *parts)
{
	str token = { 0 }, said = { 0 };
	const char *wrong = container_token(getter, source, &token);
	struct aws_answer answer;

	if (wrong)
		return wrong;
	const char *headers[] = {
		"Accept: application/json",
		token.at ? arena_print(getter->arena, "Authorization: %.*s", STR_FORMAT(token)) : NULL, NULL
	};
	struct credential_call request = { "GET", source->url, headers, STR(""), CONTAINER_MS };
	for (int i = 0; i < CONTAINER_TRIES; i++) {
		if (i > 0 && !getter->means->pause(getter->means->of, CONTAINER_PAUSE_MS))
			break;
		said = call(getter, &request, &answer, &wrong);
		if (answer.status > 0 && answer.status < 500)
			break;
	}
	return wrong ? wrong : credential_answer_read(getter->arena, CREDENTIAL_CONTAINER, said, parts);
}

/* ---- EC2 ---- */

static str call_instance(const struct getter *getter, const char *method, const char *url, const char *header, const char **wrong)
{
	struct aws_answer answer;
	const char *const headers[] = { header, NULL };

	return call(getter, &(struct credential_call) { method, url, headers, STR(""), INSTANCE_MS }, &answer, wrong);
}

static const char *get_instance(const struct getter *getter, const struct credential_source *source, struct identity_parts *parts)
{
	static const char roles[] = "latest/meta-data/iam/security-credentials/";
	struct arena *arena = getter->arena;
	const char *wrong;
	str token = call_instance(getter, "PUT", arena_print(arena, "%s/latest/api/token", source->url),
	                          "X-aws-ec2-metadata-token-ttl-seconds: 21600", &wrong);

	if (wrong)
		return arena_print(arena, "no credentials are configured, and this is no instance of EC2 with a role (%s): set AWS_PROFILE, or"
		                   " AWS_ACCESS_KEY_ID and its secret", wrong);
	if (!is_plain(token))
		return "the metadata service gives no token";
	const char *header = arena_print(arena, "X-aws-ec2-metadata-token: %.*s", STR_FORMAT(token));
	str rest = call_instance(getter, "GET", arena_print(arena, "%s/%s", source->url, roles), header, &wrong);
	str role = trim_lines(str_cut(&rest, '\n'));
	if (wrong || !is_plain(role))
		return wrong ? arena_print(arena, "the instance has no role: %s", wrong) : "the instance has no role";
	const char *name = text_in_uri(arena, arena_copy(arena, role));
	str said = call_instance(getter, "GET", arena_print(arena, "%s/%s%s", source->url, roles, name), header, &wrong);
	return wrong ? wrong : credential_answer_read(arena, CREDENTIAL_INSTANCE, said, parts);
}

/* ---- SSO ---- */

static const char *read_sign_in(const struct getter *getter, const char *path, str *token)
{
	const char *wrong = NULL, *again = "sign in by: aws sso login";
	int64_t expires_at_ms;
	str text;

	switch (secret_file_read(getter->arena, path, CREDENTIAL_ANSWER_MAX, &text, &wrong)) {
	case SECRET_FILE_ABSENT:
		return arena_print(getter->arena, "nobody is signed in: %s", again);
	case SECRET_FILE_WRONG:
		return wrong;
	case SECRET_FILE_READ:
		break;
	}
	if ((wrong = sso_token_read(getter->arena, text, token, &expires_at_ms)))
		return arena_print(getter->arena, "%s: %s", path, wrong);
	return expires_at_ms > now_ms() ? NULL : arena_print(getter->arena, "the sign-in has expired: %s", again);
}

static const char *get_sso(const struct getter *getter, const struct credential_source *source, struct identity_parts *parts)
{
	struct arena *arena = getter->arena;
	struct aws_endpoint endpoint;
	struct aws_answer answer;
	str token = { 0 };
	const char *wrong = read_sign_in(getter, source->token_file, &token);

	if (wrong || (wrong = aws_endpoint_plain(arena, "SSO", "portal.sso", source->region, getter->means->variable, &endpoint)))
		return wrong;
	const char *const headers[] = { arena_print(arena, "x-amz-sso_bearer_token: %.*s", STR_FORMAT(token)), NULL };
	const char *url = arena_print(arena, "%s/federation/credentials?role_name=%s&account_id=%s", endpoint.url,
	                              text_in_uri(arena, source->role_name), text_in_uri(arena, source->account_id));
	str said = call(getter, &(struct credential_call) { "GET", url, headers, STR(""), CALL_MS }, &answer, &wrong);
	if (answer.status == 401)
		return "the sign-in is not taken any more: sign in by: aws sso login";
	return wrong ? wrong : credential_answer_read(arena, CREDENTIAL_SSO, said, parts);
}

/* ---- Roles ---- */

/* By this machine's clock, and where that is wrong once more by AWS's, which is `*skew_ms` ahead. */
static str call_signed(const struct getter *getter, enum aws_action action, const struct aws_endpoint *endpoint, struct identity *identity,
                       str form, int64_t *skew_ms, const char **wrong)
{
	struct aws_request request;
	struct aws_answer answer;
	struct aws_error error;
	str said = { 0 };

	*skew_ms = 0;
	for (int i = 0; i < 2; i++) {
		aws_request_make(getter->arena, &aws_operations[action], endpoint, identity, form, now_ms() + *skew_ms, &request);
		said = call_of(getter, &(struct credential_call) { request.method, request.url, request.headers, request.body, CALL_MS },
		               &answer, &error, wrong);
		if (error.fault != AWS_SKEWED)
			break;
		*skew_ms = error.skew_ms;
	}
	return said;
}

static const char *take_role(const struct getter *getter, const struct credential_source *source, enum aws_action action,
                             struct identity *identity, struct builder *form, enum credential_form answer_form,
                             struct identity_parts *parts)
{
	struct arena *arena = getter->arena;
	struct aws_endpoint endpoint;
	int64_t skew_ms;
	const char *wrong = aws_endpoint_find(arena, &aws_operations[action], source->region, getter->means->variable, &endpoint);

	if (wrong)
		return wrong;
	aws_form_put(form, "RoleArn", str_of(source->role_arn));
	aws_form_put(form, "RoleSessionName", str_of(source->session_name));
	aws_form_put(form, "DurationSeconds", str_of(arena_print(arena, "%lld", (long long)source->duration_s)));
	str said = call_signed(getter, action, &endpoint, identity, (str) { builder_end(form), form->size }, &skew_ms, &wrong);
	if (wrong || (wrong = credential_answer_read(arena, answer_form, said, parts)))
		return wrong;
	/* AWS says by its clock when they expire; this machine goes by its own. */
	if (parts->expires_at_ms)
		parts->expires_at_ms -= skew_ms;
	return NULL;
}

static const char *get_role(const struct getter *getter, const struct credential_source *source, struct identity_parts *parts)
{
	struct builder form = builder_begin(getter->arena, 256);
	struct identity_parts base = { 0 };
	const char *wrong = get_parts(getter, source->base, &base);

	if (wrong)
		return arena_print(getter->arena, "by way of %s: %s", source->base->where, wrong);
	struct identity *identity = identity_create(&base);
	if (source->external_id)
		aws_form_put(&form, "ExternalId", str_of(source->external_id));
	wrong = take_role(getter, source, STS_ASSUME_ROLE, identity, &form, CREDENTIAL_ROLE, parts);
	identity_drop(identity);
	return wrong;
}

static const char *get_web_identity(const struct getter *getter, const struct credential_source *source, struct identity_parts *parts)
{
	struct builder form = builder_begin(getter->arena, 256);
	str token = { 0 };
	const char *wrong = read_token(getter, source->token_file, &token);

	if (wrong)
		return wrong;
	aws_form_put(&form, "WebIdentityToken", token);
	return take_role(getter, source, STS_ASSUME_ROLE_WITH_WEB_IDENTITY, NULL, &form, CREDENTIAL_WEB_IDENTITY, parts);
}

/* ---- Whichever ---- */

static const char *get_process(const struct getter *getter, const struct credential_source *source, struct identity_parts *parts)
{
	struct process_bounds bounds = { CREDENTIAL_ANSWER_MAX, PROCESS_MS, getter->means->give_up };
	str said = { 0 };
	const char *wrong = process_output(getter->arena, source->command, &bounds, &said);

	if (!wrong)
		wrong = credential_answer_read(getter->arena, CREDENTIAL_PROCESS, said, parts);
	return wrong ? arena_print(getter->arena, "its credential_process: %s", wrong) : NULL;
}

static const char *get_keys(UNUSED const struct getter *getter, const struct credential_source *source, struct identity_parts *parts)
{
	*parts = source->keys;
	return NULL;
}

static const char *get_parts(const struct getter *getter, const struct credential_source *source, struct identity_parts *parts)
{
	static const char *(*const get[])(const struct getter *, const struct credential_source *, struct identity_parts *) = {
		[CREDENTIALS_OF_KEYS] = get_keys, [CREDENTIALS_OF_PROCESS] = get_process, [CREDENTIALS_OF_SSO] = get_sso,
		[CREDENTIALS_OF_ROLE] = get_role, [CREDENTIALS_OF_WEB_IDENTITY] = get_web_identity,
		[CREDENTIALS_OF_CONTAINER] = get_container, [CREDENTIALS_OF_INSTANCE] = get_instance,
	};
	const char *wrong = get[source->kind](getter, source, parts);

	if (!wrong && parts->expires_at_ms && parts->expires_at_ms <= now_ms())
		return "what it gives out has expired";
	return wrong;
}

const char *credential_places_read(struct arena *arena, aws_variable_fn *variable, const char *home, struct credential_places *places)
{
	static const struct { const char *variable, *name; } files[] = {
		{ "AWS_CONFIG_FILE", "config" }, { "AWS_SHARED_CREDENTIALS_FILE", "credentials" },
	};
	str texts[2] = { STR(""), STR("") };
	const char *wrong = NULL;

	for (int i = 0; i < 2; i++) {
		const char *path = variable(files[i].variable);
		if ((!path || !*path) && home)
			path = arena_print(arena, "%s/%s", home, files[i].name);
		if (path && *path && secret_file_read(arena, path, PROFILE_FILE_MAX, &texts[i], &wrong) == SECRET_FILE_WRONG)
			return wrong;
	}
	*places = (struct credential_places) { variable, profiles_read(arena, texts[0], texts[1], &wrong), home };
	return places->profiles ? NULL : wrong;
}

const char *credential_get(struct arena *arena, const struct credential_means *means, struct identity **identity, const char **where)
{
	struct getter getter = { arena, means };
	struct credential_places places;
	struct credential_source source;
	struct identity_parts parts;
	const char *wrong = credential_places_read(arena, means->variable, means->home, &places);

	if (wrong || (wrong = credential_source_choose(arena, &places, &source)))
		return wrong;
	wrong = get_parts(&getter, &source, &parts);
	if (wrong)
		return arena_print(arena, "%s: %s", source.where, wrong);
	*identity = identity_create(&parts);
	*where = source.where;
	return NULL;
}
