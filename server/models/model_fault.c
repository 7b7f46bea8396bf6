/* model_fault.c - what is wrong, by what the other side says: its code, its words, the status of HTTP. */
#include "inside.h"

#define WORDS_MAX 256
#define SECRET_LEAST 4                  /* bytes: a shorter one is none, and stands in any word */

str without_secret(struct model_reader *reader, str words)
{
	str secret = reader->secret;
	struct builder left = { .arena = reader->arena };

	for (const char *at; secret.size >= SECRET_LEAST && words.size > 0 && (at = memmem(words.at, words.size, secret.at, secret.size)); ) {
		if (!left.at)
			left = builder_begin(reader->arena, words.size);
		builder_put(&left, (str) { words.at, (size_t)(at - words.at) });
		builder_put(&left, STR("(the key)"));
		words = (str) { at + secret.size, words.size - (size_t)(at - words.at) - secret.size };
	}
	if (!left.at)
		return words;
	builder_put(&left, words);
	return (str) { left.at, left.size };
}

void reader_fail(struct model_reader *reader, enum model_trouble trouble, const char *code, const char *format, ...)
{
	va_list list;

	if (reader->fault.trouble)
		return;
	va_start(list, format);
	reader->fault = (struct model_fault) {
		.trouble = trouble, .code = arena_copy(reader->arena, str_of(code)),
		.why = arena_print_list(reader->arena, format, list), .retry_after_ms = reader->head.retry_after_ms,
	};
	va_end(list);
}

/* ---- Codes ---- */

/* Of AWS without Exception, which some lack, in either case: within a stream they begin with a small letter. */
static const struct code {
	const char *name;
	enum model_trouble trouble;
} codes[] = {
	{ "ModelNotReady", MODEL_NOT_READY },
	{ "Throttling", MODEL_THROTTLED }, { "TooManyRequests", MODEL_THROTTLED }, { "ServiceQuotaExceeded", MODEL_THROTTLED },
	{ "rate_limit_exceeded", MODEL_THROTTLED }, { "rate_limit_error", MODEL_THROTTLED },
	{ "ServiceUnavailable", MODEL_UNAVAILABLE }, { "InternalServer", MODEL_UNAVAILABLE }, { "ModelStreamError", MODEL_UNAVAILABLE },
	{ "ModelError", MODEL_UNAVAILABLE }, { "ModelTimeout", MODEL_UNAVAILABLE }, { "server_error", MODEL_UNAVAILABLE },
	{ "overloaded_error", MODEL_UNAVAILABLE }, { "RequestTimeout", MODEL_UNAVAILABLE },
	{ "ExpiredToken", MODEL_IDENTITY },
	{ "ResourceNotFound", MODEL_NO_SUCH_MODEL }, { "model_not_found", MODEL_NO_SUCH_MODEL },
	{ "AccessDenied", MODEL_DENIED }, { "UnrecognizedClient", MODEL_DENIED }, { "InvalidClientTokenId", MODEL_DENIED },
	{ "InvalidSignature", MODEL_DENIED }, { "SignatureDoesNotMatch", MODEL_DENIED }, { "IncompleteSignature", MODEL_DENIED },
	{ "MissingAuthenticationToken", MODEL_DENIED }, { "invalid_api_key", MODEL_DENIED }, { "authentication_error", MODEL_DENIED },
	{ "permission_error", MODEL_DENIED }, { "insufficient_quota", MODEL_DENIED },
	{ "context_length_exceeded", MODEL_TOO_LONG }, { "exceed_context_size_error", MODEL_TOO_LONG },
	{ "Validation", MODEL_INVALID }, { "invalid_request_error", MODEL_INVALID },
};

static str bare(str code)
{
	size_t end = strlen("Exception");

	if (code.size > end && str_is((str) { code.at + code.size - end, end }, "Exception"))
		code.size -= end;
	return code;
}

static enum model_trouble by_code(str code)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (str_is_nocase(bare(code), codes[i].name))
			return codes[i].trouble;
	return MODEL_FINE;
}

/* ---- Without a code ---- */

/* Who refuses a key or a right says so. A page is of what stands in between, for what this one request has in it. */
static enum model_trouble by_status(int status, bool speaks)
{
	if (status == 403 && !speaks)
		return MODEL_UNAVAILABLE;
	switch (status) {
	case 401: case 402: case 403: return MODEL_DENIED;
	case 404: return MODEL_NO_SUCH_MODEL;
	case 413: return MODEL_TOO_LONG;
	case 429: return MODEL_THROTTLED;
	case 0: case 408: case 424: case 425: return MODEL_UNAVAILABLE;
	case 101: case 300: case 301: case 302: case 303: case 307: case 308: return MODEL_NONSENSE;
	default: return status >= 500 ? MODEL_UNAVAILABLE : MODEL_INVALID;
	}
}

/* What codes do not tell apart. */
static const struct hint {
	enum model_trouble said;        /* by code or status */
	const char *words;
	enum model_trouble meant;
} hints[] = {
	{ MODEL_INVALID, "too long", MODEL_TOO_LONG }, { MODEL_INVALID, "context length", MODEL_TOO_LONG },
	{ MODEL_INVALID, "context size", MODEL_TOO_LONG }, { MODEL_INVALID, "context window", MODEL_TOO_LONG },
	{ MODEL_INVALID, "too many tokens", MODEL_TOO_LONG }, { MODEL_INVALID, "too many input tokens", MODEL_TOO_LONG },
	{ MODEL_INVALID, "model identifier is invalid", MODEL_NO_SUCH_MODEL },
	{ MODEL_INVALID, "on-demand throughput", MODEL_NO_SUCH_MODEL },
	{ MODEL_UNAVAILABLE, "loading", MODEL_NOT_READY },
};

static bool has_words(str text, const char *words)
{
	size_t size = strlen(words);

	for (; text.size >= size; text.at++, text.size--)
		if (letters_same(text.at, words, size))
			return true;
	return false;
}

static enum model_trouble by_words(enum model_trouble trouble, str words)
{
	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (hints[i].said == trouble && has_words(words, hints[i].words))
			return hints[i].meant;
	return trouble;
}

/* ---- The door ---- */

static const char *advice(str words)
{
	return has_words(words, "on-demand throughput")
		? " (name an inference profile's id in its place, which begins with us., eu. or global.)" : "";
}

void reader_told(struct model_reader *reader, int status, str code, str words)
{
	enum model_trouble trouble = by_code(code);

	words = without_secret(reader, words);
	code = without_secret(reader, code);
	struct quote name = str_quote(code, 100), said = str_quote(words, WORDS_MAX);

	trouble = by_words(trouble ? trouble : by_status(status, words.size > 0 || code.size > 0), words);
	if (words.size > 0)
		reader_fail(reader, trouble, name.text, "it says: %s%s", said.text, advice(words));
	else if (code.size > 0)
		reader_fail(reader, trouble, name.text, "it says: %s", name.text);
	else
		reader_fail(reader, trouble, "", "it answers with the status %d", status);
}

void reader_fail_whole(struct model_reader *reader, str body, yyjson_val *said)
{
	body = without_secret(reader, blank_trim(body));
	if (!said && body.size > 0 && body.at[0] == '{' && body.at[body.size - 1] != '}')
		reader_fail(reader, MODEL_CUT, "", "the answer ends before its end");
	else
		reader_fail(reader, MODEL_NONSENSE, "", "what came is no answer of a model: %s", str_quote(body, 64).text);
}
