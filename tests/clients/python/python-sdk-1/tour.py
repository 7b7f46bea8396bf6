# tour.py - the tour of the official Python SDK, 1.x.
import asyncio
from contextlib import asynccontextmanager

import steps
from mcp import ClientSession, types
from mcp.client.streamable_http import streamablehttp_client


class Visitor:
    """A connected client, and what it was asked and told."""

    def __init__(self, url, key):
        self.url, self.key, self.asked, self.changed = url, key, [], asyncio.Queue()

    @asynccontextmanager
    async def connected(self):
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else None
        async with (streamablehttp_client(self.url, headers=headers) as (read, write, _),
                    ClientSession(read, write, elicitation_callback=self.answer,
                                  message_handler=self.hear) as self.client):
            self.hello = await self.client.initialize()
            yield self

    async def answer(self, _context, question):
        self.asked.append(question.message)
        return types.ElicitResult(action="accept", content={"sure": True})

    async def hear(self, message):
        if isinstance(message, types.ServerNotification) and isinstance(
                message.root, types.ResourceUpdatedNotification):
            await self.changed.put(str(message.root.params.uri))

    async def call(self, tool, arguments, told):
        async def progress(done, _total, _message):
            await told(done)

        result = await self.client.call_tool(tool, arguments,
                                             progress_callback=progress if told else None)
        if result.isError:
            raise RuntimeError(result.content[0].text)
        return result.structuredContent

    async def known(self):
        return {"server": self.hello.serverInfo.name, "revision": self.hello.protocolVersion}

    async def pages(self, method, items):
        page = await method()
        found = list(getattr(page, items))
        while page.nextCursor:
            page = await method(params=types.PaginatedRequestParams(cursor=page.nextCursor))
            found += getattr(page, items)
        return found

    async def tools(self):
        return [each.name for each in await self.pages(self.client.list_tools, "tools")]

    async def lists(self):
        client = self.client
        return {
            "tools": await self.tools(),
            "resources": [str(each.uri) for each in await self.pages(client.list_resources, "resources")],
            "templates": [each.uriTemplate for each in await self.pages(
                client.list_resource_templates, "resourceTemplates")],
            "prompts": [each.name for each in await self.pages(client.list_prompts, "prompts")],
        }

    async def fail(self):
        result = await self.client.call_tool("get_product", {"sku": "NO-SUCH"})
        return {"error": result.isError, "words": result.content[0].text}

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
        await self.client.subscribe_resource(steps.CHANGING)
        return await steps.first_change(self.changed)


asyncio.run(steps.tour(Visitor))
