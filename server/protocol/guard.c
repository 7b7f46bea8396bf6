/* guard.c - what is checked at the door, before a body is read: who comes, and how often. */
#include <stdio.h>

#include "connect.h"
#include "guard.h"
#include "issuer.h"
#include "visitor.h"

static str open_scopes;                 /* every scope there is, for the challenge */

/* ---- Headers with one value ---- */

/* Of two lines a proxy may read the one and this server the other. What 2026-07-28 repeats of
 * the body is looked at in param.c, MCP-Protocol-Version in compat.c. */
const struct fault *guard_single_headers(struct reply *reply)
{
	static const struct fault twice = { FAULT_HTTP(400) };
	static const char *const single[] = {
		"Authorization", "Origin", "Content-Type", "Mcp-Session-Id", "Last-Event-ID"
	};

	for (size_t i = 0; i < sizeof(single) / sizeof(*single); i++)
		if (exchange_header_repeats(reply->exchange, single[i]))
			return fault_say(reply_arena(reply), &twice,
			                 "The header %s came more than once; send it once.",
			                 single[i]);
	return NULL;
}

/* ---- Callers ---- */

static void add_scope(str scope)
{
	if (str_lists(open_scopes, ' ', scope))
		return;
	open_scopes = str_of(arena_print(runtime.arena, "%.*s%s%.*s", STR_FORMAT(open_scopes),
	                                 open_scopes.size ? " " : "", STR_FORMAT(scope)));
}

static void add_scopes(const struct offers *offers)
{
	for (int i = 0; i < offers->count; i++)
		for (str rest = str_of(offers->first[i].scope); rest.size > 0;)
			add_scope(str_cut(&rest, ' '));
}

/* As the issuer calls them. */
static const char *prefixed(struct arena *arena, str scopes)
{
	const char *list = "";

	while (scopes.size > 0) {
		str scope = str_cut(&scopes, ' ');
		list = arena_print(arena, "%s%s%s%.*s", list, *list ? " " : "", issuer_scope_prefix(),
		                   STR_FORMAT(scope));
	}
	return list;
}

const char *guard_start(void)
{
	open_scopes = STR("");
	add_scopes(&runtime.tools);
	add_scopes(&runtime.resources);
	add_scopes(&runtime.templates);
	add_scopes(&runtime.prompts);
	return issuer_know_scopes(open_scopes.at);
}

/* What a client asks for that signs somebody in: as the operator says, for not every issuer gives each
 * scope to each client. Whoever needs a key is told all there is. */
static const char *scopes_to_ask(struct arena *arena)
{
	return issuer_name() ? prefixed(arena, str_of(issuer_scopes())) : open_scopes.at;
}

/* The words stand in the header too where there is an `error`, which some clients show
 * (RFC 6750); so they have no quotes. Where to sign in is RFC 9728's. */
static const struct fault *challenge(struct arena *arena, int status, const char *error,
                                     const char *scopes, const char *text)
{
	struct fault *fault = arena_new(arena, struct fault);
	const char *url = metadata_url(arena);
	const char *why = !error ? "" :
		arena_print(arena, ", error=\"%s\", error_description=\"%s\"", error, text);

	*fault = (struct fault) { FAULT_HTTP(status), .text = text };
	fault->challenge = arena_print(arena, "Bearer realm=\"%s\"%s%s%s%s%s%s%s",
		runtime.server->name,
		url ? ", resource_metadata=\"" : "", url ? url : "", url ? "\"" : "", why,
		*scopes ? ", scope=\"" : "", scopes, *scopes ? "\"" : "");
	return fault;
}

/* Of whoever sends nothing: most clients begin to sign in on this. */
static const char *nothing_sent(struct arena *arena)
{
	if (issuer_name())
		return arena_print(arena, "Sign in: an access token of %s is needed, as the header"
		                   " Authorization: Bearer TOKEN%s.", issuer_name(),
		                   auth_key_count() > 0 ? ", or a key in its place" : "");
	return arena_print(arena, "A key is needed, as the header Authorization: Bearer KEY"
	                   " (mcp-remote takes it as --header). %s",
	                   connect_key(arena, runtime.server->name));
}

static const struct fault *unavailable(struct arena *arena, int64_t retry_ms)
{
	struct fault *fault = arena_new(arena, struct fault);

	*fault = (struct fault) {
		FAULT_HTTP(503), .retry_after_ms = retry_ms,
		.text = "This access token cannot be checked now: the issuer's keys cannot be had."
		        " Try again shortly."
	};
	return fault;
}

static const struct fault *turned_away(struct reply *reply, const struct auth_answer *answer)
{
	struct arena *arena = reply_arena(reply);
	char room[16];

	switch (answer->outcome) {
	case AUTH_MISSING:
		return challenge(arena, 401, NULL, scopes_to_ask(arena), nothing_sent(arena));
	case AUTH_MALFORMED:
		return challenge(arena, 400, "invalid_request", scopes_to_ask(arena),
		                 "The Authorization header is not the word Bearer and a key.");
	case AUTH_INVALID:
		sign_ins_note_refused(reply_address_group(reply, room));
		return challenge(arena, 401, "invalid_token", scopes_to_ask(arena), answer->why);
	case AUTH_UNKNOWN:
		return challenge(arena, 401, "invalid_token", scopes_to_ask(arena), arena_print(arena,
		                 "This key is not known. %s",
		                 connect_key(arena, runtime.server->name)));
	default:
		return unavailable(arena, answer->retry_ms);
	}
}

const struct fault *guard_caller(struct reply *reply, const struct auth_answer *answer)
{
	reply->caller = answer->caller;
	return answer->outcome == AUTH_FINE ? NULL : turned_away(reply, answer);
}

const struct fault *guard_still(struct reply *reply)
{
	bool expired = reply->caller && caller_expired(reply->caller);

	if (!reply->caller || (!expired && auth_is_current(reply->caller)))
		return NULL;
	struct arena *arena = reply_arena(reply);
	return challenge(arena, 401, "invalid_token", scopes_to_ask(arena),
	                 expired ? "The access token has expired." : "This key was revoked.");
}

/* ---- Scopes ---- */

/* Of several of which one is enough, the one to ask for: what a sign-in gives, if it gives any of them. */
static str wanted(const char *scopes)
{
	str rest = str_of(scopes), first = str_cut(&rest, ' ');

	for (str each = first; each.at; each = str_cut(&rest, ' '))
		if (issuer_asks(each))
			return each;
	return first;
}

/* What a token has, for a client that asks for no more than it is told loses nothing by it, and what it
 * needs. */
static const char *scopes_to_have(struct arena *arena, const struct caller *caller, str needed)
{
	const char *list = "";

	if (!caller_has_token(caller))
		return arena_copy(arena, needed);
	for (str rest = open_scopes; rest.size > 0;) {
		const char *each = arena_copy(arena, str_cut(&rest, ' '));
		if (str_lists(needed, ' ', str_of(each)) || caller_may(caller, each))
			list = arena_print(arena, "%s%s%s", list, *list ? " " : "", each);
	}
	return prefixed(arena, str_of(list));
}

/* "does not have the scope a", or of several `of_several` and "a, b". */
static const char *lack_of(struct arena *arena, str scopes, const char *of_several)
{
	str first = str_cut(&scopes, ' ');
	const char *list = arena_copy(arena, first);

	if (scopes.size == 0)
		return arena_print(arena, "does not have the scope %s", list);
	while (scopes.size > 0) {
		str scope = str_cut(&scopes, ' ');
		list = arena_print(arena, "%s, %.*s", list, STR_FORMAT(scope));
	}
	return arena_print(arena, "%s %s", of_several, list);
}

static const struct fault *too_weak(struct mcp_call *call, str needed, const char *lack)
{
	const struct caller *caller = call->reply->caller;

	return challenge(call->arena, 403, "insufficient_scope",
	                 scopes_to_have(call->arena, caller, needed),
	                 arena_print(call->arena, "This %s %s.",
	                             caller_has_token(caller) ? "access token" : "key", lack));
}

/* The words name all of which one is enough, for a person to choose; a client asks for one. */
const struct fault *guard_scope(struct mcp_call *call, const char *scopes)
{
	return call_may(call, scopes) ? NULL
		: too_weak(call, wanted(scopes), lack_of(call->arena, str_of(scopes), "has none of the scopes"));
}

/* A sign-in asks for all of OAUTH_SCOPES at once. So a customer who has some of them has been given what a
 * customer is given: the rest is staff's. */
bool guard_lists(const struct mcp_call *call, const char *scopes)
{
	const struct caller *caller = call->reply->caller;

	if (call_may(call, scopes))
		return true;
	return caller_has_token(caller) && issuer_asks(wanted(scopes)) &&
	       !(caller_customer(caller) && caller_may(caller, issuer_scopes()));
}

const struct fault *guard_follows(struct mcp_call *call, const char *const *scopes)
{
	const char *needed = "";

	for (; *scopes; scopes++) {
		str scope = wanted(*scopes);
		if (guard_lists(call, *scopes) && !str_lists(str_of(needed), ' ', scope))
			needed = arena_print(call->arena, "%s%s%.*s", needed, *needed ? " " : "", STR_FORMAT(scope));
	}
	return *needed ? too_weak(call, str_of(needed),
	                          lack_of(call->arena, str_of(needed), "does not have the scopes")) : NULL;
}

/* ---- Addresses ---- */

const struct fault *guard_address(struct reply *reply)
{
	static const struct fault elsewhere = {
		FAULT_HTTP(403),
		.text = "Calls from this address are not allowed (ALLOWED_ADDRESSES)."
	};

	if (!runtime.set.allowed_addresses ||
	    networks_contain(runtime.set.allowed_addresses, reply_address(reply)))
		return NULL;
	metric_add(METRIC_REFUSED_ADDRESSES, 1);
	return &elsewhere;
}

/* ---- Rates ---- */

static const struct fault *take(struct reply *reply, struct rates *rates, enum metric metric, str who)
{
	int64_t wait_ms = rates_take(rates, who, loop_tick_ms(reply->loop));

	if (wait_ms == 0)
		return NULL;
	metric_add(metric, 1);
	struct fault *fault = fault_say(reply_arena(reply), &FAULT_RATE, "%s",
	                                FAULT_RATE.text);
	fault->retry_after_ms = wait_ms;
	return fault;
}

const struct fault *guard_address_rate(struct reply *reply)
{
	char room[16];

	return runtime.set.address_rates
		? take(reply, runtime.set.address_rates, METRIC_LIMIT_RATE_ADDRESS, reply_address_group(reply, room)) : NULL;
}

const struct fault *guard_caller_rate(struct reply *reply)
{
	return runtime.set.caller_rates
		? take(reply, runtime.set.caller_rates, METRIC_LIMIT_RATE_CALLER, str_of(caller_name(reply->caller))) : NULL;
}

void guard_rate_more(struct reply *reply, size_t messages)
{
	int64_t now = loop_tick_ms(reply->loop), more = (int64_t)messages - 1;
	char room[16];

	if (runtime.set.address_rates)
		rates_owe(runtime.set.address_rates, reply_address_group(reply, room), now, more);
	if (runtime.set.caller_rates && reply->caller)
		rates_owe(runtime.set.caller_rates, str_of(caller_name(reply->caller)), now, more);
}

const struct fault *guard_initialize(struct reply *reply)
{
	char room[16];

	return runtime.set.initialize_rates
		? take(reply, runtime.set.initialize_rates, METRIC_LIMIT_RATE_INITIALIZE,
		       reply_address_group(reply, room)) : NULL;
}
