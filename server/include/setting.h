/* setting.h - what an operator may set, as one const table that also prints --help.
 *
 * Each setting is an environment variable (PORT) and a flag (--port=8081 or --port 8081); the flag
 * wins. A wrong value stops the start, naming the setting, what was given and what is allowed. */
#ifndef MCP_SETTING_H
#define MCP_SETTING_H

#include "core.h"

enum setting_kind {
	SETTING_TEXT,
	SETTING_INT,
	SETTING_BYTES,          /* 65536, 64KiB, 4MiB, 1GiB */
	SETTING_DURATION,       /* 500ms, 55s, 30m, 2h, 30d; a bare number is seconds. Read as milliseconds */
	SETTING_LIST,           /* items separated by commas or white space */
	SETTING_CHOICE,         /* one of `one_of` */
};

struct setting {
	const char *name;               /* as in the environment: upper case and underscores */
	enum setting_kind kind;
	const char *standard;           /* the default, as text; NULL: not set */
	const char *about;              /* one line, for --help */
	int64_t least, most;            /* of a number; most 0: no upper bound */
	const char *const *one_of;      /* SETTING_CHOICE: ends with NULL */
};

/* The value of a setting of the tables read at start. Asking for a name that is in no table is a
 * mistake (docs/mistakes.md), and gives NULL or 0. The text lives as long as the process; NULL: not set. */
const char *setting_text(const char *name);
int64_t setting_int(const char *name);          /* numbers, bytes, and durations in milliseconds */

#endif
