/* keys_read.c - the text of API_KEYS, or of the file it names, into a set of keys. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fatal.h"
#include "keys.h"

#define KEYS_MAX 4096
#define NAME_MAX_SIZE 64
#define SCOPE_MAX_SIZE 64
#define CUSTOMER "customer="
#define CUSTOMER_MAX_SIZE 64
#define FILE_MAX_SIZE (1024 * 1024)

/* What is being read. An item's text is never repeated in a message: it may be a secret that was
 * put in the wrong place. */
struct reading {
	const char *where;      /* the file, or the setting */
	const char *unit;       /* what its items are called there */
	int number;             /* of the item, from 1 */
	struct keys *keys;
	size_t room;
};

static _Thread_local char trouble[512];

static const char *wrong_at(const struct reading *reading, const char *what)
{
	snprintf(trouble, sizeof(trouble), "%s, %s %d: %s", reading->where, reading->unit,
	         reading->number, what);
	return trouble;
}

static bool is_word(str text, size_t most, const char *marks)
{
	if (text.size == 0 || text.size > most)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		char c = text.at[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!letter && !(c >= '0' && c <= '9') && !(c && strchr(marks, c)))
			return false;
	}
	return true;
}

bool key_name_valid(str name)
{
	return is_word(name, NAME_MAX_SIZE, "._-") && !str_is(name, "anonymous");
}

bool key_scope_valid(str scope)
{
	return str_is(scope, "*") || is_word(scope, SCOPE_MAX_SIZE, "._:/-");
}

bool key_customer_valid(str customer)
{
	return is_word(customer, CUSTOMER_MAX_SIZE, "._:/@+-");
}

/* Which are all but customer=ID, which is put there without its name. */
static const char *read_scopes(const struct reading *reading, str items, struct identity *who,
                               char scopes[])
{
	if (items.size > 0 && items.at[items.size - 1] == ',')
		return wrong_at(reading, "it ends with a comma");
	who->scopes = (str) { scopes, 0 };
	while (items.size > 0) {
		str item = str_cut(&items, ',');
		if (str_starts(item, CUSTOMER)) {
			str customer = { item.at + strlen(CUSTOMER), item.size - strlen(CUSTOMER) };
			if (who->customer.size > 0 || !key_customer_valid(customer))
				return wrong_at(reading, "after customer= come 1 to 64 of A-Z a-z 0-9 . _ : / @ +"
				                         " -, once");
			who->customer = customer;
			continue;
		}
		if (!key_scope_valid(item))
			return wrong_at(reading, "a scope is not 1 to 64 of A-Z a-z 0-9 . _ : / - or \"*\"");
		if (who->scopes.size > 0)
			scopes[who->scopes.size++] = ',';
		memcpy(scopes + who->scopes.size, item.at, item.size);
		who->scopes.size += item.size;
	}
	return who->scopes.size > 0 ? NULL
		: wrong_at(reading, "there are no scopes; \"*\" allows everything");
}

/* A key that is there twice would make it a matter of luck whose scopes count. A name may come twice,
 * while its key is replaced by another: what is a caller's stays so, if it may do the same. */
static const char *check_new(const struct reading *reading, const struct key *key)
{
	for (size_t i = 0; i < reading->keys->count; i++) {
		const struct key *other = &reading->keys->items[i];
		if (caller_same(key->caller, other->caller) &&
		    !(caller_covers(key->caller, other->caller) && caller_covers(other->caller, key->caller)))
			return wrong_at(reading, "its name is there already, further up, with other scopes or"
			                         " for another customer");
		if (memcmp(key->digest, other->digest, DIGEST_SIZE) == 0)
			return wrong_at(reading, "its key is there already, under another name");
	}
	return NULL;
}

static void add_key(struct reading *reading, const struct key *key)
{
	if (reading->keys->count == reading->room) {
		reading->room = reading->room ? 2 * reading->room : 8;
		size_t size = sizeof(struct keys) + reading->room * sizeof(struct key);
		reading->keys = realloc(reading->keys, size);
		if (!reading->keys)
			fatal();
	}
	reading->keys->items[reading->keys->count++] = *key;
}

/* `scopes` has room for the item. */
static const char *read_key(struct reading *reading, str item, char scopes[])
{
	struct key key;
	struct identity who = { .name = str_cut(&item, ':') };
	str hash = str_cut(&item, ':');

	if (!key_name_valid(who.name))
		return wrong_at(reading, "it must be NAME:SHA256HEX:SCOPE,SCOPE with a name of 1 to"
		                         " 64 of A-Z a-z 0-9 . _ - other than \"anonymous\"");
	if (str_starts(hash, KEY_PREFIX))
		return wrong_at(reading, "it holds a key; the SHA-256 of the key belongs here");
	if (!hash.at)
		return wrong_at(reading, "it must be NAME:SHA256HEX:SCOPE,SCOPE, a line as the command key prints"
		                         " it; a file of such lines is named as @FILE");
	if (!digest_parse(hash, key.digest))
		return wrong_at(reading, "after the name must come a SHA-256, 64 hexadecimal digits");
	if (reading->keys->count == KEYS_MAX)
		return wrong_at(reading, "there are more than 4096 keys");

	const char *wrong = read_scopes(reading, item, &who, scopes);
	if (wrong)
		return wrong;
	key.caller = caller_create(&who, key.digest);
	if ((wrong = check_new(reading, &key)))
		caller_drop(key.caller);
	else
		add_key(reading, &key);
	return wrong;
}

static const char *read_item(struct reading *reading, str item)
{
	char *scopes = malloc(item.size + 1);

	if (!scopes)
		fatal();
	const char *wrong = read_key(reading, item, scopes);
	free(scopes);
	return wrong;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static str trimmed(str text)
{
	while (text.size > 0 && is_space(text.at[0]))
		text.at++, text.size--;
	while (text.size > 0 && is_space(text.at[text.size - 1]))
		text.size--;
	return text;
}

static const char *read_lines(struct reading *reading, str text)
{
	const char *wrong = NULL;
	while (text.size > 0 && !wrong) {
		str line = trimmed(str_cut(&text, '\n'));
		reading->number++;
		if (line.size > 0 && line.at[0] != '#')
			wrong = read_item(reading, line);
	}
	return wrong;
}

static const char *read_items(struct reading *reading, str text)
{
	const char *wrong = NULL;
	for (text = trimmed(text); text.size > 0 && !wrong; text = trimmed(text)) {
		size_t size = 0;
		while (size < text.size && !is_space(text.at[size]))
			size++;
		reading->number++;
		wrong = read_item(reading, (str) { text.at, size });
		text.at += size;
		text.size -= size;
	}
	return wrong;
}

/* The file's text, to be freed; NULL: `wrong` says why. */
static char *load(const char *path, size_t *size, const char **wrong)
{
	char *text = NULL;
	FILE *file = fopen(path, "re");
	if (file && (text = malloc(FILE_MAX_SIZE + 1)))
		*size = fread(text, 1, FILE_MAX_SIZE + 1, file);
	if (!file || !text || ferror(file))
		snprintf(trouble, sizeof(trouble), "API_KEYS: cannot read %s: %s", path, strerror(errno));
	else if (*size > FILE_MAX_SIZE)
		snprintf(trouble, sizeof(trouble), "%s is larger than 1 MiB", path);
	else
		*wrong = NULL;
	if (file)
		fclose(file);
	if (*wrong) {
		free(text);
		return NULL;
	}
	return text;
}

static const char *read_file(struct reading *reading, const char *path)
{
	size_t size = 0;
	const char *wrong = trouble;
	char *text = load(path, &size, &wrong);
	if (text)
		wrong = read_lines(reading, (str) { text, size });
	free(text);
	return wrong;
}

struct keys *keys_read(const char *setting, const char **wrong)
{
	struct reading reading = { .where = "API_KEYS", .unit = "item" };
	reading.keys = calloc(1, sizeof(struct keys));
	if (!reading.keys)
		fatal();
	atomic_init(&reading.keys->references, 1);

	if (setting && (setting[0] == '@' || setting[0] == '/')) {
		reading.where = setting + (setting[0] == '@');
		reading.unit = "line";
		*wrong = read_file(&reading, reading.where);
	} else {
		*wrong = read_items(&reading, str_of(setting ? setting : ""));
	}
	if (!*wrong)
		return reading.keys;
	keys_drop(reading.keys);
	return NULL;
}

struct keys *keys_keep(struct keys *keys)
{
	if (keys)
		atomic_fetch_add_explicit(&keys->references, 1, memory_order_relaxed);
	return keys;
}

void keys_drop(struct keys *keys)
{
	if (!keys || atomic_fetch_sub_explicit(&keys->references, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < keys->count; i++)
		caller_drop(keys->items[i].caller);
	free(keys);
}
