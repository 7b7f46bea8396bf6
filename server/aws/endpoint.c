/* endpoint.c - hosts of AWS: regions, partitions, overrides. */
#include "endpoint.h"

#define REGION_MAX 32

static const struct partition {
	const char *prefix;             /* of its regions; the first that fits */
	const char *suffix;             /* of its hosts */
	const char *home;               /* where a service is that is in one region; NULL: there is none */
} partitions[] = {
	{ "cn-", "amazonaws.com.cn", "cn-northwest-1" },
	{ "us-gov-", "amazonaws.com", "us-gov-west-1" },
	{ "us-isob-", "sc2s.sgov.gov", NULL },
	{ "us-isof-", "csp.hci.ic.gov", NULL },
	{ "us-iso-", "c2s.ic.gov", NULL },
	{ "eu-isoe-", "cloud.adc-e.uk", NULL },
	{ "eusc-", "amazonaws.eu", NULL },
	{ "", "amazonaws.com", "us-east-1" },
};

static const struct partition *partition_of(const char *region)
{
	const struct partition *partition = partitions;

	while (!str_starts(str_of(region), partition->prefix))
		partition++;
	return partition;
}

/* It becomes part of a host's name. */
static const char *check_region(const char *region)
{
	size_t size = region ? strlen(region) : 0;

	if (size == 0)
		return "it is not said which region of AWS: set AWS_REGION, such as eu-central-1";
	bool fine = size <= REGION_MAX && region[0] != '-' && region[size - 1] != '-' && strchr(region, '-');
	for (const char *c = region; fine && *c; c++)
		fine = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '-';
	return fine ? NULL : "AWS_REGION is no region of AWS such as eu-central-1";
}

/* ---- Overrides ---- */

static const char *overridden(struct arena *arena, const char *service, aws_variable_fn *variable)
{
	const char *ignored = variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");

	if (ignored && strcasecmp(ignored, "true") == 0)
		return NULL;
	const char *url = variable(arena_print(arena, "AWS_ENDPOINT_URL_%s", service));
	if (!url || !*url)
		url = variable("AWS_ENDPOINT_URL");
	return url && *url ? url : NULL;
}

/* The host and the path of http://HOST/PATH, which has nothing else; false: it is no such URL. */
static bool take_url(struct arena *arena, const char *url, struct aws_endpoint *endpoint)
{
	str rest = str_of(arena_copy(arena, str_of(url)));
	size_t scheme = str_starts(rest, "https://") ? strlen("https://") : str_starts(rest, "http://") ? strlen("http://") : 0;

	for (const char *c = url; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr("@?#\\\"<>^`{|}", *c))
			return false;
	while (rest.size > 0 && rest.at[rest.size - 1] == '/')
		rest.size--;
	if (scheme == 0 || rest.size <= scheme)
		return false;
	endpoint->url = arena_copy(arena, rest);
	str path = { endpoint->url + scheme, rest.size - scheme };
	endpoint->host = str_cut(&path, '/');
	endpoint->path = path.at ? (str) { path.at - 1, path.size + 1 } : STR("");
	return endpoint->host.size > 0;
}

static const char *find(struct arena *arena, const char *service, const char *host, const char *region,
                        const struct partition *partition, aws_variable_fn *variable, struct aws_endpoint *endpoint)
{
	const char *url = overridden(arena, service, variable);
	bool own = url;

	if (!own)
		url = arena_print(arena, "https://%s.%s.%s", host, region, partition->suffix);
	endpoint->region = arena_copy(arena, str_of(region));
	if (take_url(arena, url, endpoint))
		return NULL;
	return arena_print(arena, "AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_%s or the profile's endpoint_url is no URL such as http://127.0.0.1:4566", service);
}

/* ---- The doors ---- */

const char *aws_endpoint_plain(struct arena *arena, const char *service, const char *host, const char *region,
                               aws_variable_fn *variable, struct aws_endpoint *endpoint)
{
	const char *wrong = check_region(region);

	return wrong ? wrong : find(arena, service, host, region, partition_of(region), variable, endpoint);
}

const char *aws_endpoint_find(struct arena *arena, const struct aws_operation *operation, const char *region,
                              aws_variable_fn *variable, struct aws_endpoint *endpoint)
{
	const struct aws_service *service = operation->service;
	const char *wrong = check_region(region);

	if (wrong)
		return wrong;
	const struct partition *partition = partition_of(region);
	if (service->one_region && !partition->home)
		return arena_print(arena, "AWS has no %s for the region %s", service->host, region);
	return find(arena, service->endpoint, operation->host ? operation->host : service->host,
	            service->one_region ? partition->home : region, partition, variable, endpoint);
}
