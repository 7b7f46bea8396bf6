/* sign.c - signs as many requests of AWS as it is told, and prints how many µs one took. */
#include <stdio.h>
#include <stdlib.h>

#include "sign.h"

static void sign_once(struct identity *identity, int i)
{
	struct arena *arena = arena_create();
	char *body = arena_print(arena, "{\"cluster\":\"shop-dev\",\"services\":[\"products\",\"orders\",\"%d\"]}", i);
	struct sign_header headers[] = {
		{ STR("Host"), STR("ecs.eu-central-1.amazonaws.com") }, { STR("Content-Type"), STR("application/x-amz-json-1.1") },
		{ STR("X-Amz-Date"), STR("20261128T120000Z") },
		{ STR("X-Amz-Target"), STR("AmazonEC2ContainerServiceV20141113.DescribeServices") },
	};
	struct sign_request request = { "POST", STR("/"), STR(""), headers, 4, str_of(body) };

	sign(arena, identity, STR("eu-central-1"), STR("ecs"), "20261128T120000Z", &request);
	arena_destroy(arena);
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 100000;
	struct identity *identity = identity_create(&(struct identity_parts) {
		.key_id = STR("AKIDEXAMPLE"), .secret = STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY") });

	sign_once(identity, 0);
	int64_t began = tick_us();
	for (int i = 0; i < count; i++)
		sign_once(identity, i);
	printf("%.2f\n", (double)(tick_us() - began) / count);
	identity_drop(identity);
	return 0;
}
