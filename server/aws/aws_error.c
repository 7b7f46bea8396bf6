/* aws_error.c - errors of AWS: where the code stands, and what it means. */
#include <stdio.h>

#include "aws_error.h"
#include "xml.h"

#define CODE_MAX 100
#define MESSAGE_MAX 256
#define DEPTH_MAX 16
#define BODY_MAX (64 * 1024)            /* no error is longer */
#define SKEW_MS (4 * 60 * 1000)         /* AWS takes five minutes */

/* ---- Reading ---- */

/* A code, without what is around it: com.amazonaws.ecs#ClientException, ThrottlingException:http://… */
static str bare_code(str text)
{
	str code = str_cut(&text, ':');
	const char *hash = code.size > 0 ? memrchr(code.at, '#', code.size) : NULL;

	if (hash) {
		code.size -= (size_t)(hash + 1 - code.at);
		code.at = hash + 1;
	}
	for (size_t i = 0; i < code.size; i++) {
		char c = code.at[i];
		bool fits = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
		if (!fits)
			return (str) { 0 };
	}
	return code.size <= CODE_MAX ? code : (str) { 0 };
}

static str either(str one, str other)
{
	return one.size > 0 ? one : other;
}

struct words {
	str code, message;
};

static struct words read_json(struct arena *arena, str body)
{
	enum json_trouble trouble;
	yyjson_val *said = json_parse_copy(arena, body, DEPTH_MAX, &trouble);
	struct words words = { 0 };

	if (!yyjson_is_obj(said))
		return words;
	words.code = either(json_member(said, "__type"), json_member(said, "code"));
	words.message = either(json_member(said, "message"), json_member(said, "Message"));
	return words;
}

/* <ErrorResponse><Error>, <Response><Errors><Error>, or of both something. */
static struct words read_xml(struct arena *arena, str body)
{
	const char *wrong;
	yyjson_val *said = xml_read(arena, body, NULL, &wrong);

	if (!said)
		return (struct words) { 0 };
	yyjson_val *response = yyjson_obj_get(said, "ErrorResponse"), *error;
	if (!response)
		response = yyjson_obj_get(said, "Response");
	error = yyjson_obj_get(response, "Error");
	if (!error)
		error = yyjson_obj_get(yyjson_obj_get(response, "Errors"), "Error");
	return (struct words) { json_member(error, "Code"), json_member(error, "Message") };
}

static struct words read_body(struct arena *arena, str body)
{
	while (body.size > 0 && strchr(" \t\r\n", body.at[0])) {
		body.at++;
		body.size--;
	}
	if (body.size == 0 || body.size > BODY_MAX)
		return (struct words) { 0 };
	if (body.at[0] == '{')
		return read_json(arena, body);
	return body.at[0] == '<' ? read_xml(arena, body) : (struct words) { 0 };
}

/* ---- Meaning ---- */

/* Without the end that some have. */
static size_t bare_size(const char *code)
{
	static const char *const ends[] = { "Exception", "Fault" };
	size_t size = strlen(code);

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t end = strlen(ends[i]);
		if (size > end && strcmp(code + size - end, ends[i]) == 0)
			return size - end;
	}
	return size;
}

bool aws_error_is(const struct aws_error *error, const char *code)
{
	return str_same((str) { error->code, bare_size(error->code) }, (str) { code, bare_size(code) });
}

static bool is_one_of(const struct aws_error *error, const char *const *codes)
{
	for (; *codes; codes++)
		if (aws_error_is(error, *codes))
			return true;
	return false;
}

/* Many services throttle with a 400: the code goes before the status. */
static const char *const throttled[] = {
	"Throttling", "Throttled", "RequestThrottled", "TooManyRequests", "ProvisionedThroughputExceeded",
	"TransactionInProgress", "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceeded", "SlowDown",
	"PriorRequestNotComplete", "EC2Throttled", NULL
};
static const char *const transient[] = { "RequestTimeout", "IDPCommunicationError", "ModelNotReady", NULL };
static const char *const expired[] = { "ExpiredToken", NULL };
static const char *const by_the_clock[] = {
	"RequestTimeTooSkewed", "InvalidSignature", "RequestExpired", "SignatureDoesNotMatch", NULL
};

static enum aws_fault fault_of(const struct aws_error *error, int status)
{
	if (is_one_of(error, throttled))
		return AWS_THROTTLED;
	if (is_one_of(error, transient))
		return AWS_TRANSIENT;
	if (is_one_of(error, expired))
		return AWS_EXPIRED;
	if (error->skew_ms && is_one_of(error, by_the_clock))
		return AWS_SKEWED;
	if (status == 429)
		return AWS_THROTTLED;
	return status == 500 || (status >= 502 && status <= 504) ? AWS_TRANSIENT : AWS_REFUSED;
}

/* 0: it is near enough, or nobody says. */
static int64_t skew(str date, int64_t now_ms)
{
	int64_t at_ms;

	if (!http_date_parse(date, &at_ms))
		return 0;
	int64_t ahead_ms = at_ms - now_ms;
	return ahead_ms > SKEW_MS || ahead_ms < -SKEW_MS ? ahead_ms : 0;
}

void aws_error_read(struct arena *arena, const struct aws_answer *answer, int64_t now_ms, struct aws_error *error)
{
	*error = (struct aws_error) { .fault = answer->status ? AWS_FINE : AWS_TRANSIENT, .code = "", .message = "" };
	if (answer->status == 0 || answer->status / 100 == 2)
		return;
	struct words words = read_body(arena, answer->body);
	str code = either(bare_code(words.code), bare_code(answer->error_type));
	if (code.size > 0)
		error->code = arena_copy(arena, code);
	if (words.message.size > 0)
		error->message = arena_print(arena, "%s", str_quote(words.message, MESSAGE_MAX).text);
	error->skew_ms = skew(answer->date, now_ms);
	error->fault = fault_of(error, answer->status);
	if (error->fault != AWS_SKEWED)
		error->skew_ms = 0;
}

/* ---- Date ---- */

bool http_date_parse(str text, int64_t *at_ms)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char copy[32], month[4], plain[TIME_TEXT_SIZE];
	int day, year, hour, minute, second, end = 0;

	if (text.size != strlen("Sun, 06 Nov 1994 08:49:37 GMT") || memchr(text.at, '\0', text.size))
		return false;
	memcpy(copy, text.at, text.size);
	copy[text.size] = '\0';
	if (sscanf(copy, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &day, month, &year, &hour, &minute, &second, &end) != 6
	    || (size_t)end != text.size)
		return false;
	const char *found = strstr(months, month);
	if (!found || (found - months) % 3 != 0 || strlen(month) != 3)
		return false;
	snprintf(plain, sizeof(plain), "%04d-%02d-%02dT%02d:%02d:%02dZ", year, (int)(found - months) / 3 + 1, day, hour, minute, second);
	return time_parse(str_of(plain), at_ms);
}
