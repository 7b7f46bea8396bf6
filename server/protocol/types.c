/* types.c - what a request's body is, and which answers its client takes: Content-Type,
 * Content-Encoding, Accept. */
#include "call.h"
#include "guard.h"

/* ---- Accept (RFC 9110, 12.5.1) ---- */

/* Whether q=0: no more than three digits, but whoever writes more means the same. */
static bool is_zero(str weight)
{
	weight = str_trim(weight);
	for (size_t i = 0; i < weight.size; i++)
		if (weight.at[i] != (i == 1 ? '.' : '0'))
			return false;
	return weight.size > 0;
}

static bool is_refused(str parameters)
{
	while (parameters.size > 0) {
		str value = str_cut(&parameters, ';'), name = str_trim(str_cut(&value, '='));
		if (str_is_nocase(name, "q"))
			return is_zero(value);
	}
	return false;
}

/* A type a client may take, and what it has said of it so far. */
struct taken {
	str type, family;
	int precision;                  /* of the range that decides: 3 type, 2 family, 1 any */
	bool taken;
};

/* The range that names a type most precisely decides. */
static void weigh(struct taken *of, str range, str parameters)
{
	int precision = str_same_nocase(range, of->type) ? 3 : str_same_nocase(range, of->family) ? 2
	              : str_is(range, "*/*") ? 1 : 0;

	if (precision == 0 || precision < of->precision)
		return;
	of->taken = !is_refused(parameters) || (precision == of->precision && of->taken);
	of->precision = precision;
}

/* Without a word on it a client takes both. */
static void read_accept(str accept, bool *json, bool *sse)
{
	struct taken as_json = { .type = STR("application/json"), .family = STR("application/*") };
	struct taken as_sse = { .type = STR("text/event-stream"), .family = STR("text/*") };
	str item = header_item(&accept);

	if (!item.at)
		as_json.taken = as_sse.taken = true;
	for (; item.at; item = header_item(&accept)) {
		str parameters = item, range = str_trim(str_cut(&parameters, ';'));
		weigh(&as_json, range, parameters);
		weigh(&as_sse, range, parameters);
	}
	*json = as_json.taken;
	*sse = as_sse.taken;
}

/* ---- The body ---- */

static const struct fault media = {
	FAULT_HTTP(415),
	.text = "The Content-Type must be application/json."
}, accept = {
	FAULT_HTTP(406),
	.text = "Accept must name application/json, text/event-stream, or both."
};

const struct fault *guard_compressed(struct reply *reply, str coding)
{
	exchange_add_header(reply->exchange, "Accept-Encoding", "identity");
	return fault_say(reply_arena(reply), &media,
	                 "The body is compressed (%s); send it as it is, without Content-Encoding.",
	                 str_quote(coding, 32).text);
}

static const struct fault *check_coding(struct reply *reply)
{
	str codings = exchange_header(reply->exchange, "Content-Encoding");

	for (str coding; (coding = header_item(&codings)).at;)
		if (!str_is_nocase(coding, "identity"))
			return guard_compressed(reply, coding);
	return NULL;
}

const struct fault *guard_types(struct reply *reply)
{
	str type = exchange_header(reply->exchange, "Content-Type");
	bool post = exchange_method(reply->exchange) == HTTP_POST;

	read_accept(exchange_header(reply->exchange, "Accept"), &reply->takes_json,
	            &reply->takes_sse);
	if (post && !str_is_nocase(str_trim(str_cut(&type, ';')), "application/json"))
		return &media;
	if (post)
		TRY(check_coding(reply));
	if (post ? !reply->takes_json && !reply->takes_sse : !reply->takes_sse)
		return &accept;
	return NULL;
}
