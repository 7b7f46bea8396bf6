/* identity.c - who signs, and the keys that are derived of its secret. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "identity.h"
#include "fatal.h"

#define DERIVED_MAX 16                  /* services of a region on a day; the oldest is forgotten */
#define SCOPE_SIZE 96                   /* of a day, a region and a service */

struct derived {
	char scope[SCOPE_SIZE];         /* "": none */
	uint8_t key[DIGEST_SIZE];
};

struct identity {
	atomic_int keepers;
	str key_id, token;
	str chain;                      /* "AWS4" and the secret */
	int64_t expires_at_ms;
	pthread_mutex_t lock;
	struct derived derived[DERIVED_MAX];
	size_t next;                    /* the place of the next one */
	size_t size;
	char text[];
};

/* What a header and a credential's scope can hold: no blanks, no line breaks, nothing beyond ASCII. */
static bool is_plain(str text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.at[i] <= ' ' || text.at[i] > '~')
			return false;
	return true;
}

const char *identity_check(const struct identity_parts *parts)
{
	if (parts->key_id.size == 0 || parts->secret.size == 0)
		return parts->key_id.size ? "its secret access key is missing" : "its access key id is missing";
	if (parts->key_id.size > 128 || parts->secret.size > 1024 || parts->token.size > IDENTITY_TEXT_MAX)
		return "its access key, secret or session token is too long to be one";
	if (!is_plain(parts->key_id) || !is_plain(parts->secret) || !is_plain(parts->token))
		return "its access key, secret or session token has a blank or another character that none has";
	return NULL;
}

static str put(char **at, str text)
{
	str copy = { *at, text.size };

	if (text.size > 0)
		memcpy(*at, text.at, text.size);
	*at += text.size;
	return copy;
}

struct identity *identity_create(const struct identity_parts *parts)
{
	size_t text = parts->key_id.size + strlen("AWS4") + parts->secret.size + parts->token.size;
	size_t size = sizeof(struct identity) + text;
	struct identity *identity = calloc(1, size);
	char *at;

	if (!identity)
		fatal();
	at = identity->text;
	identity->keepers = 1;
	identity->size = size;
	identity->expires_at_ms = parts->expires_at_ms;
	pthread_mutex_init(&identity->lock, NULL);
	identity->key_id = put(&at, parts->key_id);
	identity->chain = put(&at, STR("AWS4"));
	identity->chain.size += put(&at, parts->secret).size;
	if (parts->token.size > 0)
		identity->token = put(&at, parts->token);
	return identity;
}

struct identity *identity_keep(struct identity *identity)
{
	atomic_fetch_add(&identity->keepers, 1);
	return identity;
}

void identity_drop(struct identity *identity)
{
	if (!identity || atomic_fetch_sub(&identity->keepers, 1) > 1)
		return;
	pthread_mutex_destroy(&identity->lock);
	explicit_bzero(identity, identity->size);
	free(identity);
}

str identity_key_id(const struct identity *identity)
{
	return identity->key_id;
}

str identity_token(const struct identity *identity)
{
	return identity->token;
}

int64_t identity_expires_at_ms(const struct identity *identity)
{
	return identity->expires_at_ms;
}

static void derive(const struct identity *identity, str day, str region, str service, uint8_t key[DIGEST_SIZE])
{
	str so_far = { (const char *)key, DIGEST_SIZE };

	digest_keyed(identity->chain, day, key);
	digest_keyed(so_far, region, key);
	digest_keyed(so_far, service, key);
	digest_keyed(so_far, STR("aws4_request"), key);
}

static bool find(struct identity *identity, const char *scope, uint8_t key[DIGEST_SIZE])
{
	for (size_t i = 0; i < DERIVED_MAX; i++) {
		if (strcmp(identity->derived[i].scope, scope) != 0)
			continue;
		memcpy(key, identity->derived[i].key, DIGEST_SIZE);
		return true;
	}
	return false;
}

static void remember(struct identity *identity, const char *scope, const uint8_t key[DIGEST_SIZE])
{
	struct derived *place = &identity->derived[identity->next++ % DERIVED_MAX];

	snprintf(place->scope, sizeof(place->scope), "%s", scope);
	memcpy(place->key, key, DIGEST_SIZE);
}

void identity_signing_key(struct identity *identity, str day, str region, str service, uint8_t key[DIGEST_SIZE])
{
	char scope[SCOPE_SIZE];
	int size = snprintf(scope, sizeof(scope), "%.*s/%.*s/%.*s", STR_FORMAT(day), STR_FORMAT(region),
	                    STR_FORMAT(service));

	pthread_mutex_lock(&identity->lock);
	if (size >= SCOPE_SIZE) { /* no region's and service's of AWS: derived each time */
		derive(identity, day, region, service, key);
	} else if (!find(identity, scope, key)) {
		derive(identity, day, region, service, key);
		remember(identity, scope, key);
	}
	pthread_mutex_unlock(&identity->lock);
}
