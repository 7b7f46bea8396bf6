/* kind.h - what a file is that is no table of text, by its first bytes. */
#ifndef KIND_H
#define KIND_H

#include "core.h"

/* What it looks like and what to do about it, such as "it is a PDF; ...". NULL: nothing of the kind. */
const char *kind_of_bytes(str head);    /* as they are in the file */
const char *kind_of_text(str head);     /* as UTF-8, without a mark */

#endif
