/* download.c - one GET over libcurl, on a thread of its own that writes into a pipe. */
#include "download.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "curl_library.h"
#include "fatal.h"

#define REDIRECTS_MAX 5L
#define TOTAL_SECONDS_MAX 3600L         /* a server that sends a byte now and then ends here */

struct download {
	const struct curl_library *curl;
	char *url;
	bool loopback;                  /* it is on this machine */
	struct download_limits limits;
	CURL *easy;
	int into;                       /* the pipe */
	pthread_t thread;
	atomic_bool unwanted;
	atomic_llong size, received;
	_Atomic(const char *) trouble;  /* in `why`, or a constant */

	int64_t heard_ms;               /* the other side last sent something; these: the thread's */
	curl_off_t heard_bytes;
	bool silent, too_long, wrong_status;
	char words[CURL_ERROR_SIZE];
	char why[CURL_ERROR_SIZE + 128];
};

/* ---- URLs ---- */

bool download_is_url(const char *name)
{
	return strncasecmp(name, "https://", 8) == 0 || strncasecmp(name, "http://", 7) == 0;
}

/* The text of a part, to be released; NULL: it has none. */
static char *part_of(const struct curl_library *curl, CURLU *parsed, CURLUPart part)
{
	char *text = NULL;

	return curl->url_get(parsed, part, &text, 0) == CURLUE_OK ? text : NULL;
}

static bool is_loopback(const char *host)
{
	struct in_addr address;

	return strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0
	       || (inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127);
}

static const char *judge_url(const struct curl_library *curl, CURLU *parsed, bool *loopback)
{
	char *scheme = part_of(curl, parsed, CURLUPART_SCHEME);
	char *host = part_of(curl, parsed, CURLUPART_HOST);
	char *user = part_of(curl, parsed, CURLUPART_USER);
	const char *why = NULL;

	*loopback = host && is_loopback(host);
	if (!scheme || !host)
		why = "it is no URL such as https://files.example.com/export.csv";
	else if (user)
		why = "a URL with a user or a password is not taken";
	else if (strcmp(scheme, "https") != 0 && !*loopback)
		why = "what comes over http may have been changed on the way; use https://";
	curl->release(scheme);
	curl->release(host);
	curl->release(user);
	return why;
}

static const char *check_url(const struct curl_library *curl, const char *url, bool *loopback)
{
	CURLU *parsed = curl->url();
	if (!parsed)
		fatal();
	const char *why = curl->url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK
	                  ? judge_url(curl, parsed, loopback)
	                  : "it is no URL such as https://files.example.com/export.csv";
	curl->url_cleanup(parsed);
	return why;
}

/* ---- On the thread ---- */

static bool write_all(int file, const char *at, size_t size)
{
	while (size > 0) {
		ssize_t written = write(file, at, size);
		if (written < 0 && errno != EINTR)
			return false;
		at += written > 0 ? written : 0;
		size -= written > 0 ? (size_t)written : 0;
	}
	return true;
}

static long status_of(const struct download *download)
{
	long status = 0;

	download->curl->getinfo(download->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

/* What stands in the body of a refusal is nothing to import. */
static size_t take_bytes(char *bytes, size_t one, size_t count, void *context)
{
	struct download *download = context;
	size_t size = one * count;
	curl_off_t length = -1;

	if (status_of(download) != 200) {
		download->wrong_status = true;
		return 0;
	}
	if ((int64_t)size > download->limits.bytes_max - atomic_load(&download->received)) {
		download->too_long = true;
		return 0;
	}
	download->curl->getinfo(download->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	atomic_store(&download->size, length > 0 ? length : 0);
	if (!write_all(download->into, bytes, size))
		return 0;
	atomic_fetch_add(&download->received, (long long)size);
	download->heard_ms = tick_ms();
	return size;
}

/* Asked at least once a second: other than 0 ends the transfer. */
static int look_around(void *context, curl_off_t whole, curl_off_t so_far, curl_off_t up,
                       curl_off_t up_so_far)
{
	struct download *download = context;

	(void)whole, (void)up, (void)up_so_far;
	if (so_far != download->heard_bytes)
		download->heard_ms = tick_ms();
	download->heard_bytes = so_far;
	download->silent = tick_ms() - download->heard_ms > download->limits.silence_ms;
	return download->silent || atomic_load(&download->unwanted);
}

static void prepare(struct download *download)
{
	const struct curl_library *curl = download->curl;
	CURL *easy = download->easy;
	const char *authorities = getenv("CURL_CA_BUNDLE");

	curl->setopt(easy, CURLOPT_URL, download->url);
	curl->setopt(easy, CURLOPT_PROTOCOLS_STR, download->loopback ? "https,http" : "https");
	curl->setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	curl->setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
	curl->setopt(easy, CURLOPT_MAXREDIRS, REDIRECTS_MAX);
	curl->setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl->setopt(easy, CURLOPT_USERAGENT, "mcp-import");
	curl->setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl->setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)download->limits.silence_ms);
	curl->setopt(easy, CURLOPT_TIMEOUT, TOTAL_SECONDS_MAX);
	curl->setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)download->limits.bytes_max);
	curl->setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
	curl->setopt(easy, CURLOPT_WRITEDATA, download);
	curl->setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl->setopt(easy, CURLOPT_XFERINFOFUNCTION, look_around);
	curl->setopt(easy, CURLOPT_XFERINFODATA, download);
	curl->setopt(easy, CURLOPT_ERRORBUFFER, download->words);
	if (authorities && *authorities)
		curl->setopt(easy, CURLOPT_CAINFO, authorities);
	if (download->loopback)
		curl->setopt(easy, CURLOPT_PROXY, "");
}

static const char *say(struct download *download, const char *format, ...) PRINTF(2, 3);
static const char *say(struct download *download, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(download->why, sizeof(download->why), format, list);
	va_end(list);
	return download->why;
}

/* NULL: all is well, or nobody wants it any more. */
static const char *explain(struct download *download, CURLcode code)
{
	const char *words = download->words[0] ? download->words : download->curl->words(code);

	if (atomic_load(&download->unwanted))
		return NULL;
	if (download->wrong_status || (code == CURLE_OK && status_of(download) != 200))
		return say(download, "the server answered %ld", status_of(download));
	if (download->silent || code == CURLE_OPERATION_TIMEDOUT)
		return say(download, "the server was silent for %.3g s, or took longer than an hour",
		           (double)download->limits.silence_ms / 1000);
	if (download->too_long || code == CURLE_FILESIZE_EXCEEDED)
		return say(download, "it is longer than the %lld bytes of IMPORT_MAX",
		           (long long)download->limits.bytes_max);
	switch (code) {
	case CURLE_OK:
		return NULL;
	case CURLE_UNSUPPORTED_PROTOCOL:
		return "it redirects to an address that is not https";
	case CURLE_TOO_MANY_REDIRECTS:
		return say(download, "it redirects more than %ld times", REDIRECTS_MAX);
	case CURLE_PEER_FAILED_VERIFICATION:
		return say(download, "the server's certificate is not trusted (%s)", words);
	case CURLE_PARTIAL_FILE:
		return say(download, "the connection ended before the file did (%s)", words);
	default:
		return say(download, "%s", words);
	}
}

static void *fetch_all(void *context)
{
	struct download *download = context;

	prepare(download);
	download->heard_ms = tick_ms();
	CURLcode code = download->curl->perform(download->easy);
	/* Said before the pipe ends, so that whoever sees its end knows. */
	atomic_store(&download->trouble, explain(download, code));
	close(download->into);
	return NULL;
}

/* ---- For the reader ---- */

/* Signals are the main thread's; a pipe that nobody reads is an error, and not the end. */
static void start_thread(struct download *download)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&download->thread, NULL, fetch_all, download) != 0)
		fatal();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct download *download_start(const char *url, const struct download_limits *limits, int *file,
                                const char **why)
{
	const struct curl_library *curl = curl_library_started();
	bool loopback;
	int ends[2];

	*why = curl ? check_url(curl, url, &loopback)
	            : "that needs libcurl.so.4 (7.85 or later), which is not on this machine";
	if (*why)
		return NULL;
	struct download *download = calloc(1, sizeof(*download));
	if (!download || pipe2(ends, O_CLOEXEC) != 0)
		fatal();
	download->curl = curl;
	download->loopback = loopback;
	download->limits = *limits;
	download->into = ends[1];
	*file = ends[0];
	if (!(download->url = strdup(url)) || !(download->easy = curl->easy_init()))
		fatal();
	start_thread(download);
	return download;
}

const char *download_trouble(const struct download *download)
{
	return atomic_load(&download->trouble);
}

int64_t download_size(const struct download *download)
{
	return atomic_load(&download->size);
}

int64_t download_received(const struct download *download)
{
	return atomic_load(&download->received);
}

void download_end(struct download *download)
{
	if (!download)
		return;
	atomic_store(&download->unwanted, true);
	pthread_join(download->thread, NULL);
	download->curl->easy_cleanup(download->easy);
	free(download->url);
	free(download);
}
