/* networks.c - lists of networks, and whose address a request comes from.
 *
 * Everything is compared as IPv6; an IPv4 address is its ::ffff: mapped form, so that the two ways
 * to write one are the same. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "auth.h"
#include "fatal.h"

#define ADDRESS_BITS 128
#define MAPPED_BITS 96
#define ITEM_MAX_SIZE 63        /* an IPv6 address with a zone and a prefix fits */

struct network {
	uint8_t bits[16];
	unsigned prefix;
};

struct networks {
	size_t count;
	struct network items[];
};

static bool parse_address(str text, uint8_t bits[16], bool *is_v4)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char copy[ITEM_MAX_SIZE + 1];
	if (text.size == 0 || text.size > ITEM_MAX_SIZE || memchr(text.at, 0, text.size))
		return false;
	memcpy(copy, text.at, text.size);
	copy[text.size] = '\0';

	*is_v4 = inet_pton(AF_INET, copy, bits + 12) == 1;
	if (*is_v4) {
		memcpy(bits, mapped, sizeof(mapped));
		return true;
	}
	char *zone = strchr(copy, '%');         /* of a link-local address: fe80::1%eth0 */
	if (zone)
		*zone = '\0';
	return inet_pton(AF_INET6, copy, bits) == 1;
}

static bool parse_network(str item, struct network *network)
{
	const char *slash = memchr(item.at, '/', item.size);
	size_t size = slash ? (size_t)(slash - item.at) : item.size;
	bool is_v4;
	if (!parse_address((str) { item.at, size }, network->bits, &is_v4))
		return false;

	unsigned before = is_v4 ? MAPPED_BITS : 0;
	int64_t prefix = ADDRESS_BITS - before;
	if (slash) {
		str digits = { slash + 1, item.size - size - 1 };
		if (str_starts(digits, "-") || !str_to_int(digits, &prefix) ||
		    prefix > ADDRESS_BITS - before)
			return false;
	}
	network->prefix = before + (unsigned)prefix;
	return true;
}

static bool separates(char c)
{
	return c == ',' || c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next item of a list; .size 0: there is none. */
static str next_item(const char **list)
{
	while (**list && separates(**list))
		++*list;
	str item = { *list, 0 };
	while (**list && !separates(**list))
		++*list, item.size++;
	return item;
}

struct networks *networks_parse(const char *list, str *wrong)
{
	/* The shortest item is :: and what separates it from the next. */
	size_t most = strlen(list ? list : "") / sizeof("::") + 1;
	struct networks *networks = calloc(1, sizeof(*networks) + most * sizeof(struct network));
	if (!networks)
		fatal();
	while (list) {
		str item = next_item(&list);
		if (item.size == 0)
			break;
		if (!parse_network(item, &networks->items[networks->count++])) {
			*wrong = item;
			networks_destroy(networks);
			return NULL;
		}
	}
	return networks;
}

void networks_destroy(struct networks *networks)
{
	free(networks);
}

static bool within(const uint8_t bits[16], const struct network *network)
{
	unsigned whole = network->prefix / 8, rest = network->prefix % 8;
	if (memcmp(bits, network->bits, whole) != 0)
		return false;
	return rest == 0 || (bits[whole] ^ network->bits[whole]) >> (8 - rest) == 0;
}

bool networks_contain(const struct networks *networks, str address)
{
	uint8_t bits[16];
	bool is_v4;
	if (!networks || networks->count == 0 || !parse_address(address, bits, &is_v4))
		return false;
	for (size_t i = 0; i < networks->count; i++)
		if (within(bits, &networks->items[i]))
			return true;
	return false;
}

/* The address of an item of X-Forwarded-For, which may carry a port; .at NULL: it has none. */
static str bare_address(str item)
{
	uint8_t bits[16];
	bool is_v4;
	if (item.size > 0 && item.at[0] == '[') {
		const char *end = memchr(item.at, ']', item.size);
		if (!end)
			return (str) { 0 };
		item = (str) { item.at + 1, (size_t)(end - item.at) - 1 };
	} else {
		const char *colon = memchr(item.at, ':', item.size);
		if (colon && !memchr(colon + 1, ':', (size_t)(item.at + item.size - colon - 1)))
			item.size = (size_t)(colon - item.at);
	}
	return parse_address(item, bits, &is_v4) ? item : (str) { 0 };
}

/* The last that is not empty, which says nothing; .size 0: there is none. */
static str last_item(str *list)
{
	str item = { 0 };
	while (item.size == 0 && list->size > 0) {
		size_t start = list->size;
		while (start > 0 && list->at[start - 1] != ',')
			start--;
		item = str_trim((str) { list->at + start, list->size - start });
		list->size = start > 0 ? start - 1 : 0;
	}
	return item;
}

/* A listener for both kinds of addresses sees IPv4 peers as ::ffff:192.0.2.1. */
static str unmapped(str address)
{
	static const str prefix = { "::ffff:", 7 };
	if (address.size <= prefix.size || !memchr(address.at, '.', address.size))
		return address;
	if (!str_is_nocase((str) { address.at, prefix.size }, prefix.at))
		return address;
	return (str) { address.at + prefix.size, address.size - prefix.size };
}

str auth_client_address(const struct networks *trusted, str peer, str forwarded_for)
{
	str client = peer;
	while (forwarded_for.size > 0 && networks_contain(trusted, client)) {
		str address = bare_address(last_item(&forwarded_for));
		if (!address.at)
			break;
		client = address;
	}
	return unmapped(client);
}

str auth_address_group(str address, char room[16])
{
	struct in6_addr bits;
	bool is_v4;

	if (!parse_address(address, bits.s6_addr, &is_v4))
		return address;
	memcpy(room, bits.s6_addr, sizeof(bits.s6_addr));
	return (str) { room, is_v4 || IN6_IS_ADDR_V4MAPPED(&bits) ? 16 : 8 };
}
