/* memory_trim.h - gives back, once it serves, the memory that only starting needed. */
#ifndef MEMORY_TRIM_H
#define MEMORY_TRIM_H

#include "core.h"

void memory_trim(void);

#endif
