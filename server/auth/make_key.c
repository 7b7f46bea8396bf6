/* make_key.c - the command that makes a key: mcp-NAME key NAME SCOPE... */
#include <stdio.h>

#include "keys.h"
#include "seal.h"

static int misused(const char *why, const char *what, const char *usage)
{
	fprintf(stderr, "%s%s\n%s", why, what, usage);
	return 2;
}

static void print_line(const char *name, const char *key, int count, char **scopes)
{
	uint8_t digest[DIGEST_SIZE];
	char hash[DIGEST_TEXT_SIZE];
	digest_of(str_of(key), digest);
	digest_print(digest, hash);

	printf("# The line to store, in API_KEYS or in the file it names:\n%s:%s:", name, hash);
	for (int i = 0; i < count; i++)
		printf("%s%s", i > 0 ? "," : "", scopes[i]);
	printf("\n");
}

static bool is_item(const char *item)
{
	static const char customer[] = "customer=";

	return str_starts(str_of(item), customer) ? key_customer_valid(str_of(item + strlen(customer)))
	                                          : key_scope_valid(str_of(item));
}

int auth_make_key(int argc, char **argv, const char *usage)
{
	if (argc < 3)
		return misused(argc < 2 ? "a name is missing" : "a scope is missing", "", usage);
	if (!key_name_valid(str_of(argv[1])))
		return misused("this cannot be a name: ", argv[1], usage);
	for (int i = 2; i < argc; i++)
		if (!is_item(argv[i]))
			return misused("this cannot be a scope: ", argv[i], usage);

	struct arena *arena = arena_create();
	char *key = arena_print(arena, KEY_PREFIX "%s", random_text(arena, KEY_BYTES));
	printf("# The key. Give it to the client now: it is shown only once.\n%s\n", key);
	print_line(argv[1], key, argc - 2, argv + 2);
	arena_destroy(arena);
	if (fflush(stdout) != 0) {
		perror("stdout");
		return 1;
	}
	return 0;
}
