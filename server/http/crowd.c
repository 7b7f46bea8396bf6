/* crowd.c - which connections are from where, and which one makes way when there are too many.
 *
 * Addresses with open connections are in a hash table, and in crowds: those with 1 connection,
 * with 2 or 3, with 4 to 7 and so on. Whoever makes way is taken from the largest crowd that has
 * somebody to spare, and there it is who was idle longest. So an address that takes all it can get
 * loses its own connections to whoever comes, and nobody pays for more than a few steps. */
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "fatal.h"
#include "inside.h"
#include "siphash.h"

#define PLACES 1024
#define STEPS 16                /* at most, in search of one to spare */
#define MUCH_LARGER 3           /* crowds: eight times as many connections */

struct peer {
	struct peer *next;              /* in its place */
	struct peer *down, *up;         /* in its crowd */
	struct connection *first_idle, *last_idle;      /* who is idle longest first */
	uint64_t hash;
	int count, crowd;
};

struct crowds {
	uint64_t key[2];
	struct peer *first[CROWDS];
	struct peer *places[PLACES];
};

struct crowds *crowds_create(void)
{
	struct crowds *crowds = calloc(1, sizeof(*crowds));

	if (!crowds || getrandom(crowds->key, sizeof(crowds->key), 0) != sizeof(crowds->key))
		fatal();
	return crowds;
}

/* ---- Peers ---- */

/* One network of IPv6 has more addresses than there can be connections: its /64 counts. */
static uint64_t hash_address(const struct crowds *crowds, const struct sockaddr *address)
{
	const struct sockaddr_in *four = (const void *)address;
	const struct sockaddr_in6 *six = (const void *)address;

	if (address->sa_family == AF_INET)
		return siphash(crowds->key, (str) { (const char *)&four->sin_addr, 4 });
	if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		return siphash(crowds->key, (str) { (const char *)&six->sin6_addr + 12, 4 });
	return siphash(crowds->key, (str) { (const char *)&six->sin6_addr, 8 });
}

static struct peer **find(struct crowds *crowds, uint64_t hash)
{
	struct peer **place = &crowds->places[hash % PLACES];

	while (*place && (*place)->hash != hash)
		place = &(*place)->next;
	return place;
}

static void leave_crowd(struct crowds *crowds, struct peer *peer)
{
	if (peer->down)
		peer->down->up = peer->up;
	if (peer->up)
		peer->up->down = peer->down;
	else
		crowds->first[peer->crowd] = peer->down;
}

static void join_crowd(struct crowds *crowds, struct peer *peer)
{
	peer->crowd = 31 - __builtin_clz((unsigned)peer->count);
	peer->up = NULL;
	peer->down = crowds->first[peer->crowd];
	if (peer->down)
		peer->down->up = peer;
	crowds->first[peer->crowd] = peer;
}

void crowd_enter(struct connection *c)
{
	struct crowds *crowds = c->loop->crowds;
	const struct sockaddr *address =
		MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
	uint64_t hash = hash_address(crowds, address);
	struct peer **place = find(crowds, hash), *peer = *place;

	if (!peer) {
		peer = *place = calloc(1, sizeof(*peer));
		if (!peer)
			fatal();
		peer->hash = hash;
	} else {
		leave_crowd(crowds, peer);
	}
	peer->count++;
	join_crowd(crowds, peer);
	c->peer = peer;
}

void crowd_leave(struct connection *c)
{
	struct crowds *crowds = c->loop->crowds;
	struct peer *peer = c->peer;

	leave_crowd(crowds, peer);
	if (--peer->count > 0) {
		join_crowd(crowds, peer);
		return;
	}
	*find(crowds, peer->hash) = peer->next;
	free(peer);
}

/* ---- Who is idle ---- */

void crowd_idle(struct connection *c)
{
	struct peer *peer = c->peer;

	c->next_idle = NULL;
	c->previous_idle = peer->last_idle;
	if (peer->last_idle)
		peer->last_idle->next_idle = c;
	else
		peer->first_idle = c;
	peer->last_idle = c;
}

void crowd_busy(struct connection *c)
{
	struct peer *peer = c->peer;

	if (c->next_idle)
		c->next_idle->previous_idle = c->previous_idle;
	else
		peer->last_idle = c->previous_idle;
	if (c->previous_idle)
		c->previous_idle->next_idle = c->next_idle;
	else
		peer->first_idle = c->next_idle;
}

/* ---- Who makes way ---- */

/* Nothing came in that libmicrohttpd has not read yet. */
static bool is_silent(const struct connection *c)
{
	int unread = 0;

	return ioctl(c->fd, FIONREAD, &unread) == 0 && unread == 0;
}

static struct connection *silent_of(const struct peer *peer)
{
	struct connection *c = peer->first_idle;

	for (int i = 0; c && i < STEPS; i++, c = c->next_idle)
		if (is_silent(c))
			return c;
	return NULL;
}

static struct connection *longest_idle(const struct loop *loop)
{
	const struct connection *first = loop->phases[PHASE_NEW].first;
	const struct connection *idle = loop->phases[PHASE_IDLE].first;

	if (!first || (idle && idle->since_ms < first->since_ms))
		first = idle;
	return first && is_silent(first) ? (struct connection *)(uintptr_t)first : NULL;
}

static struct connection *find_idle(const struct loop *loop)
{
	struct connection *longest = longest_idle(loop);

	for (int crowd = CROWDS - 1; crowd >= 0; crowd--) {
		const struct peer *peer = loop->crowds->first[crowd];

		if (longest && longest->peer->crowd == crowd)
			return longest;
		for (int i = 0; peer && i < STEPS; i++, peer = peer->down) {
			struct connection *c = silent_of(peer);

			if (c)
				return c;
		}
	}
	return NULL;
}

/* A request that may never be whole, or was refused before it was; one that nobody has looked at yet; or
 * an answer that its client leaves lying. */
static bool can_be_spared(const struct connection *c)
{
	if (c->phase == PHASE_BODY)
		return c->exchange.response;
	if (c->phase == PHASE_SENDING)
		return c->since_ms <= c->loop->tick - LINGER_MS;
	return true;
}

/* Of an address with many times more connections than this one. */
static struct connection *find_unfinished(const struct loop *loop, const struct peer *newcomer)
{
	static const enum phase phases[] = {
		PHASE_HEADERS, PHASE_BODY, PHASE_IDLE, PHASE_NEW, PHASE_SENDING
	};
	int crowd = (newcomer ? newcomer->crowd : 0) + MUCH_LARGER;

	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		struct connection *c = loop->phases[phases[i]].first;

		for (int steps = 0; c && steps < STEPS; steps++, c = c->next)
			if (c->peer->crowd >= crowd && can_be_spared(c))
				return c;
	}
	return NULL;
}

struct connection *crowd_find(struct loop *loop, const struct sockaddr *address)
{
	struct connection *c = find_idle(loop);
	uint64_t hash;

	if (c)
		return c;
	hash = hash_address(loop->crowds, address);
	return find_unfinished(loop, *find(loop->crowds, hash));
}

void crowds_destroy(struct crowds *crowds)
{
	free(crowds);
}
