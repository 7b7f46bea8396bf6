/* frontmatter.h - the YAML at the head of a SKILL.md, as JSON.
 *
 * What is read is the part of YAML that all its readers agree on: text plain, in quotes or as a
 * block (>- and |-), whole and decimal numbers, true and false, lists of those, maps of all that.
 * Everything else is refused with advice. A host compares what we say the frontmatter is with what
 * its own reader finds, so a value that readers take differently (yes, 010, 2026-01-01) must not
 * pass. */
#ifndef FRONTMATTER_H
#define FRONTMATTER_H

#include "core.h"

/* The object that stands between the two lines `---` a file begins with, its members in their
 * order; in the arena. NULL, or what is wrong, naming the line; then *json is as it was. */
const char *frontmatter_read(struct arena *arena, str file, str *json);

#endif
