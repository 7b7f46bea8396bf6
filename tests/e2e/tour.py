# tour.py - the official Python client through both servers: lists, calls every tool, streams, asks,
# follows a resource, cancels, loses its connection.
#
#     tour.py MODE PRODUCTS ORDERS BETWEEN [SECONDS]
#
# MODE is the client's: legacy, or auto, which finds out. The three are URLs. BETWEEN leads to orders
# and is cut when this says "cut" on stderr; a line on stdin then says that it was. What was seen is
# printed as one line of JSON, for the test that started it to judge. It gives up after SECONDS (60).
import json
import sys
import uuid
import warnings

import anyio
from mcp import Client, MCPError, types

warnings.filterwarnings("ignore")       # of what 2026-07-28 no longer has

STATUSES = ["paid", "packed", "shipped", "delivered"]
ADDRESS = {"name": "Anna Brown", "line1": "1 High Street", "city": "York",
           "postal_code": "YO1 7HH", "country": "GB"}

seen = {"called": {"products": [], "orders": []}}


class Shopper:
    """A connected client, and what it was told and asked."""

    def __init__(self, mode, url, name):
        self.name, self.asked, self.told, self.heard = name, [], [], anyio.Event()
        self.client = Client(url, mode=mode, elicitation_callback=self.answer,
                             message_handler=self.hear)

    async def __aenter__(self):
        await self.client.__aenter__()
        return self

    async def __aexit__(self, *error):
        return await self.client.__aexit__(*error)

    async def answer(self, _context, question):
        self.asked.append(question.message)
        return types.ElicitResult(action="accept", content={"sure": True})

    async def hear(self, message):
        if isinstance(message, types.ResourceUpdatedNotification):
            self.told.append(str(message.params.uri))
            self.heard.set()

    async def call(self, tool, /, *, progress=None, **arguments):
        seen["called"][self.name].append(tool)
        return await self.client.call_tool(tool, arguments, progress_callback=progress)

    async def ask(self, tool, /, **arguments):
        result = await self.call(tool, **arguments)
        if result.is_error:
            raise RuntimeError(f"{tool} failed: {result.content[0].text}")
        return result.structured_content


async def lists(shopper):
    client = shopper.client
    read = await client.list_resources()
    return {
        "server": client.server_info.name, "revision": client.protocol_version,
        "tools": [each.name for each in (await client.list_tools()).tools],
        "resources": [str(each.uri) for each in read.resources],
        "templates": [each.uri_template
                      for each in (await client.list_resource_templates()).resource_templates],
        "prompts": [each.name for each in (await client.list_prompts()).prompts],
        "read": [bool((await client.read_resource(str(each.uri))).contents[0].text)
                 for each in read.resources],
    }


async def refusal(awaitable):
    try:
        await awaitable
    except MCPError as error:
        return error.code
    return None


# ---- products ----

async def visit_products(shop):
    items = [{"sku": "KIT-0004", "quantity": 1}]
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    found = await shop.ask("search_products", words="knife", limit=5)
    await shop.ask("list_categories")
    await shop.ask("check_stock", items=items)
    await shop.ask("reserve_stock", reservation_id=first, items=items)
    await shop.ask("commit_reservation", reservation_id=first)
    await shop.ask("restock", restock_id=first, items=items, reason="return")
    await shop.ask("reserve_stock", reservation_id=second, items=items)
    await shop.ask("release_reservation", reservation_id=second)
    compared = await shop.client.get_prompt("compare_products", {"skus": "KIT-0001,KIT-0002"})
    return {
        "found": found["count"],
        "product": (await shop.ask("get_product", sku="KIT-0003"))["name"],
        "released": (await shop.ask("check_reservation", reservation_id=second))["state"],
        "failed": (await shop.call("get_product", sku="NO-SUCH")).is_error,
        "unknown_tool": await refusal(shop.client.call_tool("no_such_tool", {})),
        "unknown_resource": await refusal(shop.client.read_resource("product://NO-SUCH")),
        "prompt": compared.messages[-1].role,
    }


async def follow(shopper, uri, change):
    """The URI of the change that it was told of."""
    if shopper.client.protocol_version >= "2026":
        async with shopper.client.listen(resource_subscriptions=[uri]) as changes:
            await anext(changes)        # how it is at first
            await change()
            return (await anext(changes)).uri
    await shopper.client.subscribe_resource(uri)
    while not shopper.told:             # nothing says when the client's own stream is open
        await change()
        with anyio.move_on_after(0.2):
            await shopper.heard.wait()
    await shopper.client.unsubscribe_resource(uri)
    return shopper.told[0]


async def follow_product(shop):
    async def change():
        await shop.ask("update_product", sku="KIT-0005", stock_change=1)

    return await follow(shop, "product://KIT-0005", change)


# ---- orders ----

async def new_order(book):
    order = await book.ask("create_order", customer="tour@example.com",
                           idempotency_key=str(uuid.uuid4()), shipping_address=ADDRESS,
                           items=[{"sku": "KIT-0003", "quantity": 1}])
    return order["id"]


async def follow_order(book):
    """An order that moves on whenever its last move was told."""
    order, steps = await new_order(book), []

    async def step(_progress, _total, message):
        steps.append(message)
        if len(steps) <= len(STATUSES):
            await book.ask("update_order_status", id=order, status=STATUSES[len(steps) - 1])

    result = await book.call("track_order", id=order, follow=True, wait_seconds=30, progress=step)
    return order, {"steps": len(steps), "status": result.structured_content["status"]}


async def follow_status(book):
    order, statuses = await new_order(book), iter(STATUSES)

    async def change():
        await book.ask("update_order_status", id=order, status=next(statuses))

    return await follow(book, f"order://{order}", change)


async def return_order(book, order):
    back = await book.ask("request_return", order_id=order, reason="broken",
                          items=[{"sku": "KIT-0003", "quantity": 1}])
    return (await book.ask("receive_return", return_id=back["id"]))["state"]


async def cancel_order(book):
    order = await new_order(book)
    result = await book.call("cancel_order", id=order)
    return {"asked": len(book.asked), "names_it": order in book.asked[0],
            "status": result.structured_content["status"]}


async def give_up(book):
    """A call that is cancelled at its first sign of life; the session goes on."""
    order = await new_order(book)
    with anyio.CancelScope() as scope:
        async def stop(*_):
            scope.cancel()
        await book.call("track_order", id=order, follow=True, progress=stop)
    return {"cancelled": scope.cancelled_caught,
            "status": (await book.ask("get_order", id=order))["status"]}


async def report(book):
    steps = []

    async def step(progress, total, _message):
        steps.append([progress, total])

    result = await book.call("sales_report", **{"from": "2011-01-01", "to": "2011-02-01"},
                             by="country", progress=step)
    return {"rows": len(result.structured_content["rows"]), "steps": steps}


async def lose_connection(far, book):
    """The connection is cut in the middle of a stream; what happened meanwhile is not lost."""
    order, steps, outcome = await new_order(book), [], []
    begun = anyio.Event()

    async def step(progress, _total, _message):
        steps.append(progress)
        begun.set()

    async def follow():
        try:
            result = await far.call("track_order", id=order, follow=True, wait_seconds=30,
                                    progress=step)
            outcome.append(result.structured_content["status"])
        except MCPError:
            outcome.append("lost")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(follow)
        await begun.wait()
        print("cut", file=sys.stderr, flush=True)
        await anyio.to_thread.run_sync(sys.stdin.readline)
        for status in STATUSES:
            await book.ask("update_order_status", id=order, status=status)
    again = await far.ask("track_order", id=order, follow=True)
    return {"steps": steps, "status": outcome[0], "again": again["status"]}


async def visit_orders(book):
    order, seen["followed"] = await follow_order(book)
    seen["returned"] = await return_order(book, order)
    seen["cancelled"] = await cancel_order(book)
    seen["given_up"] = await give_up(book)
    seen["reported"] = await report(book)
    listed = await book.ask("list_orders", customer="tour@example.com", limit=100)
    seen["listed"] = any(each["id"] == order for each in listed["orders"])
    seen["order"] = json.loads(
        (await book.client.read_resource(f"order://{order}")).contents[0].text)["id"] == order


async def tour(mode, products, orders, between):
    async with Shopper(mode, products, "products") as shop, Shopper(mode, orders, "orders") as book:
        seen["lists"] = {"products": await lists(shop), "orders": await lists(book)}
        seen["products"] = await visit_products(shop)
        seen["told"] = {"products": await follow_product(shop), "orders": await follow_status(book)}
        await visit_orders(book)
        async with Shopper(mode, between, "orders") as far:
            seen["connection"] = await lose_connection(far, book)
    print(json.dumps(seen))


async def main(arguments):
    with anyio.fail_after(int(arguments[4]) if len(arguments) > 4 else 60):
        await tour(*arguments[:4])


anyio.run(main, sys.argv[1:])
