/* secret.h - the cluster's secrets, without what is in them: nothing is read but these members, no description and no tag. */
#ifndef SECRET_H
#define SECRET_H

#include "look.h"

struct secret {
	const char *Name, *OwningService;
	bool RotationEnabled;
	double LastRotatedDate, LastChangedDate, LastAccessedDate, NextRotationDate, DeletedDate;       /* seconds since 1970 */
};

struct secrets {
	struct secret *SecretList;
	int64_t SecretList_count;
	const char *NextToken;
};

/* Those whose names begin with the cluster's. False: pending, or they were not to be had. */
bool secrets_of_cluster(struct look *look, struct secrets *secrets);

#endif
