/* profile_endpoints.c - see profile_endpoints.h.
 *
 *     [profile shop]
 *     endpoint_url = http://127.0.0.1:4566
 *     services = here
 *     [services here]
 *     ecs =
 *         endpoint_url = http://127.0.0.1:5000 */
#include "profile_endpoints.h"

#define ALL "AWS_ENDPOINT_URL"

struct of_service {
	const char *service, *url;
};

struct profile_endpoints {
	const char *ignores, *all;      /* NULL: it does not say */
	struct of_service of[AWS_ACTIONS + 1];
	int count;
};

static void add(struct profile_endpoints *endpoints, struct arena *arena, const struct credential_places *places, const char *section,
                const char *service)
{
	str url = profile_service_value(places->profiles, str_of(section), service, "endpoint_url");

	if (url.at)
		endpoints->of[endpoints->count++] = (struct of_service) { service, arena_copy(arena, url) };
}

struct profile_endpoints *profile_endpoints_read(struct arena *arena, const struct credential_places *places)
{
	struct profile_endpoints *endpoints = arena_new(arena, struct profile_endpoints);
	const char *section = credential_profile_value(arena, places, "services");

	*endpoints = (struct profile_endpoints) {
		.ignores = credential_profile_value(arena, places, "ignore_configured_endpoint_urls"),
		.all = credential_profile_value(arena, places, "endpoint_url"),
	};
	if (!section)
		return endpoints;
	add(endpoints, arena, places, section, "SSO");
	for (int i = 0; i < AWS_ACTIONS; i++)
		if (i == 0 || aws_operations[i].service != aws_operations[i - 1].service)
			add(endpoints, arena, places, section, aws_operations[i].service->endpoint);
	return endpoints;
}

static const char *of_service(const struct profile_endpoints *endpoints, const char *service)
{
	for (int i = 0; i < endpoints->count; i++)
		if (strcmp(endpoints->of[i].service, service) == 0)
			return endpoints->of[i].url;
	return NULL;
}

const char *profile_endpoints_value(const struct profile_endpoints *endpoints, aws_variable_fn *environment, const char *name)
{
	if (strcmp(name, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == 0)
		return endpoints->ignores;
	if (strcmp(name, ALL) == 0)
		return endpoints->all;
	if (!str_starts(str_of(name), ALL "_"))
		return NULL;
	/* The environment's for all goes before that of one here. */
	const char *all = environment(ALL);
	return all && *all ? NULL : of_service(endpoints, name + strlen(ALL "_"));
}
