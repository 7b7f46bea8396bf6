/* curl_library.c - finds libcurl by the name that linking would use. */
#include "curl_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define LIBRARY "libcurl.so.4"

static const struct {
	const char *name;
	size_t at;
} symbols[] = {
	{ "curl_global_init", offsetof(struct curl_library, global_init) },
	{ "curl_easy_init", offsetof(struct curl_library, easy_init) },
	{ "curl_easy_setopt", offsetof(struct curl_library, setopt) },
	{ "curl_easy_perform", offsetof(struct curl_library, perform) },
	{ "curl_easy_getinfo", offsetof(struct curl_library, getinfo) },
	{ "curl_easy_strerror", offsetof(struct curl_library, words) },
	{ "curl_easy_cleanup", offsetof(struct curl_library, easy_cleanup) },
	{ "curl_easy_pause", offsetof(struct curl_library, pause) },
	{ "curl_multi_init", offsetof(struct curl_library, multi_init) },
	{ "curl_multi_setopt", offsetof(struct curl_library, multi_setopt) },
	{ "curl_multi_add_handle", offsetof(struct curl_library, multi_add) },
	{ "curl_multi_remove_handle", offsetof(struct curl_library, multi_remove) },
	{ "curl_multi_socket_action", offsetof(struct curl_library, multi_act) },
	{ "curl_multi_info_read", offsetof(struct curl_library, multi_read) },
	{ "curl_multi_cleanup", offsetof(struct curl_library, multi_cleanup) },
	{ "curl_slist_append", offsetof(struct curl_library, slist_append) },
	{ "curl_slist_free_all", offsetof(struct curl_library, slist_free_all) },
	{ "curl_url", offsetof(struct curl_library, url) },
	{ "curl_url_set", offsetof(struct curl_library, url_set) },
	{ "curl_url_get", offsetof(struct curl_library, url_get) },
	{ "curl_url_cleanup", offsetof(struct curl_library, url_cleanup) },
	{ "curl_free", offsetof(struct curl_library, release) },
};

static struct curl_library library;
static bool loaded, started;

static bool find_all(void *file)
{
	for (size_t i = 0; i < sizeof(symbols) / sizeof(*symbols); i++) {
		void *symbol = dlsym(file, symbols[i].name);
		if (!symbol)
			return false;
		/* ISO C has no conversion from an object's address to a function's. */
		memcpy((char *)&library + symbols[i].at, &symbol, sizeof(symbol));
	}
	return true;
}

static void load(void)
{
	void *file = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	loaded = file && find_all(file);
}

static void start(void)
{
	started = library.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

const struct curl_library *curl_library(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	return loaded ? &library : NULL;
}

const struct curl_library *curl_library_started(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (!curl_library())
		return NULL;
	pthread_once(&once, start);
	return started ? &library : NULL;
}
