# steps.py - the steps of a tour, for the Python clients. What they mean: tests/clients/tours.mjs.
#
# A client is a class Visitor(url, key), with connected(), an asynchronous context manager, and
# asynchronous methods that give what they saw: known, tools, lists, call(tool, arguments, told), fail, read,
# prompt, complete, changes. call() gives the structured content of a call that must succeed, and
# awaits told(progress) of its progress. `asked` has the questions that were answered. What a client
# has nothing for raises Cannot.
import asyncio
import json
import os
import sys

CHANGING = "product://KIT-0006"


class Cannot(Exception):
    pass


def say(line):
    print(json.dumps(line), flush=True)


def words(error):
    """All that an error says, and what caused it or was grouped in it, each once."""
    said, left = {}, [error]
    while left:
        error = left.pop(0)
        if error is None or id(error) in said:
            continue
        said[id(error)] = f"{type(error).__name__}: {error}"
        left += [*getattr(error, "exceptions", []), error.__cause__, error.__context__]
    return "; ".join(said.values())


async def step(name, run, *arguments):
    """Takes one of the steps, and prints what it saw or why it failed."""
    try:
        async with asyncio.timeout(10):
            say({"step": name, "seen": await run(*arguments)})
    except Cannot as error:
        say({"step": name, "cannot": str(error)})
    except Exception as error:
        say({"step": name, "failed": words(error)})


# ---- Steps that take more than one call ----

def following(visitor, order, told):
    return visitor.call("track_order", {"id": order, "follow": True, "wait_seconds": 30}, told)


async def follow(visitor, order):
    steps = []

    async def told(progress):
        steps.append(progress)
        say({"progress": order})

    content = await following(visitor, order, told)
    return {"steps": steps, "status": content["status"]}


async def give_up(visitor):
    begun = asyncio.Event()

    async def told(_progress):
        begun.set()

    call = asyncio.create_task(following(visitor, os.environ["GIVE_UP"], told))
    progress = asyncio.create_task(begun.wait())
    await asyncio.wait([call, progress], return_when=asyncio.FIRST_COMPLETED)
    call.cancel()
    progress.cancel()
    try:
        await call
    except asyncio.CancelledError:
        return {"gave_up": True}
    return {"gave_up": False}


async def question(visitor):
    order = await visitor.call("cancel_order", {"id": os.environ["ASK"]}, None)
    return {"asked": visitor.asked[0] if visitor.asked else "", "status": order["status"]}


async def first_change(changed):
    """What is told first, by a queue, of the changes that begin now."""
    say({"subscribed": True})
    return {"uri": await changed.get()}


async def product(visitor):
    return await visitor.call("get_product", {"sku": "KIT-0003"}, None)


async def restart(visitor):
    """The second call after it must arrive."""
    say({"restart": True})
    await asyncio.to_thread(sys.stdin.readline)
    try:
        async with asyncio.timeout(3):
            await product(visitor)
    except Exception:
        pass
    return await product(visitor)


async def refused(visitor):
    try:
        async with visitor.connected():
            await visitor.tools()
            return {}
    except Exception as error:
        return {"words": words(error)}


async def with_key(visitor):
    async with visitor.connected():
        return {"tools": await visitor.tools()}


async def tour(visitor):
    """All of them, with what `visitor` makes."""
    env = os.environ
    shop, book = visitor(env["PRODUCTS"], None), visitor(env["ORDERS"], None)
    async with shop.connected(), book.connected():
        await step("connect", shop.known)
        await step("lists", shop.lists)
        await step("call", product, shop)
        await step("error", shop.fail)
        await step("read", shop.read)
        await step("prompt", shop.prompt)
        await step("complete", shop.complete)
        await step("progress", follow, book, env["FOLLOW"])
        await step("question", question, book)
        await step("cancel", give_up, book)
        await step("changes", shop.changes)
        await step("refused", refused, visitor(env["KEYED"], env["WRONG_KEY"]))
        await step("key", with_key, visitor(env["KEYED"], env["KEY"]))
        await step("restart", restart, shop)
        await step("resume", follow, book, env["RESUME"])
