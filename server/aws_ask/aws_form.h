/* aws_form.h - what is said to a query service: a JSON object as the form that it would be. */
#ifndef AWS_FORM_H
#define AWS_FORM_H

#include "json.h"

/* &Names.member.1=A&PageSize=20, in the arena. Texts, numbers, truths, and lists of such. */
str aws_form_of(struct arena *arena, yyjson_val *object);

#endif
