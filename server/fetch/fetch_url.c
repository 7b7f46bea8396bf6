/* fetch_url.c - which URLs can be called, and whether that is this machine. */
#include <arpa/inet.h>
#include <stdlib.h>

#include "curl_library.h"
#include "fatal.h"
#include "fetch_private.h"

/* A part of a URL, to be released by libcurl; NULL: it has none. */
static char *url_part(const struct curl_library *curl, CURLU *parsed, CURLUPart part)
{
	char *text = NULL;
	return curl->url_get(parsed, part, &text, 0) == CURLUE_OK ? text : NULL;
}

const char *fetch_check_url(const char *url)
{
	const char *wrong = NULL;
	const struct curl_library *curl = curl_library();
	if (!curl)
		return "to call it libcurl.so.4 is needed, which is not on this machine";
	CURLU *parsed = curl->url();
	if (!parsed)
		fatal();
	if (curl->url_set(parsed, CURLUPART_URL, url, 0) != CURLUE_OK)
		wrong = "it is no URL such as http://127.0.0.1:8081/mcp";
	char *scheme = url_part(curl, parsed, CURLUPART_SCHEME);
	char *user = url_part(curl, parsed, CURLUPART_USER);
	if (!wrong && (!scheme || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)))
		wrong = "it must begin with http:// or https://";
	if (!wrong && user)
		wrong = "it must not hold a user or a password";
	/* libcurl has OpenSSL read its configuration; so before seal.c starts it without. */
	if (!wrong && strcmp(scheme, "https") == 0)
		curl_library_started();
	curl->release(scheme);
	curl->release(user);
	curl->url_cleanup(parsed);
	return wrong;
}

/* 127.0.0.1.example is a name like any other. */
static bool is_address(const char *host, const char *prefix)
{
	struct in_addr address;

	return strncmp(host, prefix, strlen(prefix)) == 0 && inet_pton(AF_INET, host, &address) == 1;
}

static bool is_loopback(const char *host)
{
	return strcasecmp(host, "localhost") == 0 || is_address(host, "127.") || strcmp(host, "[::1]") == 0;
}

/* What is on the link is there for this machine alone, such as the metadata of clouds (fd00:ec2:: is AWS's). */
static bool is_near(const char *host)
{
	return is_loopback(host) || is_address(host, "169.254.") || strncasecmp(host, "[fe80:", 6) == 0
	       || strncasecmp(host, "[fd00:ec2:", 10) == 0;
}

static bool host_is(const char *url, bool (*one)(const char *host))
{
	const struct curl_library *curl = curl_library();
	CURLU *parsed = curl ? curl->url() : NULL;
	if (!parsed)
		fatal();                /* one that was not looked at before, or no memory */
	curl->url_set(parsed, CURLUPART_URL, url, 0);
	char *host = url_part(curl, parsed, CURLUPART_HOST);
	bool is = host && one(host);
	curl->release(host);
	curl->url_cleanup(parsed);
	return is;
}

bool fetch_is_loopback(const char *url)
{
	return host_is(url, is_loopback);
}

bool fetch_is_near(const char *url)
{
	return host_is(url, is_near);
}
