/* profile.h - the files ~/.aws/config and ~/.aws/credentials, as their text: profiles, each with values.
 *
 * Everything is a slice of the texts, which hold secrets: so are kept in an arena of arena_create_secret(). */
#ifndef PROFILE_H
#define PROFILE_H

#include "core.h"

#define PROFILE_FILE_MAX (256 * 1024)   /* bytes */

struct profiles;

/* Either text may be empty. NULL: *wrong says in which file and line something is wrong, and quotes nothing. */
struct profiles *profiles_read(struct arena *arena, str config, str credentials, const char **wrong);
bool profile_exists(const struct profiles *profiles, str name);
/* Of a profile; what the credentials file has goes before the config file. .at NULL: it has none, or an empty one. */
str profile_value(const struct profiles *profiles, str name, const char *key);
/* The same of an [sso-session NAME]. */
str profile_session_value(const struct profiles *profiles, str name, const char *key);
/* The same of a service in a [services NAME], where its settings stand within it: "ecs", "cost_explorer". */
str profile_service_value(const struct profiles *profiles, str name, const char *service, const char *key);

#endif
