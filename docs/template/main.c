/* main.c - the program mcp-guestbook. */
#include "mcp.h"

extern const struct mcp_server guestbook_server;

int main(int argc, char **argv)
{
	return mcp_main(&guestbook_server, argc, argv);
}
