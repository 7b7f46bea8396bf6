/* cause.c - see cause.h. What the book says is named where it says something. */
#include "cause.h"

#define NEXT_LOG "search_logs {\"service\":\"%s\",\"level\":\"error\"}"

const struct cause_kind cause_kinds[CAUSE_KINDS] = {
	[CAUSE_SECRET] = { "secret", "New tasks of %s can't start: a secret of theirs can't be read",
	                   "inventory {\"kind\":\"secrets\"}: does it exist, under that name and with that key? " BOOK "on-call-steps.md#a-key", true, CRITICAL },
	[CAUSE_IMAGE] = { "image", "New tasks of %s can't start: their image can't be pulled",
	                  "images {\"service\":\"%s\"}: is that digest there? Else " BOOK "on-call-steps.md#roll-back", true, CRITICAL },
	[CAUSE_NETWORK] = { "network", "New tasks of %s can't start: they don't reach the registry, or what else they begin with",
	                    "changes: of routes, NAT, endpoints or security groups? " BOOK "on-call.md#nothing-answers", true, CRITICAL },
	[CAUSE_START] = { "start", "New tasks of %s can't be started", "The evidence has ECS's words; " BOOK "on-call-steps.md#roll-back", true, CRITICAL },
	[CAUSE_MEMORY] = { "out_of_memory", "Tasks of %s are killed: they need more memory than they have",
	                   "metrics {\"service\":\"%s\",\"what\":\"memory\"}; raise its memory, keep the log; " BOOK "on-call.md#tasks-are-full", false, CRITICAL },
	[CAUSE_DATABASE] = { "database", "%s does not reach its database", "metrics {\"service\":\"%s\",\"what\":\"database\"}; " BOOK "on-call.md#not-ready", false, CRITICAL },
	[CAUSE_KILLED] = { "killed", "Tasks of %s were killed (SIGKILL), and ECS does not say by whom",
	                   "metrics {\"service\":\"%s\",\"what\":\"memory\"}", false, CRITICAL },
	[CAUSE_CRASH] = { "crash", "Tasks of %s end by themselves", NEXT_LOG "; " BOOK "on-call.md#nothing-answers", false, CRITICAL },
	[CAUSE_HEALTH] = { "health_check", "Tasks of %s fail their health checks", NEXT_LOG "; " BOOK "on-call.md#not-ready", false, CRITICAL },
	[CAUSE_CAPACITY] = { "capacity", "ECS finds no place for tasks of %s", "It tries again by itself; a zone without room: " BOOK "on-call.md#nothing-answers", true, CRITICAL },
	[CAUSE_DEPENDENCY] = { "dependency", "%s can't call what it needs", "diagnose of what it calls; " BOOK "on-call.md#a-service-cannot-be-called", false, ERROR },
	[CAUSE_DEPLOYMENT] = { "deployment", "The newest deployment of %s failed", "changes; " BOOK "on-call-steps.md#roll-back", false, ERROR },
	[CAUSE_STARTING] = { "starting", "No task of %s runs yet: they are being started",
	                     "diagnose {\"service\":\"%s\",\"refresh\":true} in a minute; if none comes, " BOOK "on-call.md#nothing-answers", true, CRITICAL },
	[CAUSE_MISSING] = { "missing", "Fewer tasks of %s run than should, and nothing says why", NEXT_LOG, true, CRITICAL },
	[CAUSE_SIGTERM] = { "ignored_sigterm", "Tasks of %s don't end when they are told to, and are killed: calls under way are lost",
	                    "search_logs {\"service\":\"%s\",\"text\":\"stop\"}: what was it waiting for? SHUTDOWN_TIMEOUT is to be below stopTimeout", false, WARNING },
	[CAUSE_ASLEEP] = { "asleep", "%s is to have no task: by its schedule, by hand, or it was never released", BOOK "on-call.md#nothing-answers says how it is woken", false, WARNING },
	[CAUSE_ERRORS] = { "errors", "%s logs errors", NEXT_LOG, false, ERROR },
	[CAUSE_ALARM] = { "alarm", "An alarm of %s rings, and nothing else is wrong", "alarms {\"service\":\"%s\"}; " BOOK "on-call.md", false, ERROR },
};

static const struct { enum kind kind; const char *words, *hint; } hints[] = {
	{ CAUSE_IMAGE, "matching platform", "it is not there for this processor (arm64 or amd64)" },
	{ CAUSE_IMAGE, "no space left", "there is no room for it on the disk" },
	{ CAUSE_IMAGE, "toomanyrequests", "the registry limits how often" },
	{ CAUSE_IMAGE, "403 Forbidden", "the execution role may not" },
	{ CAUSE_IMAGE, "not authorized", "the execution role may not" },
	{ CAUSE_IMAGE, "i/o timeout", "the registry is not reached" },
	{ CAUSE_IMAGE, "connection issue", "the registry is not reached" },
	{ CAUSE_IMAGE, "request canceled", "the registry is not reached" },
	{ CAUSE_IMAGE, "not found", "the registry has no such image" },
	{ CAUSE_IMAGE, "does not exist", "the registry has no such image" },
	{ CAUSE_SECRET, "ResourceNotFound", "it does not exist" },
	{ CAUSE_SECRET, "can't find the specified secret", "it does not exist" },
	{ CAUSE_SECRET, "did not contain json key", "it has no such key" },
	{ CAUSE_SECRET, "AccessDenied", "the execution role may not" },
	{ CAUSE_SECRET, "connection issue", "Secrets Manager is not reached" },
	{ CAUSE_DATABASE, "password authentication failed", "it refuses the password" },
	{ CAUSE_DATABASE, "connection slots", "it has no connection to spare" },
	{ CAUSE_DATABASE, "could not translate host name", "its name is not found" },
	{ CAUSE_DATABASE, "Connection refused", "nobody listens there" },
	{ CAUSE_DATABASE, "imeout expired", "no answer comes" },
};

const char *cause_hint(enum kind kind, const char *words)
{
	for (size_t i = 0; words && i < sizeof(hints) / sizeof(*hints); i++)
		if (hints[i].kind == kind && strstr(words, hints[i].words))
			return hints[i].hint;
	return NULL;
}

bool says_database(const char *message)
{
	static const char *const words[] = {
		"connection to server", "server closed the connection", "could not translate host name", "no connection to the server",
		"no further connection can be made", "terminating connection", "SSL connection has been closed", "could not receive data from server",
	};
	str said = str_of(message);

	if (str_starts(said, "not ready: the database") || str_starts(said, "not started: postgresql:"))
		return true;
	for (size_t i = 0; str_starts(said, "store: ") && i < sizeof(words) / sizeof(*words); i++)
		if (strstr(message, words[i]))
			return true;
	return false;
}

bool says_again(const char *message)
{
	return str_starts(str_of(message), "ready again") || str_starts(str_of(message), "store: the database is there again");
}
