/* page.c - the page of search_products: ui/search.html, and what hosts may let it do. */
#include <stdio.h>

#include "product.h"

extern const char search_html[];                /* ui/search.html */

char search_page_meta[PAGE_META_MAX];

enum mcp_answer search_page(struct mcp_call *call, const void *in UNUSED,
                            struct store *store UNUSED)
{
	return mcp_say(call, "%s", search_html);
}

/* A scheme and a host, perhaps *.host, perhaps a port: what a Content-Security-Policy takes, and
 * nothing that could end a JSON string. */
static bool is_origin(str origin)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789.-:*";
	size_t scheme = str_starts(origin, "https://") ? 8 : str_starts(origin, "http://") ? 7 : 0;

	if (!scheme || origin.size == scheme)
		return false;
	for (size_t i = scheme; i < origin.size; i++)
		if (!strchr(letters, origin.at[i]))
			return false;
	return true;
}

static str next_origin(const char **rest)
{
	const char *begin = *rest + strspn(*rest, ", \t\n");
	size_t size = strcspn(begin, ", \t\n");

	*rest = begin + size;
	return (str) { begin, size };
}

static bool refuse(const char *why, str what)
{
	fprintf(stderr, "mcp-products: IMAGE_ORIGINS %s \"%s\": origins are needed, such as"
	        " https://images.example.com\n", why, str_quote(what, 128).text);
	return false;
}

bool search_page_start(void)
{
	const char *rest = setting_text("IMAGE_ORIGINS");
	size_t size = (size_t)sprintf(search_page_meta,
	                              "{\"ui\":{\"prefersBorder\":true,\"csp\":{\"resourceDomains\":[");
	const char *comma = "";

	for (str origin; rest && (origin = next_origin(&rest)).size; comma = ",") {
		if (!is_origin(origin))
			return refuse("has", origin);
		if (size + origin.size + sizeof(",\"\"]}}}") > PAGE_META_MAX)
			return refuse("is too long from", origin);
		size += (size_t)sprintf(search_page_meta + size, "%s\"%.*s\"", comma,
		                        STR_FORMAT(origin));
	}
	strcpy(search_page_meta + size, "]}}}");
	return true;
}
