/* build.c - which build of its program this is, where two of one version are to be told apart. */
#include <stdlib.h>

#include "build.h"

/* The program's own, which cmake/build_id.cmake has compiled into it; one that is built otherwise may have none. */
extern const char mcp_build_id[] __attribute__((weak));

const char *build_id(void)
{
	const char *image = getenv("MCP_BUILD");

	if (image && *image)
		return image;
	return mcp_build_id ? mcp_build_id : "";
}

/* What SemVer lets build metadata be made of. */
static bool may_stand(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-';
}

char *version_with_build(struct arena *arena, const char *version)
{
	const char *build = build_id();
	char *text = arena_print(arena, "%s%s%s", version, *build ? "+" : "", build);

	for (char *at = text + strlen(version) + (*build != 0); *at; at++)
		if (!may_stand(*at))
			*at = '-';
	return text;
}
