/* access.c - on loopback nobody needs a key or token until there is one; elsewhere everybody does. */
#include <stdio.h>
#include <unistd.h>

#include "access.h"
#include "auth.h"
#include "log.h"
#include "seal.h"
#include "settings.h"

/* No key, no issuer and nobody but this machine: open. At once, with the keys: in between whoever calls would be refused. */
static enum auth_open openness(const struct options *options)
{
	if (options->auth_none)
		return AUTH_OPEN;
	return options->loopback && !issuer_name() ? AUTH_OPEN_WITHOUT_KEYS : AUTH_CLOSED;
}

/* Keys and tokens, unless AUTH=none says otherwise. */
static const char *configure(const struct options *options)
{
	const char *wrong = issuer_configure(&options->issuer);

	return wrong ? wrong : auth_configure(options->keys, openness(options));
}

static void refuse_without_keys(const struct options *options)
{
	const char *name = options->server->name;
	log_error("not started: %s can be reached from other machines, and there are no API_KEYS;"
	          " do one of these:", options->host);
	log_error("make a key:       mcp-%s key NAME SCOPE...  and set API_KEYS to the line it prints,"
	          " or to @FILE of such lines", name);
	log_error("sign people in:   set OAUTH_ISSUER, see docs/sign-in.md");
	log_error("serve it locally: HOST=127.0.0.1 mcp-%s", name);
	log_error("need no key:      AUTH=none mcp-%s  and whoever reaches it may do everything",
	          name);
}

static bool start_seal(const struct options *options)
{
	const char *keys = setting_text("STATE_KEYS");
	const char *wrong = seal_configure(keys);
	if (wrong)
		log_error("not started: %s", wrong);
	else if (!keys && options->database)
		log_info("STATE_KEYS is not set: what seals cursors and states is kept in the database, where"
		         " whoever reads it could make some");
	else if (!keys)
		log_info("STATE_KEYS is not set: cursors and states are good until this process ends,"
		         " and with it alone");
	return !wrong;
}

/* Of a sign-in a name that is a letter off would be missed by nobody: whatever it was to bound is open. */
static void tell_of_unknown(void)
{
	for (char **each = environ; *each; each++) {
		str rest = str_of(*each), name = str_cut(&rest, '=');
		if (str_starts(name, "OAUTH_") && !settings_have(name))
			log_warning("%s is no setting, and counts for nothing; docs/settings.md has those there are",
			            str_quote(name, 64).text);
	}
}

static void tell_of_sign_in(void)
{
	if (!*issuer_scopes())
		log_info("OAUTH_SCOPES is not set: a sign-in asks for no scope, and people may what the issuer"
		         " gives them all the same");
	tell_of_unknown();
}

bool access_start(const struct options *options)
{
	const char *wrong = configure(options);
	if (wrong) {
		log_error("not started: %s", wrong);
		return false;
	}
	if (!options->loopback && !options->auth_none && auth_key_count() == 0 && !issuer_name()) {
		refuse_without_keys(options);
		return false;
	}
	if (!options->loopback && options->auth_none)
		log_warning("AUTH=none: whoever reaches %s may do everything", options->host);
	if (issuer_name())
		tell_of_sign_in();
	return start_seal(options);
}

/* A file that lost its last key does not open the door: whoever had one is refused from then on. */
bool access_reload(const struct options *options)
{
	bool was_open = auth_is_open();
	const char *wrong = issuer_reload();

	if (wrong)
		log_warning("the issuer's keys were not read again, the old ones stay: %s", wrong);
	wrong = auth_configure(options->keys, was_open ? openness(options) : AUTH_CLOSED);
	if (wrong) {
		log_warning("the keys were not read again, the old ones stay: %s", wrong);
		return false;
	}
	int count = auth_key_count();
	if (count == 0 && !was_open && !issuer_name())
		log_warning("API_KEYS holds no key any more: nobody may call");
	else
		log_info("API_KEYS was read again: %d keys", count);
	return true;
}

const char *access_words(const struct options *options)
{
	static char words[512];

	if (options->auth_none)
		return "anyone (AUTH=none)";
	if (!issuer_name())
		return auth_key_count() == 0 ? "anyone on this machine (there are no API_KEYS)"
		                             : "whoever has one of the API_KEYS";
	snprintf(words, sizeof(words), "whoever signs in at %s%s", str_quote(str_of(issuer_name()), 200).text,
	         auth_key_count() > 0 ? ", or has one of the API_KEYS" : "");
	return words;
}
