/* auth_fixture.h - what the tests of keys and callers share: two callers, lines and files of keys. */
#ifndef AUTH_FIXTURE_H
#define AUTH_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "auth.h"
#include "caught.h"
#include "keys.h"
#include "sha256.h"
#include "suite.h"

#define ALICE_KEY "mcp_alice"
#define BOB_KEY "mcp_bob"

/* NAME:HASH:SCOPES for a key; in one of a few buffers. */
static inline const char *line_of(const char *name, const char *key, const char *scopes)
{
	static char lines[8][512];
	static int next;
	char *line = lines[next++ % 8];
	uint8_t digest[DIGEST_SIZE];
	char hash[DIGEST_TEXT_SIZE];
	digest_of(str_of(key), digest);
	digest_print(digest, hash);
	snprintf(line, sizeof(lines[0]), "%s:%s:%s", name, hash, scopes);
	return line;
}

static inline const char *alice_and_bob(void)
{
	static char both[1024];
	snprintf(both, sizeof(both), "%s\n  %s ", line_of("alice", ALICE_KEY, "a:read,a:write"),
	         line_of("bob", BOB_KEY, "*"));
	return both;
}

static inline enum auth_outcome check(const char *header, const struct caller **caller)
{
	struct auth_answer answer = auth_check(str_of(header));

	*caller = answer.caller;
	return answer.outcome;
}

#endif
