/* hosts.c - who goes next: so many in flight to each host and in all, callers in turn, hosts in turn. */
#include <stdlib.h>

#include "fatal.h"
#include "fetch_private.h"

#define HOSTS_KEPT 32                   /* that nobody asks now: what is known of them */

/* The requests of one party that wait for one host. */
struct line {
	struct line *next;
	uint64_t party;
	struct fetch *first, *last;
};

static struct {
	struct host *first;             /* the one that was served longest ago */
	int count;
	int in_flight, in_line, most;   /* of all hosts */
} hosts;

void hosts_begin(int most)
{
	hosts.most = most;
}

static void drop_host(struct host **at)
{
	struct host *host = *at;

	*at = host->next;
	hosts.count--;
	free(host->name);
	free(host);
}

void hosts_end(void)
{
	while (hosts.first)
		drop_host(&hosts.first);
}

static bool is_idle(const struct host *host)
{
	return !host->lines && host->in_flight == 0;
}

static void forget_some(void)
{
	for (struct host **at = &hosts.first; *at && hosts.count > HOSTS_KEPT; )
		if (is_idle(*at))
			drop_host(at);
		else
			at = &(*at)->next;
}

static void append(struct host *host)
{
	struct host **at = &hosts.first;

	while (*at)
		at = &(*at)->next;
	host->next = NULL;
	*at = host;
}

static struct host *host_of(const char *url)
{
	const char *name = strstr(url, "://");
	size_t size = name ? (size_t)(name + 3 - url) + strcspn(name + 3, "/?#") : strlen(url);

	for (struct host *host = hosts.first; host; host = host->next)
		if (strlen(host->name) == size && strncasecmp(host->name, url, size) == 0)
			return host;
	struct host *host = calloc(1, sizeof(*host));
	if (!host || !(host->name = strndup(url, size)))
		fatal();
	host->is_near = fetch_is_near(url);
	hosts.count++;
	append(host);
	return host;
}

static struct line *line_of(struct host *host, uint64_t party)
{
	struct line **at = &host->lines;

	for (; *at; at = &(*at)->next)
		if ((*at)->party == party)
			return *at;
	if (!(*at = calloc(1, sizeof(**at))))
		fatal();
	(*at)->party = party;
	return *at;
}

/* As shares_take() has it: a host may have as many as it leaves to the others, so that one that does not answer keeps
 * nobody from the others, however few there may be. */
static bool has_share(int of_host, int of_all, int most)
{
	return of_host < most - of_all;
}

bool host_add(struct fetch *fetch)
{
	forget_some();
	struct host *host = fetch->host = host_of(fetch->request.url);
	if (!has_share(host->in_line, hosts.in_line, WAITING_MOST))
		return false;
	struct line *line = fetch->line = line_of(host, fetch->request.party);
	fetch->before_in_line = line->last;
	fetch->after_in_line = NULL;
	*(line->last ? &line->last->after_in_line : &line->first) = fetch;
	line->last = fetch;
	host->in_line++;
	hosts.in_line++;
	return true;
}

static void remove_line(struct host *host, struct line *line)
{
	struct line **at = &host->lines;

	while (*at != line)
		at = &(*at)->next;
	*at = line->next;
	free(line);
}

void host_remove(struct fetch *fetch)
{
	struct line *line = fetch->line;

	*(fetch->before_in_line ? &fetch->before_in_line->after_in_line : &line->first) = fetch->after_in_line;
	*(fetch->after_in_line ? &fetch->after_in_line->before_in_line : &line->last) = fetch->before_in_line;
	fetch->line = NULL;
	fetch->host->in_line--;
	hosts.in_line--;
	if (!line->first)
		remove_line(fetch->host, line);
}

/* Whose turn it was goes behind the others. */
static void turn_lines(struct host *host)
{
	struct line *served = host->lines, **at = &host->lines;

	if (!served->next)
		return;
	*at = served->next;
	while (*at)
		at = &(*at)->next;
	served->next = NULL;
	*at = served;
}

static bool may_go(const struct host *host)
{
	return host->lines && host->in_flight < HOST_MOST && host->dialling < DIALLING_MOST
	       && has_share(host->in_flight, hosts.in_flight, hosts.most);
}

struct fetch *hosts_take(void)
{
	struct host **at = &hosts.first;

	while (*at && !may_go(*at))
		at = &(*at)->next;
	struct host *host = *at;
	if (!host)
		return NULL;
	*at = host->next;
	append(host);
	struct fetch *fetch = host->lines->first;
	turn_lines(host);
	host_remove(fetch);
	host->in_flight++;
	host->dialling++;
	hosts.in_flight++;
	fetch->dialling = true;
	return fetch;
}

void host_dialled(struct fetch *fetch)
{
	if (fetch->dialling)
		fetch->host->dialling--;
	fetch->dialling = false;
}

void host_leave(struct fetch *fetch)
{
	host_dialled(fetch);
	fetch->host->in_flight--;
	hosts.in_flight--;
}
