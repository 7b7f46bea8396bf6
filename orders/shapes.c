/* shapes.c - the shapes that several tools share. */
#include "order.h"

#define TEXT_MAX 200

/* Where to send something: what create_order wants to know. */
SHAPE(address_shape, struct address,
	TEXT(struct address, name, "Who receives it", .required = true, AT_LEAST(1),
	     AT_MOST(TEXT_MAX)),
	TEXT(struct address, line1, "Street and number", .required = true, AT_LEAST(1),
	     AT_MOST(TEXT_MAX)),
	TEXT(struct address, line2, "Flat, floor, building", AT_MOST(TEXT_MAX)),
	TEXT(struct address, city, "Town or city", .required = true, AT_LEAST(1),
	     AT_MOST(TEXT_MAX)),
	TEXT(struct address, postal_code, "Postal code", .required = true, AT_LEAST(1),
	     AT_MOST(20)),
	TEXT(struct address, country, "ISO 3166 code of two letters, or the country's name in English",
	     .required = true, AT_LEAST(2), AT_MOST(100), EXAMPLES("GB", "France")));

/* The same as it is known: imported orders came with a country only, by its name. */
SHAPE(address_known_shape, struct address,
	TEXT(struct address, name, "Who receives it"),
	TEXT(struct address, line1, "Street and number"),
	TEXT(struct address, line2, "Flat, floor, building"),
	TEXT(struct address, city, "Town or city"),
	TEXT(struct address, postal_code, "Postal code"),
	TEXT(struct address, country, "ISO 3166 code, or the name where the order was imported"));

SHAPE(portion_shape, struct portion,
	TEXT(struct portion, sku, "Code that identifies the product, as the catalogue has it",
	     .required = true, AT_LEAST(1), AT_MOST(64)),
	INT(struct portion, quantity, "How many units", .required = true, AT_LEAST(1),
	    AT_MOST(1000000)));

SHAPE(line_shape, struct line,
	TEXT(struct line, sku, "Code that identifies the product", .required = true),
	TEXT(struct line, name, "The product's name when it was bought"),
	INT(struct line, quantity, "How many units", .required = true),
	MONEY(struct line, unit_price, "Price of one unit when it was bought", .required = true));

SHAPE(event_shape, struct event,
	TIME(struct event, at, "When it happened", .required = true),
	TEXT(struct event, actor, "Who did it", .required = true),
	TEXT(struct event, from_status, "The status before; absent for the first event"),
	TEXT(struct event, to_status, "The status after", .required = true),
	TEXT(struct event, note, "What else there is to say"));

SHAPE(return_shape, struct return_request,
	TEXT(struct return_request, id, "Number of the return: RET-...", .required = true),
	TEXT(struct return_request, order_id, "The order it belongs to", .required = true),
	TEXT(struct return_request, state, "requested until the goods are back, then received",
	     .required = true, ONE_OF("requested", "received")),
	TEXT(struct return_request, reason, "Why the customer sends it back", .required = true),
	TIME(struct return_request, requested_at, "When it was asked for", .required = true),
	TEXT(struct return_request, requested_by, "Who asked for it", .required = true),
	TIME(struct return_request, received_at, "When the goods came back"),
	TEXT(struct return_request, received_by, "Who took them in"),
	LIST(struct return_request, items, item_count, struct portion, portion_shape,
	     "What comes back", .required = true));

#define SUMMARY_FIELDS \
	TEXT(struct order, id, "Number of the order", .required = true), \
	TEXT(struct order, customer, "The customer, as given when the order was placed", \
	     .required = true), \
	TEXT(struct order, status, "Where it is: pending, paid, packed, shipped, delivered; or" \
	     " cancelled, or returned (all of it)", .required = true, ONE_OF(STATUSES)), \
	TIME(struct order, placed_at, "When it was placed", .required = true), \
	TIME(struct order, delivered_at, "When it was delivered"), \
	INT(struct order, units, "Units of all its items together", .required = true), \
	MONEY(struct order, total, "What its items cost together", .required = true)

SHAPE(order_summary_shape, struct order, SUMMARY_FIELDS,
	TEXT(struct order, country, "Country it goes to"));

SHAPE(order_shape, struct order, SUMMARY_FIELDS,
	NEST(struct order, shipping_address, struct address, address_known_shape, "Where it goes"),
	LIST(struct order, items, item_count, struct line, line_shape, "What was bought",
	     .required = true),
	LIST(struct order, history, event_count, struct event, event_shape,
	     "What happened to it, the earliest first", .required = true),
	LIST(struct order, returns, return_count, struct return_request, return_shape,
	     "What was or is to be sent back"),
	BOOL(struct order, restock_pending, "True while stock of a cancellation or return is not"
	     " yet back in the catalogue; that happens by itself",
	     OPTIONAL(struct order, has_restock_pending)));

SHAPE(named_shape, struct named, TEXT(struct named, id, "The id"));

SHAPE(order_named_shape, struct named,
	TEXT(struct named, id, "Number of the order", .required = true, AT_LEAST(1), AT_MOST(64),
	     EXAMPLES("ORD-7H2K9QX4TN", "536365")));
