/* target.c - a request's target: its path, and the host where it is a whole URL, as clients of a
 * proxy send it (RFC 9112, 3.2.2). */
#include <strings.h>

#include "inside.h"

static size_t scheme_size(const char *target)
{
	static const char *const schemes[] = { "http://", "https://" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (strncasecmp(target, schemes[i], strlen(schemes[i])) == 0)
			return strlen(schemes[i]);
	return 0;
}

void target_read(struct exchange *x, const char *target)
{
	x->target = target;
	x->target_size = (uint32_t)strlen(target);
	x->scheme_size = (uint8_t)scheme_size(target);
	x->host_size = x->scheme_size ? (uint32_t)strcspn(target + x->scheme_size, "/?#") : 0;
	x->path_size = (uint32_t)strcspn(target + x->scheme_size + x->host_size, "?");
}

str exchange_path(const struct exchange *x)
{
	if (x->path_size == 0 && x->scheme_size)
		return STR("/");
	return (str) { x->target + x->scheme_size + x->host_size, x->path_size };
}

static str target_host(const struct exchange *x)
{
	return (str) { x->target + x->scheme_size, x->host_size };
}

bool target_has_host(const struct exchange *x)
{
	str host = target_host(x);

	return !x->scheme_size ||
	       (host.size > 0 && host.at[0] != ':' && !memchr(host.at, '@', host.size));
}

str exchange_host(const struct exchange *x)
{
	return x->scheme_size ? target_host(x) : exchange_header(x, "Host");
}
