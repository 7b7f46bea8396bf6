/* listener.h - what a listener may have missed. */
#ifndef LISTENER_H
#define LISTENER_H

#include "subscription.h"

/* Finds out which of the resources may have changed since its client can have read them, and tells those. */
void listener_look(struct subscription *subscription);

#endif
