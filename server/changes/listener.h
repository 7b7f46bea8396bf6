/* listener.h - what a listener may have missed. */
#ifndef LISTENER_H
#define LISTENER_H

#include "subscription.h"

/* Finds out which of the lists and resources may have changed since its client can have read them, marks those and has it
 * acknowledged; or refuses it, where it can't be noted that it listens. */
void listener_look(struct subscription *subscription);

#endif
