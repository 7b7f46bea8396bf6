/* curl_library.c - finds libcurl by the name that linking would use. */
#include "curl_library.h"

#include <dlfcn.h>
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
	{ "curl_url", offsetof(struct curl_library, url) },
	{ "curl_url_set", offsetof(struct curl_library, url_set) },
	{ "curl_url_get", offsetof(struct curl_library, url_get) },
	{ "curl_url_cleanup", offsetof(struct curl_library, url_cleanup) },
	{ "curl_free", offsetof(struct curl_library, release) },
};

static bool find_all(void *file, struct curl_library *library)
{
	for (size_t i = 0; i < sizeof(symbols) / sizeof(*symbols); i++) {
		void *symbol = dlsym(file, symbols[i].name);
		if (!symbol)
			return false;
		/* ISO C has no conversion from an object's address to a function's. */
		memcpy((char *)library + symbols[i].at, &symbol, sizeof(symbol));
	}
	return true;
}

const struct curl_library *curl_library(void)
{
	static struct curl_library library;

	if (library.release)
		return &library;
	void *file = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!file || !find_all(file, &library)
	    || library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		library.release = NULL;
		return NULL;
	}
	return &library;
}
