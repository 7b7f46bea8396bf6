# tour.py - FastMCP's tour.
import asyncio
from contextlib import asynccontextmanager

import steps
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport
from mcp import types


class Visitor:
    """A connected client, and what it was asked."""

    def __init__(self, url, key):
        self.url, self.key, self.asked = url, key, []

    @asynccontextmanager
    async def connected(self):
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else None
        async with Client(StreamableHttpTransport(self.url, headers=headers),
                          elicitation_handler=self.answer) as self.client:
            yield self

    async def answer(self, message, _response_type, _params, _context):
        self.asked.append(message)
        return {"sure": True}

    async def call(self, tool, arguments, told):
        async def progress(done, _total, _message):
            await told(done)

        result = await self.client.call_tool(tool, arguments,
                                             progress_handler=progress if told else None)
        return result.structured_content

    async def known(self):
        return {"server": self.client.server_info.name, "revision": self.client.protocol_version}

    async def tools(self):
        return [each.name for each in await self.client.list_tools()]

    async def lists(self):
        client = self.client
        return {
            "tools": await self.tools(),
            "resources": [str(each.uri) for each in await client.list_resources()],
            "templates": [each.uri_template for each in await client.list_resource_templates()],
            "prompts": [each.name for each in await client.list_prompts()],
        }

    async def fail(self):
        result = await self.client.call_tool("get_product", {"sku": "NO-SUCH"}, raise_on_error=False)
        return {"error": result.is_error, "words": result.content[0].text}

    async def read(self):
        return {"text": (await self.client.read_resource("product://KIT-0003"))[0].text}

    async def prompt(self):
        result = await self.client.get_prompt("compare_products", {"skus": "KIT-0001,KIT-0002"})
        return {"text": result.messages[0].content.text}

    async def complete(self):
        reference = types.ResourceTemplateReference(type="ref/resource", uri="product://{sku}")
        result = await self.client.complete(reference, {"name": "sku", "value": "KIT-000"})
        return {"values": result.values}

    async def changes(self):
        raise steps.Cannot("its client follows no resources")


asyncio.run(steps.tour(Visitor))
