/* cloudtrail.h - who called what of AWS that writes, as CloudTrail tells of it: up to a quarter of an hour late. */
#ifndef CLOUDTRAIL_H
#define CLOUDTRAIL_H

#include "change.h"

/* Adds what people and pipelines did since then, of so many pages of fifty calls, the latest; what AWS's services do by themselves
 * is left out. False: pending, or not to be had. */
bool cloudtrail_changes(struct look *look, int64_t since_ms, int pages, struct changes *changes);

#endif
