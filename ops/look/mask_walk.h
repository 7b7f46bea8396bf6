/* mask_walk.h - how mask.c and what it looks for go over a text. */
#ifndef MASK_WALK_H
#define MASK_WALK_H

#include "core.h"

struct walk {
	str text;
	size_t at;
	size_t stop;            /* where what could be a URL's user and password ends; looked for once, see stop_from() */
	const size_t *parts;    /* where those of a row begin, and words with them; SIZE_MAX behind the last. NULL: it is one text */
};

/* What a pattern found: from here to there it is hidden, and the walk goes on there. Empty: it is none, and passed by without
 * another look at what is in it. */
struct found {
	size_t from, to;
};

static inline bool is_letter(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/* Of names and words. */
static inline bool is_wordy(char c)
{
	return is_letter(c) || is_digit(c) || c == '_';
}

/* Of one word, whatever it is. */
static inline bool goes_on(char c)
{
	switch (c) {
	case ',': case ';': case '&': case '"': case '\'': case '`': case '<': case '>': case '(': case ')': case '[': case ']':
	case '{': case '}': case '|': case '\\': case 0x7f:
		return false;
	default:
		return (unsigned char)c > ' ';
	}
}

static inline bool goes_on_line(char c)
{
	return c != '\r' && c != '\n' && c != '"' && c != '\\';
}

static inline size_t run_of(const struct walk *walk, size_t at, bool (*belongs)(char c))
{
	while (at < walk->text.size && belongs(walk->text.at[at]))
		at++;
	return at;
}

static inline bool has_at(const struct walk *walk, size_t at, str words)
{
	return walk->text.size - at >= words.size && letters_same(walk->text.at + at, words.at, words.size);
}

/* What is called a secret: NAME=value, NAME: value, "NAME": "value", \"NAME\":\"value\", the same in a URL's or HTML's signs or with colours
 * in it, "name": "NAME", "value": "value". Where the walk is there is the sign between them. */
bool find_assigned(struct walk *walk, struct found *found);
/* Where %3D, which is =, or %3A is. */
bool find_encoded(struct walk *walk, struct found *found);
/* <NAME>value</, where > is. */
bool find_element(struct walk *walk, struct found *found);
/* --NAME value, where -- is. */
bool find_option(struct walk *walk, struct found *found);
/* AKIA… and ASIA…, with the secret that stands behind it; what else begins as tokens do, and ours. */
bool find_access_key(struct walk *walk, struct found *found);
bool find_prefixed(struct walk *walk, struct found *found);
bool find_json_web_token(struct walk *walk, struct found *found);
/* -----BEGIN … PRIVATE KEY, where -- is. */
bool find_private_key(struct walk *walk, struct found *found);
/* Bearer TOKEN, Basic base64 of user:password. */
bool find_bearer(struct walk *walk, struct found *found);
/* What stands below NAME: |, whose sign the walk is at and `at` behind; empty: nothing does. */
struct found block_below(const struct walk *walk, size_t at);

/* The next that is secret by what it looks like, whatever it is called (mask.c). */
bool next_by_form(struct walk *walk, struct found *found);

/* Obeyed by terminals, turns what is read around, or hides text from whoever reads it but not from a model. */
bool is_control(int32_t c);
/* Without what nobody sees between what is plain ASCII; `text` itself where there is none. */
const char *mask_joined(struct arena *arena, const char *text);
/* Whether what has that name is secret. */
bool is_secret_name(str name);
/* What is no secret, whatever it is called: nothing, null, a truth. */
bool says_little(str value);

#endif
