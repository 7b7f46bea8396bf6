/* sign.h - AWS's Signature Version 4 of a request, as its header Authorization.
 *
 * What is signed is what is sent: path, query, headers and body are given as they go over the wire. Of one service
 * (S3) the path would not be encoded once more; that one is not called. */
#ifndef SIGN_H
#define SIGN_H

#include "identity.h"

struct sign_header {
	str name, value;                /* the name in any case; of one that comes twice both values, in this order */
};

struct sign_request {
	const char *method;
	str path;                       /* begins with a slash; percent-encoded */
	str query;                      /* percent-encoded, in any order; empty: none */
	const struct sign_header *headers; /* all that are signed: host and x-amz-date have to be among them */
	size_t header_count;
	str body;
};

#define SIGN_TIME_SIZE sizeof("20150830T123600Z")

/* As the header x-amz-date has it. */
void sign_time(int64_t at_ms, char text[SIGN_TIME_SIZE]);
/* `time` is that of x-amz-date. In the arena. */
str sign(struct arena *arena, struct identity *identity, str region, str service, const char *time,
         const struct sign_request *request);

#endif
