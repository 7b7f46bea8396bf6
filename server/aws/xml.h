/* xml.h - an answer in XML, as the JSON that it would be: so whatever AWS says is read in one way.
 *
 * An element with others in it is an object of them, one with text alone a string; one with nothing in it is absent.
 * Which elements are items of a list is said by their names: the one around them is an array.
 *
 *     <A><Hosts><Host><Id>7</Id></Host></Hosts><Next/></A>      {"A":{"Hosts":[{"Id":"7"}]}}
 *
 * Attributes, prefixes, comments and text between elements are nothing. Of two of a name in an object the first counts
 * (yyjson_obj_get()). Whole numbers are texts here: see SHAPE_WORDS. */
#ifndef XML_H
#define XML_H

#include "json.h"

#define XML_DEPTH_MAX 32
#define XML_ELEMENTS_MAX 65536
#define XML_NAME_MAX 127                /* bytes */

/* `items`: the names, ending with NULL; member is always one. NULL: it is no such text, see *wrong, in the arena: of a
 * DOCTYPE none is read, nor what is deeper, more, or not well-formed. */
yyjson_val *xml_read(struct arena *arena, str xml, const char *const *items, const char **wrong);

#endif
