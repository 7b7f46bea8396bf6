/* siphash.h - a keyed hash for tables whose keys strangers choose (SipHash-2-4). */
#ifndef SIPHASH_H
#define SIPHASH_H

#include "core.h"

uint64_t siphash(const uint64_t key[2], str bytes);

#endif
