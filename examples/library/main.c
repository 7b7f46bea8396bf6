/* main.c - the program mcp-library. */
#include "library.h"

int main(int argc, char **argv)
{
	return mcp_main(&library, argc, argv);
}
