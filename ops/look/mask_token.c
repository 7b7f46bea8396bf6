/* mask_token.c - see mask_walk.h. What is secret by what it looks like: keys and tokens, by what they begin with. */
#include "mask_walk.h"

static inline bool is_base64url(char c)
{
	return is_wordy(c) || c == '-';
}

/* Of tokens, whichever base64 they are in. */
static inline bool is_token_sign(char c)
{
	return is_base64url(c) || c == '.' || c == '~' || c == '+' || c == '/';
}

/* A word of the language has no digit, and a capital at its beginning alone. */
static bool looks_made_up(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (is_digit(text[i]) || (i > 0 && text[i] >= 'A' && text[i] <= 'Z'))
			return true;
	return false;
}

/* ---- What begins as whoever gives it out has it begin ---- */

/* `least`: so many signs stand behind it at least. What begins with a letter is looked for where mask.c says so of that letter. */
#define PREFIX(begins, least) { { begins, sizeof(begins) - 1 }, least }
static const struct prefix {
	str begins;
	size_t least;
} prefixes[] = {
	PREFIX("mcp_", 20),                                                                     /* ours */
	PREFIX("IQoJb3JpZ2lu", 0), PREFIX("FwoGZXIvYXdz", 0),                                   /* temporary credentials of AWS */
	PREFIX("ghp_", 20), PREFIX("gho_", 20), PREFIX("ghu_", 20), PREFIX("ghs_", 20), PREFIX("ghr_", 20), PREFIX("github_pat_", 20),
	PREFIX("glpat-", 16), PREFIX("gldt-", 16), PREFIX("glrt-", 16), PREFIX("glptt-", 16),  /* GitLab */
	PREFIX("xoxb-", 10), PREFIX("xoxp-", 10), PREFIX("xoxa-", 10), PREFIX("xoxr-", 10), PREFIX("xoxs-", 10), PREFIX("xapp-", 10),     /* Slack */
	PREFIX("sk_live_", 10), PREFIX("sk_test_", 10), PREFIX("rk_live_", 10), PREFIX("rk_test_", 10), PREFIX("whsec_", 16),             /* Stripe */
	PREFIX("sk-ant-", 20), PREFIX("sk-proj-", 20),                                          /* Anthropic, OpenAI */
	PREFIX("npm_", 30), PREFIX("pypi-AgEI", 16), PREFIX("hf_", 30), PREFIX("hvs.", 20), PREFIX("dop_v1_", 32), PREFIX("glsa_", 20),
	PREFIX("shpat_", 20), PREFIX("shpss_", 20), PREFIX("AIza", 35), PREFIX("ya29.", 20), PREFIX("GOCSPX-", 20),
};

static const struct prefix *prefix_at(const struct walk *walk)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		str begins = prefixes[i].begins;
		if (walk->text.size - walk->at >= begins.size && memcmp(walk->text.at + walk->at, begins.at, begins.size) == 0)
			return &prefixes[i];
	}
	return NULL;
}

bool find_prefixed(struct walk *walk, struct found *found)
{
	const struct prefix *prefix = prefix_at(walk);

	if (!prefix)
		return false;
	size_t end = run_of(walk, walk->at, is_token_sign), size = end - walk->at;
	bool is_token = size >= prefix->begins.size + prefix->least && looks_made_up(walk->text.at + walk->at, size);
	*found = (struct found) { is_token ? walk->at : end, end };
	return true;
}

#define ACCESS_KEY_SIZE 20
#define ITS_SECRET_SIZE 40
#define APART_MAX 8             /* bytes between the two */

static bool is_secret_sign(char c)
{
	return is_letter(c) || is_digit(c) || c == '+' || c == '/';
}

/* The end of the secret of an access key that ends there, where it stands behind it; else of that key. */
static size_t with_its_secret(const struct walk *walk, size_t end)
{
	size_t begin = end, least = end + APART_MAX;

	while (begin < walk->text.size && begin < least && !is_secret_sign(walk->text.at[begin]))
		begin++;
	size_t last = begin;
	while (last < walk->text.size && last - begin <= ITS_SECRET_SIZE && is_secret_sign(walk->text.at[last]))
		last++;
	return begin > end && last - begin == ITS_SECRET_SIZE ? last : end;
}

/* AKIA… and ASIA… */
bool find_access_key(struct walk *walk, struct found *found)
{
	const char *at = walk->text.at + walk->at;
	size_t end = run_of(walk, walk->at, is_wordy);

	if (end - walk->at != ACCESS_KEY_SIZE || (memcmp(at, "AKIA", 4) != 0 && memcmp(at, "ASIA", 4) != 0))
		return find_prefixed(walk, found);
	*found = (struct found) { walk->at, with_its_secret(walk, end) };
	return true;
}

bool find_json_web_token(struct walk *walk, struct found *found)
{
	size_t end = walk->at;
	int parts = 0;

	if (!has_at(walk, walk->at, STR("eyJ")))
		return false;
	for (;; end++) {
		size_t part = end;
		end = run_of(walk, part, is_base64url);
		parts += end > part;
		if (end == walk->text.size || walk->text.at[end] != '.')
			break;
	}
	*found = (struct found) { parts >= 3 ? walk->at : end, end };
	return true;
}

/* From its first line to its last. */
bool find_private_key(struct walk *walk, struct found *found)
{
	str rest = { walk->text.at + walk->at, walk->text.size - walk->at }, head = { rest.at, rest.size < 64 ? rest.size : 64 };
	const char *kind = str_starts(rest, "-----BEGIN ") ? memmem(head.at, head.size, "PRIVATE KEY", 11) : NULL;

	if (!kind || !memmem(kind, head.size - (size_t)(kind - head.at), "-----", 5))
		return false;
	const char *last = memmem(rest.at, rest.size, "-----END ", 9);
	*found = (struct found) { walk->at, last ? (size_t)(last - walk->text.at) : walk->text.size };
	return true;
}

/* ---- What is handed in with a request ---- */

#define BEARER_LEAST 8

/* Behind the word and what parts it from what follows; 0: it is not there. */
static size_t behind_word(const struct walk *walk, str word)
{
	static const str gaps[] = { { " ", 1 }, { "%20", 3 }, { "+", 1 } };
	size_t begin = walk->at + word.size, at = begin;

	if (!has_at(walk, walk->at, word))
		return 0;
	for (size_t i = 0; i < sizeof(gaps) / sizeof(*gaps); i++)
		while (has_at(walk, at, gaps[i]))
			at += gaps[i].size;
	return at > begin ? at : 0;
}

/* Six bits of base64, in either alphabet; -1: it is no sign of it. */
static int bits_of(char c)
{
	static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c == '-' ? signs + 62 : c == '_' ? signs + 63 : c ? strchr(signs, c) : NULL;

	return at ? (int)(at - signs) : -1;
}

/* Base64 of user:password. A word of the language is of no user and a colon. */
static bool is_pair(str text)
{
	uint32_t bits = 0;

	for (size_t i = 0, have = 0; i < text.size && bits_of(text.at[i]) >= 0; i++) {
		bits = bits << 6 | (uint32_t)bits_of(text.at[i]);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		char c = (char)(bits >> have & 0xff);
		if (c == ':')
			return true;
		if (c < ' ' || c > '~')
			return false;
	}
	return false;
}

/* Whole base64, which a word of the language mostly is not. */
static bool is_whole(const struct walk *walk, size_t at, size_t end)
{
	size_t size = end - at;

	while (end < walk->text.size && walk->text.at[end] == '=') {
		end++;
		size++;
	}
	return size % 4 == 0;
}

bool find_bearer(struct walk *walk, struct found *found)
{
	size_t bearer = behind_word(walk, STR("bearer")), at = bearer ? bearer : behind_word(walk, STR("basic"));

	if (!at)
		return false;
	size_t end = run_of(walk, at, is_token_sign);
	bool is_token = end - at >= BEARER_LEAST && looks_made_up(walk->text.at + at, end - at) && (bearer || is_whole(walk, at, end));
	if (!bearer && is_pair((str) { walk->text.at + at, end - at }))
		is_token = true;
	*found = (struct found) { is_token ? at : end, end };
	return true;
}
