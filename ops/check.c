/* check.c - what the command check says of AWS: a line for each thing that is well, and for each that is not what to do. */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>

#include "aws_check.h"
#include "ecs.h"
#include "mask.h"
#include "watched.h"

#define CHECK_MS 8000                   /* all of it; what is let go then needs a little more */

struct caller { const char *Arn; };
static SHAPE(caller_shape, struct caller, PARAM(struct caller, Arn));

struct checked {
	struct arena *arena;
	int64_t until_ms;
	const char *region;
};

/* False. */
static bool PRINTF(1, 2) wrong(const char *format, ...)
{
	va_list list;

	/* It stands behind what was well before, also where both go into one file. */
	fflush(stdout);
	fprintf(stderr, "mcp-ops: ");
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fprintf(stderr, "\n");
	return false;
}

static bool has_standing(struct checked *checked)
{
	struct aws_standing standing;

	aws_stands(checked->arena, checked->until_ms, &standing);
	checked->region = standing.region;
	if (standing.credentials)
		printf("Credentials of AWS: %s.\n", standing.credentials);
	else
		wrong("there are no credentials of AWS (%s): set AWS_PROFILE, or give the machine or the task a role",
		      mask_text(checked->arena, standing.why));
	if (standing.region)
		printf("Region: %s.\n", str_quote(str_of(standing.region), 64).text);
	else
		wrong("no region is set: set AWS_REGION, such as eu-central-1");
	return standing.credentials && standing.region;
}

static bool is_accepted(struct checked *checked)
{
	struct aws_about about = { .arena = checked->arena };
	struct caller caller = { 0 };

	if (aws_wait_of(STS_GET_CALLER_IDENTITY, NULL, NULL, caller_shape, &caller, checked->until_ms, &about) != AWS_ANSWERED)
		return wrong("AWS does not say who that is (%s): %s", mask_text(checked->arena, about.trouble),
		             *about.code ? "renew the credentials, or set AWS_PROFILE to another"
		                         : "see that it can be reached from here, and whether AWS_ENDPOINT_URL is right");
	printf("AWS takes them as %s.\n", mask_text(checked->arena, caller.Arn ? caller.Arn : "somebody"));
	return true;
}

/* AWS names the service in an ARN. */
static bool is_of(const struct ecs_failure *failure, const char *name)
{
	const char *slash = failure->arn ? strrchr(failure->arn, '/') : NULL;

	return slash && strcmp(slash + 1, name) == 0;
}

static const char *why_not_there(const struct ecs_services *services, const char *name)
{
	for (int64_t i = 0; i < services->failures_count; i++)
		if (is_of(&services->failures[i], name) && services->failures[i].reason)
			return services->failures[i].reason;
	return "AWS does not say why";
}

static bool check_service(struct checked *checked, const struct ecs_services *services, const char *name)
{
	const struct ecs_service *service = ecs_find(services, name);

	if (!service)
		return wrong("the cluster %s has no service %s (%s): set OPS_SERVICES to those that it has", watched_cluster(), name,
		             mask_text(checked->arena, why_not_there(services, name)));
	if (service->status && strcmp(service->status, "ACTIVE") != 0)
		return wrong("the service %s is %s: take it out of OPS_SERVICES, or deploy it", name,
		             mask_text(checked->arena, service->status));
	printf("The service %s is there: %lld of %lld tasks run.\n", name, (long long)service->runningCount, (long long)service->desiredCount);
	return true;
}

static bool no_services(struct checked *checked, const struct aws_about *about)
{
	const struct aws_error error = { .code = about->code };

	if (aws_error_is(&error, "ClusterNotFound"))
		return wrong("there is no cluster %s in %s: set OPS_CLUSTER, AWS_REGION or AWS_PROFILE to where it is", watched_cluster(),
		             str_quote(str_of(checked->region), 64).text);
	return wrong("the services of the cluster %s could not be had (%s): %s", watched_cluster(), mask_text(checked->arena, about->trouble),
	             *about->code ? "let it call what terraform/modules/aws-read allows" : "see that AWS can be reached from here");
}

/* False: none of them could be had, so neither can the rest. */
static bool check_some(struct checked *checked, size_t first, size_t count, bool *well)
{
	const char *const *names = watched_services() + first;
	struct ecs_describe describe = { watched_cluster(), (const char **)names, (int64_t)count };
	struct aws_about about = { .arena = checked->arena };
	struct ecs_services services = { 0 };

	if (aws_wait_of(ECS_DESCRIBE_SERVICES, ecs_describe_shape, &describe, ecs_services_shape, &services, checked->until_ms,
	                &about) != AWS_ANSWERED)
		return no_services(checked, &about);
	if (first == 0)
		printf("The cluster %s is there.\n", watched_cluster());
	for (size_t i = 0; i < count; i++)
		*well &= check_service(checked, &services, names[i]);
	return true;
}

static bool are_services_there(struct checked *checked)
{
	bool well = true;

	for (size_t at = 0; at < watched_count(); at += ECS_SERVICES_AT_ONCE) {
		size_t left = watched_count() - at;
		if (!check_some(checked, at, left < ECS_SERVICES_AT_ONCE ? left : ECS_SERVICES_AT_ONCE, &well))
			return false;
	}
	return well;
}

bool check_aws(void)
{
	struct checked checked = { .arena = arena_create(), .until_ms = tick_ms() + CHECK_MS };
	const char *no_names = watched_read(checked.arena);
	bool well = !no_names;

	if (no_names)
		wrong("%s", no_names);
	aws_start();
	well = has_standing(&checked) && is_accepted(&checked) && well && are_services_there(&checked);
	aws_stop();
	arena_destroy(checked.arena);
	return well;
}
