/* settings.h - reads the settings (see setting.h) from environment and flags, prints --help. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdio.h>

#include "setting.h"

#define SETTINGS_MAX 128                /* in all tables */

/* Reads the tables (an array of them, ending with NULL). Flags are taken out of argv, the words
 * that are left (argv[0] first) move to the front and *argc says how many; everything after "--" is
 * left as it is. A flag that no table knows is left as well, the command may know it. NULL, or what
 * is wrong with which setting. Called again with argc NULL it reads the environment anew; the flags
 * of before still win. */
const char *settings_read(const struct setting *const *tables, int *argc, char **argv);
/* The same of what is given, NAME=VALUE each, ending with NULL, and of nothing else: the later of two of a name does
 * not count. */
const char *settings_take(const struct setting *const *tables, const char *const *given);
/* The table: name, flag, default, meaning. */
void settings_help(FILE *file, const struct setting *const *tables);
/* A table that was read has it. */
bool settings_have(str name);
/* Each variable of the environment that is none of the settings that were read, and differs from one by a letter. */
void settings_misspelt(const struct setting *const *tables, void (*tell)(const char *name, const char *meant));
/* The items of a SETTING_LIST, one after the other; .at NULL ends. `rest` begins as the text. */
str setting_item(str *rest);

#endif
