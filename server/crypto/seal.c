/* seal.c - AES-256-GCM over small texts.
 *
 * Sealed bytes: a version (1), 4 bytes that name the key, a nonce of 12, the text under the key, a
 * tag of 16. What comes before the nonce and the purpose are authenticated with it. A nonce is
 * random: one key may seal four thousand million texts before a repetition is worth a thought. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "seal.h"
#include "fatal.h"
#include "sha256.h"

#define VERSION 1
#define ID_SIZE 4
#define HEAD_SIZE (1 + ID_SIZE)
#define NONCE_SIZE 12
#define TAG_SIZE 16
#define AROUND (HEAD_SIZE + NONCE_SIZE + TAG_SIZE)
#define TEXT_MAX (((size_t)SEAL_MAX + AROUND) * 4 / 3 + 4)

#define KEYS_MAX 16
#define SECRET_MIN 32

struct sealing_key {
	uint8_t head[HEAD_SIZE];        /* version and id, as what it seals begins */
	uint8_t secret[DIGEST_SIZE];
};

static struct sealing_key keys[KEYS_MAX];
static size_t key_count;
static bool random_key;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_CIPHER *cipher;
static pthread_key_t at_exit;
static _Thread_local EVP_CIPHER_CTX *own;

static void add_key(str secret)
{
	struct sealing_key *key = &keys[key_count++];
	uint8_t id[DIGEST_SIZE];
	digest_for("mcp seal: key", secret, key->secret);
	digest_for("mcp seal: id", secret, id);
	key->head[0] = VERSION;
	memcpy(key->head + 1, id, ID_SIZE);
}

static void add_random_key(void)
{
	char secret[DIGEST_SIZE];
	random_bytes(secret, sizeof(secret));
	add_key((str) { secret, sizeof(secret) });
	OPENSSL_cleanse(secret, sizeof(secret));
}

static str next_secret(str *list)
{
	static const char separators[] = ", \t\r\n";
	while (list->size > 0 && strchr(separators, list->at[0]))
		list->at++, list->size--;
	str secret = { list->at, 0 };
	while (list->size > 0 && !strchr(separators, list->at[0]))
		list->at++, list->size--, secret.size++;
	return secret;
}

bool seal_is_random(void)
{
	return random_key;
}

const char *seal_configure(const char *text)
{
	static _Thread_local char wrong[128];
	str list = str_of(text ? text : "");
	int number = 0;

	key_count = 0;
	for (str secret; (secret = next_secret(&list)).size > 0; ) {
		number++;
		if (secret.size < SECRET_MIN) {
			snprintf(wrong, sizeof(wrong), "STATE_KEYS, item %d: it is shorter than %d"
			         " characters (make one with openssl rand -base64 32)", number, SECRET_MIN);
			return wrong;
		}
		if (key_count == KEYS_MAX) {
			snprintf(wrong, sizeof(wrong), "STATE_KEYS: more than %d", KEYS_MAX);
			return wrong;
		}
		add_key(secret);
	}
	random_key = key_count == 0;
	if (random_key)
		add_random_key();
	return NULL;
}

static void free_context(void *context)
{
	EVP_CIPHER_CTX_free(context);
}

/* Not before the first use, for it costs private memory: OpenSSL without its configuration file. */
static void prepare(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	if (!cipher || pthread_key_create(&at_exit, free_context) != 0)
		fatal();
	if (key_count == 0)
		add_random_key();
}

static EVP_CIPHER_CTX *context(void)
{
	pthread_once(&once, prepare);
	if (!own) {
		own = EVP_CIPHER_CTX_new();
		if (!own)
			fatal();
		pthread_setspecific(at_exit, own);
	}
	return own;
}

/* Begins either direction, with what is authenticated but not hidden. */
static bool begin(EVP_CIPHER_CTX *c, bool sealing, const struct sealing_key *key,
                  const uint8_t *nonce, const char *purpose)
{
	int size, length = (int)strlen(purpose);
	return EVP_CipherInit_ex2(c, cipher, key->secret, nonce, sealing, NULL) == 1 &&
	       EVP_CipherUpdate(c, NULL, &size, key->head, HEAD_SIZE) == 1 &&
	       EVP_CipherUpdate(c, NULL, &size, (const uint8_t *)purpose, length) == 1;
}

str seal(struct arena *arena, const char *purpose, str plain)
{
	if (plain.size > SEAL_MAX)
		return (str) { 0 };
	EVP_CIPHER_CTX *c = context();
	uint8_t *out = arena_alloc_raw(arena, plain.size + AROUND);
	uint8_t *nonce = out + HEAD_SIZE, *hidden = nonce + NONCE_SIZE, *tag = hidden + plain.size;
	int size, last;

	memcpy(out, keys[0].head, HEAD_SIZE);
	random_bytes(nonce, NONCE_SIZE);
	if (!begin(c, true, &keys[0], nonce, purpose) ||
	    EVP_CipherUpdate(c, hidden, &size, (const uint8_t *)plain.at, (int)plain.size) != 1 ||
	    EVP_CipherFinal_ex(c, tag, &last) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, tag) != 1)
		fatal();
	return base64url(arena, (str) { (char *)out, plain.size + AROUND });
}

static const struct sealing_key *key_of(str bytes)
{
	for (size_t i = 0; i < key_count; i++)
		if (memcmp(keys[i].head, bytes.at, HEAD_SIZE) == 0)
			return &keys[i];
	return NULL;
}

str seal_open(struct arena *arena, const char *purpose, str sealed)
{
	EVP_CIPHER_CTX *c = context();
	str bytes = sealed.size <= TEXT_MAX ? base64url_open(arena, sealed) : (str) { 0 };
	const struct sealing_key *key = bytes.size >= AROUND ? key_of(bytes) : NULL;
	if (!key)
		return (str) { 0 };

	const uint8_t *nonce = (const uint8_t *)bytes.at + HEAD_SIZE, *hidden = nonce + NONCE_SIZE;
	size_t plain_size = bytes.size - AROUND;
	uint8_t *plain = arena_alloc_raw(arena, plain_size + 1);
	int size, last;
	if (!begin(c, false, key, nonce, purpose) ||
	    EVP_CipherUpdate(c, plain, &size, hidden, (int)plain_size) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE,
	                        (void *)(hidden + plain_size)) != 1 ||
	    EVP_CipherFinal_ex(c, plain + size, &last) != 1)
		return (str) { 0 };
	return (str) { (char *)plain, plain_size };
}
