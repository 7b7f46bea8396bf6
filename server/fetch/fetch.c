/* fetch.c - outbound HTTP over libcurl: one bounded request at a time. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "curl_library.h"
#include "fetch.h"

#define RETRY_AFTER_MAX_S ((int64_t)6 * 3600)   /* as newer versions of libcurl have it */

struct fetcher {
	const struct curl_library *curl;
	CURL *easy;
	char words[CURL_ERROR_SIZE];    /* libcurl's, on the last failure */
	char *url;                      /* asked last; NULL: none yet */
	bool is_loopback;               /* that URL */
};

/* The body of an answer as it comes in. */
struct incoming {
	struct arena *arena;
	char *at;
	size_t size, room, most;
	bool too_long;
};

/* Where an URL was looked at before, it is there. */
static const struct curl_library *needed(const struct curl_library *curl)
{
	if (!curl)
		abort();
	return curl;
}

struct fetcher *fetcher_create(void)
{
	struct fetcher *fetcher = calloc(1, sizeof(*fetcher));
	if (!fetcher)
		abort();
	fetcher->curl = needed(curl_library_started());
	if (!(fetcher->easy = fetcher->curl->easy_init()))
		abort();
	return fetcher;
}

void fetcher_destroy(struct fetcher *fetcher)
{
	if (!fetcher)
		return;
	fetcher->curl->easy_cleanup(fetcher->easy);
	free(fetcher->url);
	free(fetcher);
}

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
		abort();
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
static bool is_loopback_v4(const char *host)
{
	struct in_addr address;

	return strncmp(host, "127.", 4) == 0 && inet_pton(AF_INET, host, &address) == 1;
}

bool fetch_is_loopback(const char *url)
{
	const struct curl_library *curl = needed(curl_library());
	CURLU *parsed = curl->url();
	if (!parsed)
		abort();
	curl->url_set(parsed, CURLUPART_URL, url, 0);
	char *host = url_part(curl, parsed, CURLUPART_HOST);
	bool is = host && (strcasecmp(host, "localhost") == 0 || is_loopback_v4(host) ||
	                   strcmp(host, "[::1]") == 0);
	curl->release(host);
	curl->url_cleanup(parsed);
	return is;
}

static size_t take_bytes(char *bytes, size_t one, size_t count, void *context)
{
	struct incoming *in = context;
	size_t size = one * count;
	if (size > in->most - in->size) {
		in->too_long = true;
		return 0;
	}
	if (size > in->room - in->size) {
		size_t room = in->room ? in->room : 4096;
		while (room - in->size < size)
			room *= 2;
		in->at = in->at ? arena_grow(in->arena, in->at, in->room, room)
		                : arena_alloc_raw(in->arena, room);
		in->room = room;
	}
	memcpy(in->at + in->size, bytes, size);
	in->size += size;
	return size;
}

static struct curl_slist *append(const struct curl_library *curl, struct curl_slist *list,
                                 const char *header)
{
	list = curl->slist_append(list, header);
	if (!list)
		abort();
	return list;
}

/* libcurl reads "Name:" as "leave this header out"; an empty one is spelled "Name;". */
static struct curl_slist *header_list(const struct curl_library *curl,
                                      const struct fetch_request *request, struct arena *arena)
{
	struct curl_slist *list = append(curl, NULL, "Expect:");
	for (const char *const *header = request->headers; header && *header; header++) {
		const char *colon = strchr(*header, ':');
		if (colon && str_trim(str_of(colon + 1)).size == 0)
			list = append(curl, list, arena_print(arena, "%.*s;",
			                                      (int)(colon - *header), *header));
		else
			list = append(curl, list, *header);
	}
	return list;
}

static void set_method(const struct fetcher *fetcher, const struct fetch_request *request)
{
	const struct curl_library *curl = fetcher->curl;
	CURL *easy = fetcher->easy;
	bool post = strcmp(request->method, "POST") == 0;
	if (post || request->body.size > 0) {
		curl->setopt(easy, CURLOPT_POST, 1L);
		curl->setopt(easy, CURLOPT_POSTFIELDS, request->body.at ? request->body.at : "");
		curl->setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.size);
	}
	if (!post && strcmp(request->method, "GET") != 0)
		curl->setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static int is_given_up(void *flag, UNUSED curl_off_t a, UNUSED curl_off_t b, UNUSED curl_off_t c,
                       UNUSED curl_off_t d)
{
	return atomic_load((const atomic_bool *)flag);
}

/* Most ask the same again and again. */
static bool is_loopback(struct fetcher *fetcher, const char *url)
{
	if (fetcher->url && strcmp(fetcher->url, url) == 0)
		return fetcher->is_loopback;
	free(fetcher->url);
	fetcher->url = strdup(url);
	fetcher->is_loopback = fetch_is_loopback(url);
	return fetcher->is_loopback;
}

static void prepare(struct fetcher *fetcher, const struct fetch_request *request,
                    struct incoming *incoming)
{
	const struct curl_library *curl = fetcher->curl;
	CURL *easy = fetcher->easy;
	const char *authorities = getenv("CURL_CA_BUNDLE");     /* as for curl and many others */

	curl->reset(easy);                  /* keeps the connections */
	curl->setopt(easy, CURLOPT_URL, request->url);
	curl->setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl->setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl->setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);   /* or newer */
	curl->setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl->setopt(easy, CURLOPT_TCP_NODELAY, 1L);
	curl->setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_ms);
	curl->setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->total_ms);
	curl->setopt(easy, CURLOPT_FRESH_CONNECT, (long)request->once);
	curl->setopt(easy, CURLOPT_MAXCONNECTS, 1L);
	/* Whoever is asked may move. A name is remembered by who knows how long it holds: the resolver. */
	curl->setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	curl->setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
	curl->setopt(easy, CURLOPT_WRITEDATA, incoming);
	curl->setopt(easy, CURLOPT_ERRORBUFFER, fetcher->words);
	if (authorities && *authorities)
		curl->setopt(easy, CURLOPT_CAINFO, authorities);
	if (request->give_up) {
		curl->setopt(easy, CURLOPT_XFERINFOFUNCTION, is_given_up);
		curl->setopt(easy, CURLOPT_XFERINFODATA, (void *)(uintptr_t)request->give_up);
		curl->setopt(easy, CURLOPT_NOPROGRESS, 0L);
	}
	if (is_loopback(fetcher, request->url))
		curl->setopt(easy, CURLOPT_PROXY, "");
	set_method(fetcher, request);
}

static void read_answer(const struct fetcher *fetcher, struct arena *arena,
                        struct fetch_answer *answer)
{
	const struct curl_library *curl = fetcher->curl;
	long status = 0;
	curl_off_t retry_after = 0;
	char *type = NULL, *elsewhere = NULL;
	curl->getinfo(fetcher->easy, CURLINFO_RESPONSE_CODE, &status);
	curl->getinfo(fetcher->easy, CURLINFO_RETRY_AFTER, &retry_after);
	curl->getinfo(fetcher->easy, CURLINFO_CONTENT_TYPE, &type);
	curl->getinfo(fetcher->easy, CURLINFO_REDIRECT_URL, &elsewhere);
	answer->status = (int)status;
	answer->retry_after_ms = retry_after < RETRY_AFTER_MAX_S ? (int64_t)retry_after * 1000
	                                                         : RETRY_AFTER_MAX_S * 1000;
	answer->type = type ? str_of(arena_copy(arena, str_of(type))) : (str) { 0 };
	answer->elsewhere = elsewhere ? arena_copy(arena, str_of(elsewhere)) : NULL;
}

/* OpenSSL's X509_V_ERR_...: who signed it is not known. What expired, or is for another name, is wrong for all. */
static bool is_of_a_stranger(long verified)
{
	return verified == 2 || (verified >= 18 && verified <= 21);
}

static const char *explain(const struct fetcher *fetcher, struct arena *arena, CURLcode code,
                           const struct incoming *incoming)
{
	if (incoming->too_long)
		return arena_print(arena, "its answer is longer than %zu bytes", incoming->most);
	const char *words = fetcher->words[0] ? fetcher->words : fetcher->curl->words(code);
	long verified = 0;

	fetcher->curl->getinfo(fetcher->easy, CURLINFO_SSL_VERIFYRESULT, &verified);
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT:
		return arena_print(arena, "there was no answer in time (%s)", words);
	case CURLE_PEER_FAILED_VERIFICATION:
		return arena_print(arena, "its certificate is not trusted (%s)%s", words,
		                   is_of_a_stranger(verified) ? ": CURL_CA_BUNDLE names a file of the"
		                   " authorities that are, instead of the system's" : "");
	case CURLE_SSL_CACERT_BADFILE:
		return arena_print(arena, "%s: CURL_CA_BUNDLE names no file of certificates (PEM)", words);
	case CURLE_SSL_CONNECT_ERROR:
		return arena_print(arena, "there is no TLS with it, of 1.2 or newer (%s)", words);
	default:
		return arena_copy(arena, str_of(words));
	}
}

void fetch(struct fetcher *fetcher, struct arena *arena, const struct fetch_request *request,
           struct fetch_answer *answer)
{
	struct incoming incoming = { .arena = arena, .most = request->answer_max };
	const struct curl_library *curl = fetcher->curl;
	struct curl_slist *headers = header_list(curl, request, arena);
	long sent = 0;

	*answer = (struct fetch_answer) { 0 };
	fetcher->words[0] = '\0';
	prepare(fetcher, request, &incoming);
	curl->setopt(fetcher->easy, CURLOPT_HTTPHEADER, headers);
	CURLcode code = curl->perform(fetcher->easy);

	curl->getinfo(fetcher->easy, CURLINFO_REQUEST_SIZE, &sent);
	answer->sent = code == CURLE_OK || sent > 0;
	if (code == CURLE_OK) {
		read_answer(fetcher, arena, answer);
		answer->body = (str) { incoming.at ? incoming.at : "", incoming.size };
	} else {
		answer->why = explain(fetcher, arena, code, &incoming);
	}
	curl->slist_free_all(headers);
}
