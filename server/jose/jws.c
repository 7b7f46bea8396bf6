/* jws.c - a token in the compact form (RFC 7515 7.1), taken apart: cheap checks, nothing believed. */
#include "jwk.h"
#include "seal.h"

#define HEADER_BYTES_MAX 1024
#define HEADER_DEPTH_MAX 3              /* `jwk`, which is not looked at, may have a list */

/* Three parts, neither more (a JWE has five) nor fewer. */
static bool take_apart(str token, str *header, str *payload, str *signature)
{
	if (!token.at || token.size > JWS_BYTES_MAX)
		return false;
	*header = str_cut(&token, '.');
	*payload = str_cut(&token, '.');
	*signature = token;
	return signature->at && !memchr(signature->at, '.', signature->size);
}

/* What may be in it besides plain values. */
static bool is_flat(yyjson_val *header)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(header);
	yyjson_val *key;

	while ((key = yyjson_obj_iter_next(&iter)))
		if (yyjson_is_ctn(yyjson_obj_iter_get_val(key)) && !yyjson_equals_str(key, "jwk") &&
		    !yyjson_equals_str(key, "x5c"))
			return false;
	return true;
}

/* A token for an API, or one that does not say. */
static bool read_type(yyjson_val *header, str *type)
{
	static const char *const types[] = { "JWT", "at+jwt", "application/at+jwt" };

	if (!yyjson_obj_get(header, "typ"))
		return true;
	*type = json_member(header, "typ");
	for (size_t i = 0; type->at && i < sizeof(types) / sizeof(types[0]); i++)
		if (str_is_nocase(*type, types[i]))
			return true;
	return false;
}

static enum jws_outcome read_header(yyjson_val *header, struct jws *jws)
{
	yyjson_val *kid = yyjson_obj_get(header, "kid");

	if (!yyjson_is_obj(header) || !is_flat(header))
		return JWS_MALFORMED;
	if (!alg_parse(json_member(header, "alg"), &jws->alg))
		return JWS_ALGORITHM;
	/* We understand no extension, and so none that has to be understood; RFC 7797's `b64` has to be,
	 * also where the header does not say so. */
	if (yyjson_obj_get(header, "crit") || yyjson_obj_get(header, "b64"))
		return JWS_MALFORMED;
	if ((kid && !kid_read(kid, &jws->kid)) || !read_type(header, &jws->type))
		return JWS_MALFORMED;
	return JWS_FINE;
}

enum jws_outcome jws_read(struct arena *arena, str token, struct jws *jws)
{
	struct jws read = { 0 };
	str header, payload, signature;
	enum json_trouble trouble;

	if (!take_apart(token, &header, &payload, &signature))
		return JWS_MALFORMED;
	read.signed_text = (str) { token.at, (size_t)(signature.at - 1 - token.at) };
	str text = base64url_open(arena, header);
	if (!text.at || text.size > HEADER_BYTES_MAX)
		return JWS_MALFORMED;
	enum jws_outcome outcome =
		read_header(json_parse_copy(arena, text, HEADER_DEPTH_MAX, &trouble), &read);
	if (outcome != JWS_FINE)
		return outcome;
	read.payload = base64url_open(arena, payload);
	read.signature = base64url_open(arena, signature);
	if (!read.payload.at || !read.signature.at)
		return JWS_MALFORMED;
	*jws = read;
	return JWS_FINE;
}
