/* endpoint.h - where a service of a region is reached: by AWS's names, or by what the environment says in their place. */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include "operation.h"

struct aws_endpoint {
	const char *url;                /* without a slash at its end */
	str host;                       /* of it, with a port where it says one: the header Host */
	str path;                       /* of it; empty: none */
	const char *region;             /* that is signed with: not ours where the service has but one */
};

/* A variable of the environment; NULL: it is not set. */
typedef const char *aws_variable_fn(const char *name);

/* NULL, or what is wrong; a region that is NULL or empty is, none is ever guessed. What the endpoint points to is in the arena. */
const char *aws_endpoint_find(struct arena *arena, const struct aws_operation *operation, const char *region,
                              aws_variable_fn *variable, struct aws_endpoint *endpoint);
/* Of a host that no operation has: portal.sso. */
const char *aws_endpoint_plain(struct arena *arena, const char *service, const char *host, const char *region,
                               aws_variable_fn *variable, struct aws_endpoint *endpoint);

#endif
