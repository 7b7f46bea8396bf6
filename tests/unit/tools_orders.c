/* tools_orders.c - orders, as tools.h runs it: what it asks of products runs here too. */
#include "order.h"
#include "tools.h"
