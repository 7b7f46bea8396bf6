/* curl_library.h - libcurl, loaded when somebody is to be asked over HTTP and not before.
 *
 * Linked, it and the two dozen libraries behind it would cost every serving process half a MiB of
 * private memory, though most never ask anybody. */
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
	__typeof__(curl_easy_pause) *pause;
	__typeof__(curl_multi_init) *multi_init;
	__typeof__(curl_multi_setopt) *multi_setopt;
	__typeof__(curl_multi_add_handle) *multi_add;
	__typeof__(curl_multi_remove_handle) *multi_remove;
	__typeof__(curl_multi_socket_action) *multi_act;
	__typeof__(curl_multi_info_read) *multi_read;
	__typeof__(curl_multi_cleanup) *multi_cleanup;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
	__typeof__(curl_url) *url;
	__typeof__(curl_url_set) *url_set;
	__typeof__(curl_url_get) *url_get;
	__typeof__(curl_url_cleanup) *url_cleanup;
	__typeof__(curl_free) *release;
};

/* For as long as the process lives; any thread. NULL: it is not on this machine, or too old. */
const struct curl_library *curl_library(void);
/* The same, ready for transfers (curl_global_init()), which costs 2 MiB of private memory more. */
const struct curl_library *curl_library_started(void);

#endif
