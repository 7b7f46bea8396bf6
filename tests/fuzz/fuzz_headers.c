/* fuzz_headers.c - headers anybody may send, and the settings they are held against.
 *
 * The input's lines: an Authorization header, a peer's address, X-Forwarded-For, TRUSTED_PROXIES;
 * the rest is the text of API_KEYS. */
#include "fuzz.h"

#include "auth.h"
#include "http.h"
#include "keys.h"

#define KNOWN "known:8c0a3c3ef9b3dbe0e1a8a1c1b4c1f6f0a9b1f5fbe59c4b39b9b9f7e2a5a3c1d0:a:read,b"

static void check_authorization(str header)
{
	struct auth_answer answer = auth_check(header);
	must(!answer.caller && answer.outcome != AUTH_FINE);    /* nobody finds that key */
}

static void check_address(struct arena *arena, str peer, str forwarded, str list)
{
	str wrong = { 0 };
	const char *text = arena_copy(arena, list);
	struct networks *networks = networks_parse(text, &wrong);
	if (!networks) {
		must(wrong.size > 0 && wrong.at >= text && wrong.at + wrong.size <= text + list.size);
		return;
	}
	str client = auth_client_address(networks, peer, forwarded);
	bool from_peer = client.at >= peer.at && client.at + client.size <= peer.at + peer.size;
	bool from_header = client.at >= forwarded.at &&
	                   client.at + client.size <= forwarded.at + forwarded.size;
	must(from_peer || from_header);
	must(from_peer || networks_contain(networks, peer));
	networks_destroy(networks);
}

/* Whatever it is, it comes to an end, and its items are its own, none of them empty. */
static void check_list(str list)
{
	const char *at = list.at, *end = list.at + list.size;

	for (str item; (item = header_item(&list)).at; at = item.at + item.size) {
		must(item.size > 0 && item.at >= at && item.at + item.size <= end);
		must(item.at[0] != ' ' && item.at[0] != ',' && item.at[item.size - 1] != ' ');
	}
	must(list.size == 0);
}

static void check_keys(struct arena *arena, str text)
{
	const char *wrong = NULL, *setting = arena_copy(arena, text);
	if (setting[0] == '@' || setting[0] == '/')
		return;
	struct keys *keys = keys_read(setting, &wrong);
	must((keys != NULL) == (wrong == NULL));
	keys_drop(keys);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	if (!ready) {
		must(!auth_configure(KNOWN, false));
		ready = true;
	}
	struct arena *arena = arena_create();
	str rest = input_of(data, size);
	str authorization = input_line(&rest);
	str peer = input_line(&rest), forwarded = input_line(&rest), list = input_line(&rest);
	check_authorization(authorization);
	check_list(authorization);
	check_list(forwarded);
	check_address(arena, peer, forwarded, list);
	check_keys(arena, rest);
	arena_destroy(arena);
	return 0;
}
