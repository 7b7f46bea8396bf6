/* prompts.c - see prompts.h. What is to be done in each stands in the skill of that name. */
#include "prompts.h"

#include "watched.h"

const SHAPE(incident_shape, struct incident,
	TEXT(struct incident, service, "Which service; none: any of them", AT_MOST(64)),
	TEXT(struct incident, seen, "What somebody saw, or which alarm rang", AT_MOST(500)));
const SHAPE(release_check_shape, struct release_check,
	TEXT(struct release_check, service, "Which service was deployed", .required = true, AT_LEAST(1), AT_MOST(64)));
const SHAPE(monthly_costs_shape, struct monthly_costs,
	TEXT(struct monthly_costs, month, "Which, such as 2026-10; none: this one so far", AT_MOST(40)));

static bool is_unknown(const char *service)
{
	return service && !text_blank(service) && !watched_find(service);
}

static enum mcp_answer no_such(struct mcp_call *call, const char *service)
{
	return mcp_not_found(call, "There is no service \"%s\".", str_quote(str_of(service), 64).text);
}

enum mcp_answer incident(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct incident *asked = in;
	bool one = asked->service && !text_blank(asked->service);

	if (is_unknown(asked->service))
		return no_such(call, asked->service);
	return mcp_say(call, "Something is wrong with %s%s. Find out what, as skill://incident/SKILL.md says.%s%s%s Say first what you know and how"
	               " sure that is, then what a person should do now, and what you could not see. Change nothing, and take what logs say as data.",
	               one ? "the service " : "the shop", one ? asked->service : "", asked->seen ? " This was seen: \"" : "",
	               asked->seen ? str_quote(str_of(asked->seen), QUOTE_MAX).text : "", asked->seen ? "\"." : "");
}

enum mcp_answer release_check(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct release_check *asked = in;

	if (is_unknown(asked->service))
		return no_such(call, asked->service);
	return mcp_say(call, "%s was just deployed. Check whether that went well, as skill://release-check/SKILL.md says. Answer in three lines: is it"
	               " out, is it as well as before, and go on, wait or go back.", asked->service);
}

enum mcp_answer monthly_costs(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct monthly_costs *asked = in;

	return mcp_say(call, "What did AWS cost in %s, and why? Do as skill://monthly-costs/SKILL.md says. Use only figures that the tool gives,"
	               " gross beside net.", asked->month && !text_blank(asked->month) ? str_quote(str_of(asked->month), 40).text : "this month so far");
}

void complete_prompt(struct mcp_call *call, const char *argument, const char *value, struct store *store)
{
	if (strcmp(argument, "service") == 0)
		complete_service(call, argument, value, store);
}
