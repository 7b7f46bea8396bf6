/* support_talk.h - two customers and two of staff, and two conversations of the one customer's. */
#ifndef SUPPORT_TALK_H
#define SUPPORT_TALK_H

#include "support_fixture.h"

struct talk { struct mcp_test *ada, *bob, *carol, *dave; };

static struct talk open_talk(const char *revision)
{
	struct talk talk = { .carol = mcp_test_open(&support_server, DATABASE, .revision = revision, .caller = "carol", .scopes = "support:staff") };

	talk.dave = mcp_test_also(talk.carol, .revision = revision, .caller = "dave", .scopes = "support:staff");
	talk.ada = mcp_test_also(talk.carol, .revision = revision, .caller = "ada", .scopes = "support:chat", .customer = "C-ada");
	talk.bob = mcp_test_also(talk.carol, .revision = revision, .caller = "bob", .scopes = "support:chat", .customer = "C-bob");
	begin(talk.carol, "CNV-A1", "C-ada");
	begin(talk.carol, "CNV-A2", "C-ada");
	return talk;
}

#define URI "support://conversation/CNV-A1"
#define UPDATED "resources/updated", "{'uri': '" URI "'}"

#endif
