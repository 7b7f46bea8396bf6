/* model_send.h - a request of a model as what goes out for it: where to, and by whom. */
#ifndef MODEL_SEND_H
#define MODEL_SEND_H

#include "fetch.h"
#include "identity.h"
#include "model_list.h"

struct model_sent {
	struct identity *identity;      /* that signed it, kept; NULL: none did */
	str secret;                     /* that is in it as it stands; .at NULL: none */
	int64_t skew_ms;                /* of the clock by which it was signed */
	enum model_trouble trouble;     /* where it could not go out */
};

/* Fills in method, URL, headers and body, all in the arena, which is a secret one. NULL, or why it can't go out. */
const char *model_send(struct arena *arena, struct models *models, const struct model *model,
                       const struct model_request *request, struct fetch_request *fetch, struct model_sent *sent);
/* As somebody else, or by another clock, it may go out once more. False: there is nothing to be done. */
bool model_mend(struct models *models, const struct model_sent *sent, const struct model_fault *fault);

#endif
