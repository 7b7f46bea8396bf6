/* profile_endpoints.h - where the profile has AWS be reached, of which the environment goes before. */
#ifndef PROFILE_ENDPOINTS_H
#define PROFILE_ENDPOINTS_H

#include "credential_source.h"

struct profile_endpoints;

/* What it has is copied into the arena. */
struct profile_endpoints *profile_endpoints_read(struct arena *arena, const struct credential_places *places);
/* What stands for a variable that the environment does not have: AWS_ENDPOINT_URL, of a service AWS_ENDPOINT_URL_…,
 * AWS_IGNORE_CONFIGURED_ENDPOINT_URLS. NULL: nothing. */
const char *profile_endpoints_value(const struct profile_endpoints *endpoints, aws_variable_fn *environment, const char *name);

#endif
