/* curl_library.h - libcurl, loaded when something is to be downloaded and not before.
 *
 * Linked, it and the two dozen libraries behind it would cost every serving process half a MiB of
 * private memory, for a command that is run once. */
#ifndef CURL_LIBRARY_H
#define CURL_LIBRARY_H

#include <curl/curl.h>

struct curl_library {
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_setopt) *setopt;
	__typeof__(curl_easy_perform) *perform;
	__typeof__(curl_easy_getinfo) *getinfo;
	__typeof__(curl_easy_strerror) *words;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	__typeof__(curl_url) *url;
	__typeof__(curl_url_set) *url_set;
	__typeof__(curl_url_get) *url_get;
	__typeof__(curl_url_cleanup) *url_cleanup;
	__typeof__(curl_free) *release;
};

/* Ready to be used, for as long as the process lives; one thread. NULL: it is not on this machine,
 * or too old. */
const struct curl_library *curl_library(void);

#endif
