/* misspelt.c - variables of the environment that are no settings, and nearly one: whoever set them meant it. */
#include "settings.h"

#define SHORTEST 5                      /* fewer letters are near many words */

extern char **environ;

/* Whether a letter too many, too few, another, or two in the wrong order are all that is between them. */
static bool is_near(str word, str name)
{
	size_t same = 0;

	while (same < word.size && same < name.size && word.at[same] == name.at[same])
		same++;
	str left = { word.at + same, word.size - same }, right = { name.at + same, name.size - same };
	if (left.size == right.size + 1)
		return memcmp(left.at + 1, right.at, right.size) == 0;
	if (right.size == left.size + 1)
		return memcmp(left.at, right.at + 1, left.size) == 0;
	if (left.size != right.size || left.size == 0)
		return false;
	if (memcmp(left.at + 1, right.at + 1, left.size - 1) == 0)
		return true;
	return left.size > 1 && left.at[0] == right.at[1] && left.at[1] == right.at[0]
	       && memcmp(left.at + 2, right.at + 2, left.size - 2) == 0;
}

static const char *near_setting(const struct setting *const *tables, str word)
{
	for (; *tables; tables++)
		for (const struct setting *setting = *tables; setting->name; setting++)
			if (is_near(word, str_of(setting->name)))
				return setting->name;
	return NULL;
}

void settings_misspelt(const struct setting *const *tables, void (*tell)(const char *name, const char *meant))
{
	for (char **each = environ; each && *each; each++) {
		str name = { *each, strcspn(*each, "=") };
		const char *meant = name.size < SHORTEST || settings_have(name) ? NULL : near_setting(tables, name);
		char text[64];
		if (!meant || name.size >= sizeof(text))
			continue;
		memcpy(text, name.at, name.size);
		text[name.size] = '\0';
		tell(text, meant);
	}
}
