/* main.c - the program mcp-support. */
#include "support.h"

int main(int argc, char **argv)
{
	return mcp_main(&support_server, argc, argv);
}
