/* container_url.h - whether AWS_CONTAINER_CREDENTIALS_FULL_URI may be asked, and given a token. */
#ifndef CONTAINER_URL_H
#define CONTAINER_URL_H

#include "core.h"

/* NULL, or what is wrong with it. */
const char *container_url_check(const char *url);

#endif
