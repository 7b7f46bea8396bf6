# tour.py - the tour of the official Python SDK, 2.x.
import asyncio
import os
import warnings
from contextlib import asynccontextmanager

import steps
from mcp import Client, types
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

warnings.filterwarnings("ignore")       # of what 2026-07-28 no longer has

MODE = os.environ["MODE"]


class Visitor:
    """A connected client, and what it was asked and told."""

    def __init__(self, url, key):
        self.url, self.key, self.asked, self.changed = url, key, [], asyncio.Queue()

    @asynccontextmanager
    async def connected(self):
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else None
        async with create_mcp_http_client(headers) as http:
            over = streamable_http_client(self.url, http_client=http)
            async with Client(over, mode=MODE, elicitation_callback=self.answer,
                              message_handler=self.hear) as self.client:
                yield self

    async def answer(self, _context, question):
        self.asked.append(question.message)
        return types.ElicitResult(action="accept", content={"sure": True})

    async def hear(self, message):
        if isinstance(message, types.ResourceUpdatedNotification):
            await self.changed.put(str(message.params.uri))

    async def call(self, tool, arguments, told):
        async def progress(done, _total, _message):
            await told(done)

        result = await self.client.call_tool(tool, arguments,
                                             progress_callback=progress if told else None)
        if result.is_error:
            raise RuntimeError(result.content[0].text)
        return result.structured_content

    async def known(self):
        return {"server": self.client.server_info.name, "revision": self.client.protocol_version}

    async def pages(self, method, items):
        page = await method()
        found = list(getattr(page, items))
        while page.next_cursor:
            page = await method(cursor=page.next_cursor)
            found += getattr(page, items)
        return found

    async def tools(self):
        return [each.name for each in await self.pages(self.client.list_tools, "tools")]

    async def lists(self):
        client = self.client
        return {
            "tools": await self.tools(),
            "resources": [str(each.uri) for each in await self.pages(client.list_resources, "resources")],
            "templates": [each.uri_template for each in await self.pages(
                client.list_resource_templates, "resource_templates")],
            "prompts": [each.name for each in await self.pages(client.list_prompts, "prompts")],
        }

    async def fail(self):
        result = await self.client.call_tool("get_product", {"sku": "NO-SUCH"})
        return {"error": result.is_error, "words": result.content[0].text}

    async def read(self):
        return {"text": (await self.client.read_resource("product://KIT-0003")).contents[0].text}

    async def prompt(self):
        result = await self.client.get_prompt("compare_products", {"skus": "KIT-0001,KIT-0002"})
        return {"text": result.messages[0].content.text}

    async def complete(self):
        reference = types.ResourceTemplateReference(type="ref/resource", uri="product://{sku}")
        result = await self.client.complete(reference, {"name": "sku", "value": "KIT-000"})
        return {"values": result.completion.values}

    async def changes(self):
        if self.client.protocol_version < "2026":
            await self.client.subscribe_resource(steps.CHANGING)
            return await steps.first_change(self.changed)
        async with self.client.listen(resource_subscriptions=[steps.CHANGING]) as changes:
            await anext(changes)        # how it is at first
            steps.say({"subscribed": True})
            return {"uri": (await anext(changes)).uri}


asyncio.run(steps.tour(Visitor))
