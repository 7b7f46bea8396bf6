/* container_url.c - whom a token may be sent to, by plain HTTP: only who is on this machine, or its link. */
#include <arpa/inet.h>

#include "container_url.h"

static bool is_near(str host)
{
	static const char *const near[] = { "localhost", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "[::1]" };
	char copy[INET_ADDRSTRLEN];
	struct in_addr address;

	for (size_t i = 0; i < sizeof(near) / sizeof(*near); i++)
		if (str_is_nocase(host, near[i]))
			return true;
	if (host.size >= sizeof(copy))
		return false;
	memcpy(copy, host.at, host.size);
	copy[host.size] = '\0';
	return inet_pton(AF_INET, copy, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}


const char *container_url_check(const char *url)
{
	bool https = strncmp(url, "https://", 8) == 0;

	if (!https && strncmp(url, "http://", 7) != 0)
		return "it must begin with http:// or https://";
	for (const char *c = url; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr("@\\#", *c))
			return "it is no URL of a container's credentials";
	const char *host = url + (https ? 8 : 7);
	size_t size = *host == '[' ? strcspn(host, "]/?") + 1 : strcspn(host, ":/?");
	if (size == 0 || (*host == '[' && host[size - 1] != ']') || !strchr(":/?", host[size]))
		return "it is no URL of a container's credentials";
	if (!https && !is_near((str) { host, size }))
		return "it must begin with https://, since it is not on this machine";
	return NULL;
}
