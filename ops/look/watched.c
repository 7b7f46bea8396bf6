/* watched.c - see watched.h. */
#include "watched.h"

#include <ctype.h>
#include <stdio.h>

static const char *names[WATCHED_MAX + 1];
static size_t count;
static char kept[WATCHED_MAX * 64];

const struct setting watched_settings[] = {
	{ .name = "OPS_CLUSTER", .kind = SETTING_TEXT, .standard = "shop-dev",
	  .about = "The ECS cluster that is looked after; log groups and alarms are called after it. Where it is, and as whom AWS is asked:"
	           " AWS_REGION, AWS_PROFILE and the others of AWS's own tools, from the environment alone" },
	{ .name = "OPS_SERVICES", .kind = SETTING_LIST, .standard = "products,orders",
	  .about = "Its services, by name" },
	{ .name = "OPS_QUERY_GB_MAX", .kind = SETTING_INT, .standard = "10", .least = 0, .most = 1000000,
	  .about = "A query of logs that may read more gigabytes asks the person first" },
	{ 0 },
};

static bool is_name(str name)
{
	for (size_t i = 0; i < name.size; i++)
		if (!isalnum((unsigned char)name.at[i]) && !strchr("-_", name.at[i]))
			return false;
	return name.size > 0 && name.size < 64;
}

static bool is_known(str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

/* False: there is no room for it, or it is no name. One that is there already is not watched twice. */
static bool add(str name, char **at)
{
	if (is_known(name))
		return true;
	if (count == WATCHED_MAX || !is_name(name) || *at + name.size + 1 > kept + sizeof(kept))
		return false;
	memcpy(*at, name.at, name.size);
	(*at)[name.size] = '\0';
	names[count++] = *at;
	*at += name.size + 1;
	return true;
}

static str next_name(str *rest)
{
	while (rest->size > 0 && strchr(", \t\n", rest->at[0]))
		*rest = (str) { rest->at + 1, rest->size - 1 };
	str name = { rest->at, 0 };
	while (name.size < rest->size && !strchr(", \t\n", name.at[name.size]))
		name.size++;
	*rest = (str) { rest->at + name.size, rest->size - name.size };
	return name;
}

static char *all_names(struct arena *arena)
{
	char *all = arena_copy(arena, STR(""));

	for (size_t i = 0; i < count; i++)
		all = arena_print(arena, "%s%s%s", all, i ? ", " : "", names[i]);
	return all;
}

void watched_tell(void)
{
	struct arena *arena = arena_create();

	mcp_notice("looks after %s in the cluster %s", all_names(arena), watched_cluster());
	arena_destroy(arena);
}

const char *watched_read(struct arena *arena)
{
	str rest = str_of(setting_text("OPS_SERVICES"));
	char *at = kept;

	count = 0;
	for (str name; (name = next_name(&rest)).size > 0; )
		if (!add(name, &at))
			return arena_print(arena, "OPS_SERVICES names up to %d services by letters, digits, - and _: \"%s\" is none, or one too many",
			                   WATCHED_MAX, str_quote(name, 64).text);
	names[count] = NULL;
	if (count == 0)
		return "OPS_SERVICES names no service: at least one is needed, such as products";
	if (!is_name(str_of(watched_cluster())))
		return arena_print(arena, "OPS_CLUSTER is the name of a cluster, of letters, digits, - and _: \"%s\" is none",
		                   str_quote(str_of(watched_cluster()), 64).text);
	return NULL;
}

const char *watched_cluster(void)
{
	return setting_text("OPS_CLUSTER");
}

const char *const *watched_services(void)
{
	return names;
}

size_t watched_count(void)
{
	return count;
}

const char *watched_find(const char *service)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], service) == 0)
			return names[i];
	return NULL;
}

enum mcp_answer watched_none(struct mcp_call *call, const char *service)
{
	return mcp_fail(call, "There is no service \"%s\"; there are: %s.", str_quote(str_of(service), 64).text, all_names(mcp_arena(call)));
}

char *watched_log_group(struct arena *arena, const char *service)
{
	return arena_print(arena, "/%s/services/%s", watched_cluster(), service);
}

char *watched_alarm_prefix(struct arena *arena, const char *service)
{
	return service ? arena_print(arena, "%s-%s-", watched_cluster(), service) : arena_print(arena, "%s-", watched_cluster());
}

void complete_service(struct mcp_call *call, UNUSED const char *argument, const char *value, UNUSED struct store *store)
{
	for (size_t i = 0; i < count; i++)
		if (str_starts(str_of(names[i]), value))
			mcp_suggest(call, names[i]);
}
