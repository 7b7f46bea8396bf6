/* request.h - a call of an operation as the HTTP request that it is, signed. */
#ifndef REQUEST_H
#define REQUEST_H

#include "endpoint.h"
#include "identity.h"

/* As fetch_request has it, in the arena. */
struct aws_request {
	const char *method, *url;
	const char *const *headers;
	str body;
};

/* `input` is JSON, or of AWS_QUERY what stands behind Action and Version in the form: aws_form_put() makes it. NULL for
 * the identity: it is not signed. `now_ms` is AWS's time, as far as it is known. Each try is a request of its own. */
void aws_request_make(struct arena *arena, const struct aws_operation *operation, const struct aws_endpoint *endpoint,
                      struct identity *identity, str input, int64_t now_ms, struct aws_request *request);

struct builder;
/* Adds &NAME=VALUE to a form. */
void aws_form_put(struct builder *form, const char *name, str value);

#endif
