/* calls_out.c - see calls_out.h. */
#include "calls_out.h"

#include <pthread.h>
#include <stdio.h>

#include "core.h"
#include "counted.h"
#include "trouble.h"

#define SERVICES_MAX 15                         /* and a place for all others */
#define SERVICE_SIZE 64

struct calls_out {
	char service[SERVICE_SIZE];
	char names[CALLS_OUT][SERVICE_SIZE + 64];
	atomic_llong counts[CALLS_OUT];
	struct counted table[CALLS_OUT + 1];
};

static const char *const words[CALLS_OUT] = { "answered", "refused", "unavailable", "denied", "unreadable", "unreachable", "held-back" };

static struct {
	pthread_mutex_t lock;
	int count;
	struct calls_out each[SERVICES_MAX + 1];
} all = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* What stands in a URL between // and the path, without a password, and only of letters that need no quoting. */
static void read_service(const char *url, char service[SERVICE_SIZE])
{
	const char *at = strstr(url, "://"), *end, *user;
	size_t size = 0;

	at = at ? at + 3 : url;
	end = at + strcspn(at, "/?#");
	while ((user = memchr(at, '@', (size_t)(end - at))) != NULL)
		at = user + 1;
	for (; at < end && size < SERVICE_SIZE - 1; at++)
		if (*at > ' ' && *at <= '~' && *at != '"' && *at != '\\')
			service[size++] = *at;
	service[size] = '\0';
}

static void begin(struct calls_out *calls, const char *service)
{
	snprintf(calls->service, sizeof(calls->service), "%s", service);
	for (int i = 0; i < CALLS_OUT; i++) {
		snprintf(calls->names[i], sizeof(calls->names[i]), "mcp_calls_out_total{service=\"%s\",outcome=\"%s\"}",
		         service, words[i]);
		calls->table[i] = (struct counted) {
			.name = calls->names[i], .type = "counter",
			.help = "Calls of other services' tools, by service and what came of them; tries of one are one.",
			.value = &calls->counts[i] };
	}
	counted_add(calls->table);
}

struct calls_out *calls_out_to(const char *url)
{
	char service[SERVICE_SIZE];
	int at = 0;

	read_service(url, service);
	pthread_mutex_lock(&all.lock);
	while (at < all.count && strcmp(all.each[at].service, service) != 0)
		at++;
	if (at > SERVICES_MAX)
		at = SERVICES_MAX;
	if (at == all.count)
		begin(&all.each[all.count++], at < SERVICES_MAX ? service : "other");
	pthread_mutex_unlock(&all.lock);
	return &all.each[at];
}

const char *calls_out_service(const struct calls_out *calls)
{
	return calls->service;
}

const char *calls_out_word(enum call_out came_of)
{
	return words[came_of];
}

void calls_out_again(enum call_out came_of)
{
	if (came_of > CALL_REFUSED)
		trouble_note(TROUBLE_SERVICE);
}

void calls_out_note(struct calls_out *calls, enum call_out came_of)
{
	atomic_fetch_add_explicit(&calls->counts[came_of], 1, memory_order_relaxed);
	calls_out_again(came_of);
}
