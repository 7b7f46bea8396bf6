/* aws_self.c - credentials and the region of this process. */
#include "aws_self.h"

#include <stdlib.h>

#include "charged.h"
#include "log.h"
#include "profile_endpoints.h"

/* Most are there at once. */
#define CREDENTIALS_WAIT_MS 2000

static struct arena *arena;                     /* of the region and the profile's URLs */
static struct profile_endpoints *endpoints;     /* NULL: AWS's files can't be read */
static struct aws_self self;
static int starts;                              /* that have no stop yet */

static const char *environment(const char *name)
{
	return getenv(name);
}

static const char *variable(const char *name)
{
	const char *value = environment(name);

	if (value && *value)
		return value;
	return endpoints ? profile_endpoints_value(endpoints, environment, name) : NULL;
}

/* The region, NULL: nobody says; and where the profile has AWS be reached. */
static const char *read_places(void)
{
	struct arena *secrets = arena_create_secret();
	const char *home = variable("HOME");
	struct credential_places places;
	const char *wrong = credential_places_read(secrets, variable, home ? arena_print(secrets, "%s/.aws", home) : NULL, &places);
	const char *said = wrong ? variable("AWS_REGION") : credential_region(secrets, &places);
	const char *region = said ? arena_copy(arena, str_of(said)) : NULL;

	endpoints = wrong ? NULL : profile_endpoints_read(arena, &places);
	arena_destroy(secrets);
	return region;
}

const struct aws_self *aws_self_start(void)
{
	if (starts++ > 0)
		return &self;
	arena = arena_create();
	const char *region = read_places();
	if (!region)
		log_write(LOG_WARNING, "no region is set: AWS can't be asked until AWS_REGION says which");
	self = (struct aws_self) { credentials_start(variable, NULL), variable, region };
	credentials_wait(self.credentials, CREDENTIALS_WAIT_MS);
	return &self;
}

void aws_self_stop(void)
{
	if (starts == 0 || --starts > 0)
		return;
	credentials_stop(self.credentials);
	arena_destroy(arena);
	self = (struct aws_self) { 0 };
	endpoints = NULL;
	arena = NULL;
}
