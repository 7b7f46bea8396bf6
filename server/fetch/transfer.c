/* transfer.c - one request and its answer, as libcurl is asked for it. */
#include <stdio.h>
#include <stdlib.h>

#include "fatal.h"
#include "fetch_private.h"

#define RETRY_AFTER_MAX_S ((int64_t)6 * 3600)   /* as newer versions of libcurl have it */
#define EXPECTS_BYTES (512 * 1024)
#define AUTHORITIES_KEPT_S 300L         /* what CURL_CA_BUNDLE or the system has of them */
#define PIECES_BUFFER 4096L             /* bytes, of one of a thousand answers that come in small pieces; else libcurl has 16 KiB */

/* ---- The answer, as it comes ---- */

static size_t refuse(struct fetch *fetch, const char *why)
{
	fetch->why = why;
	return 0;
}

static size_t refuse_for_memory(struct fetch *fetch)
{
	fetch->answer.failed_here = true;
	return refuse(fetch, "there is no memory for its answer beside the others'");
}

static void heard(struct fetch *fetch, size_t size)
{
	fetch->heard_ms = tick_ms();
	fetch->heard_bytes += size;
}

static size_t collect(struct fetch *fetch, const char *bytes, size_t size)
{
	if (!request_take_memory(fetch, &fetch->body, &fetch->body_room, fetch->body_size + size,
	                       fetch->request.answer_max))
		return refuse_for_memory(fetch);
	memcpy(fetch->body + fetch->body_size, bytes, size);
	fetch->body_size += size;
	return size;
}

static size_t hand_on(struct fetch *fetch, char *bytes, size_t size)
{
	if (!event_begin(fetch))
		return 0;
	enum fetch_piece piece = fetch->events.piece(fetch->owner, fetch, (str) { bytes, size });
	event_end(fetch);
	if (piece == FETCH_MORE)
		return size;
	if (piece == FETCH_END)
		return refuse(fetch, "who asked wanted no more of its answer");
	fetch->paused = true;
	return CURL_WRITEFUNC_PAUSE;
}

static size_t take_bytes(char *bytes, size_t one, size_t count, void *context)
{
	struct fetch *fetch = context;
	size_t size = one * count, most = fetch->request.answer_max;

	if ((most || !fetch->events.piece) && size > most - fetch->heard_bytes)
		return refuse(fetch, arena_print(fetch->arena, "its answer is longer than %zu bytes", most));
	size_t taken = fetch->events.piece ? hand_on(fetch, bytes, size) : collect(fetch, bytes, size);
	if (taken == size)
		heard(fetch, size);
	return taken;
}

static void read_head(struct fetch *fetch, const struct curl_library *curl)
{
	struct fetch_answer *answer = &fetch->answer;
	struct arena *arena = fetch->arena;
	long status = 0;
	curl_off_t retry_after = 0;
	char *type = NULL, *elsewhere = NULL;

	curl->getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &status);
	curl->getinfo(fetch->easy, CURLINFO_RETRY_AFTER, &retry_after);
	curl->getinfo(fetch->easy, CURLINFO_CONTENT_TYPE, &type);
	curl->getinfo(fetch->easy, CURLINFO_REDIRECT_URL, &elsewhere);
	answer->status = (int)status;
	answer->retry_after_ms = retry_after < RETRY_AFTER_MAX_S ? (int64_t)retry_after * 1000
	                                                         : RETRY_AFTER_MAX_S * 1000;
	answer->type = type ? str_of(arena_copy(arena, str_of(type))) : (str) { 0 };
	answer->elsewhere = elsewhere ? arena_copy(arena, str_of(elsewhere)) : NULL;
	answer->head = (str) { fetch->head ? fetch->head : "", fetch->head_size };
}

static bool end_head(struct fetch *fetch)
{
	fetch->head_over = true;
	if (!fetch->events.head)
		return true;
	read_head(fetch, curl_library());
	if (!event_begin(fetch))
		return false;
	fetch->events.head(fetch->owner, fetch, &fetch->answer);
	event_end(fetch);
	return true;
}

/* 100 Continue and the like have heads of their own, which say nothing of the answer; after 101 comes no other. As libcurl
 * read it: a header may look like the line of a status, too. */
static bool is_preliminary(const struct fetch *fetch)
{
	long status = 0;

	curl_library()->getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &status);
	return status >= 100 && status < 200 && status != 101;
}

/* False: nobody wants to hear of it any more. */
static bool end_line_of_head(struct fetch *fetch, str line)
{
	if (!str_is(line, "\r\n") && !str_is(line, "\n"))
		return true;
	if (!is_preliminary(fetch))
		return end_head(fetch);
	fetch->head_size = 0;
	return true;
}

/* A line of the head; behind the body there may be some more, which nobody asks for. */
static size_t take_header(char *bytes, size_t one, size_t count, void *context)
{
	struct fetch *fetch = context;
	size_t size = one * count;
	str line = { bytes, size };

	fetch->heard_ms = tick_ms();
	if (fetch->head_over)
		return size;
	if (fetch->head_size + size > HEAD_MAX)
		return refuse(fetch, "the headers of its answer are longer than 64 KiB");
	if (!request_take_memory(fetch, &fetch->head, &fetch->head_room, fetch->head_size + size, HEAD_MAX))
		return refuse_for_memory(fetch);
	memcpy(fetch->head + fetch->head_size, bytes, size);
	fetch->head_size += size;
	return end_line_of_head(fetch, line) ? size : 0;
}

static int connected(void *context, UNUSED char *a, UNUSED char *b, UNUSED int c, UNUSED int d)
{
	host_dialled(context);
	return CURL_PREREQFUNC_OK;
}

/* ---- The request ---- */

static struct curl_slist *append(const struct curl_library *curl, struct curl_slist *list,
                                 const char *header)
{
	list = curl->slist_append(list, header);
	if (!list)
		fatal();
	return list;
}

/* libcurl reads "Name:" as "leave this header out"; an empty one is spelled "Name;". */
static struct curl_slist *header_list(const struct curl_library *curl, const struct fetch *fetch)
{
	struct curl_slist *list = NULL;

	/* Of a body of more than 1 MiB libcurl would ask first, and wait. */
	if (fetch->request.body.size >= EXPECTS_BYTES)
		list = append(curl, list, "Expect:");
	for (const char *const *header = fetch->request.headers; *header; header++) {
		const char *colon = strchr(*header, ':');
		if (colon && str_trim(str_of(colon + 1)).size == 0)
			list = append(curl, list, arena_print(fetch->arena, "%.*s;",
			                                      (int)(colon - *header), *header));
		else
			list = append(curl, list, *header);
	}
	return list;
}

static void set_method(const struct fetch *fetch, const struct curl_library *curl)
{
	const struct fetch_request *request = &fetch->request;
	CURL *easy = fetch->easy;
	bool get = strcmp(request->method, "GET") == 0, post = strcmp(request->method, "POST") == 0;

	/* Whatever the handle's last one was. */
	curl->setopt(easy, CURLOPT_HTTPGET, 1L);
	curl->setopt(easy, CURLOPT_CUSTOMREQUEST, NULL);
	if (post || request->body.size > 0) {
		curl->setopt(easy, CURLOPT_POST, 1L);
		curl->setopt(easy, CURLOPT_POSTFIELDS, request->body.at);
		curl->setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.size);
	}
	if (strcmp(request->method, "HEAD") == 0)
		curl->setopt(easy, CURLOPT_NOBODY, 1L);
	else if (!post && !get)
		curl->setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static void set_bounds(const struct fetch *fetch, const struct curl_library *curl)
{
	int64_t left = fetch->total_at_ms - tick_ms();
	long total = left > 1 ? (long)left : 1;
	long connect = fetch->request.connect_ms < total ? (long)fetch->request.connect_ms : total;

	curl->setopt(fetch->easy, CURLOPT_CONNECTTIMEOUT_MS, connect);
	curl->setopt(fetch->easy, CURLOPT_TIMEOUT_MS, total);
	curl->setopt(fetch->easy, CURLOPT_FRESH_CONNECT, (long)fetch->request.once);
}

static void set_owner(struct fetch *fetch, const struct curl_library *curl)
{
	CURL *easy = fetch->easy;

	curl->setopt(easy, CURLOPT_PRIVATE, fetch);
	curl->setopt(easy, CURLOPT_WRITEDATA, fetch);
	curl->setopt(easy, CURLOPT_HEADERDATA, fetch);
	curl->setopt(easy, CURLOPT_PREREQDATA, fetch);
	curl->setopt(easy, CURLOPT_ERRORBUFFER, fetch->words);
}

void transfer_set_up(const struct curl_library *curl, CURL *easy)
{
	const char *authorities = getenv("CURL_CA_BUNDLE");     /* as for curl and many others */

	curl->setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl->setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl->setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);   /* or newer */
	curl->setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, AUTHORITIES_KEPT_S);
	curl->setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl->setopt(easy, CURLOPT_TCP_NODELAY, 1L);
	curl->setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (authorities && *authorities)
		curl->setopt(easy, CURLOPT_CAINFO, authorities);
	curl->setopt(easy, CURLOPT_MAXAGE_CONN, (long)CONNECTION_IDLE_S);
	/* Who gives up on a name that nobody answers for does not wait for the resolver, as all others here would. */
	curl->setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	/* Whoever is asked may move. A name is remembered by who knows how long it holds: the resolver. */
	curl->setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	curl->setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
	curl->setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl->setopt(easy, CURLOPT_PREREQFUNCTION, connected);
}

void transfer_begin(struct fetch *fetch, const struct curl_library *curl, CURL *easy)
{
	fetch->easy = easy;
	curl->setopt(easy, CURLOPT_URL, fetch->request.url);
	curl->setopt(easy, CURLOPT_PROXY, fetch->host->is_near ? "" : NULL);    /* NULL: as the environment says */
	set_bounds(fetch, curl);
	set_owner(fetch, curl);
	curl->setopt(easy, CURLOPT_BUFFERSIZE, fetch->events.piece ? PIECES_BUFFER : (long)CURL_MAX_WRITE_SIZE);
	set_method(fetch, curl);
	fetch->headers = header_list(curl, fetch);
	curl->setopt(easy, CURLOPT_HTTPHEADER, fetch->headers);
}

/* ---- What came of it ---- */

/* OpenSSL's X509_V_ERR_...: who signed it is not known. What expired, or is for another name, is wrong for all. */
static bool is_of_a_stranger(long verified)
{
	return verified == 2 || (verified >= 18 && verified <= 21);
}

static const char *explain(struct fetch *fetch, const struct curl_library *curl, CURLcode code)
{
	struct arena *arena = fetch->arena;
	const char *words = fetch->words[0] ? fetch->words : curl->words(code);
	long verified = 0;

	if (fetch->why)
		return fetch->why;
	curl->getinfo(fetch->easy, CURLINFO_SSL_VERIFYRESULT, &verified);
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT:
		return arena_print(arena, "there was no answer in time (%s)", words);
	case CURLE_PARTIAL_FILE:
		return arena_print(arena, "the connection was closed before the end of its answer (%s)", words);
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

void transfer_end(struct fetch *fetch, const struct curl_library *curl, CURLcode code)
{
	long sent = 0, connections = 0;

	curl->getinfo(fetch->easy, CURLINFO_REQUEST_SIZE, &sent);
	curl->getinfo(fetch->easy, CURLINFO_NUM_CONNECTS, &connections);
	atomic_fetch_add(&fetch_counters.connections, connections);
	if (code == CURLE_OK && !fetch->why) {
		read_head(fetch, curl);
		fetch->answer.body = (str) { fetch->body ? fetch->body : "", fetch->body_size };
		fetch->answer.sent = true;
	} else {
		fetch->answer = (struct fetch_answer) {
			.why = explain(fetch, curl, code), .sent = sent > 0, .failed_here = fetch->answer.failed_here,
		};
	}
	curl->setopt(fetch->easy, CURLOPT_HTTPHEADER, NULL);
	curl->setopt(fetch->easy, CURLOPT_ERRORBUFFER, NULL);
	curl->slist_free_all(fetch->headers);
	fetch->headers = NULL;
}
