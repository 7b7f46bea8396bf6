# tour.py - the tour of OpenAI's Agents SDK for Python, without a model: what its agents call.
import asyncio
from contextlib import asynccontextmanager

import steps
from agents.mcp import MCPServerStreamableHttp


class Visitor:
    """A connected server, as the SDK calls it."""

    def __init__(self, url, key):
        self.url, self.key, self.asked = url, key, []

    @asynccontextmanager
    async def connected(self):
        params = {"url": self.url}
        if self.key:
            params["headers"] = {"Authorization": f"Bearer {self.key}"}
        async with MCPServerStreamableHttp(params, client_session_timeout_seconds=9) as self.server:
            yield self

    async def call(self, tool, arguments, told):
        if told:
            raise steps.Cannot("a call has no progress")
        result = await self.server.call_tool(tool, arguments)
        if result.is_error:
            raise RuntimeError(result.content[0].text)
        return result.structured_content

    async def known(self):
        session = self.server.session
        return {"server": session.server_info.name, "revision": session.protocol_version}

    async def tools(self):
        return [each.name for each in await self.server.list_tools()]

    async def pages(self, method, items):
        page = await method()
        found = list(getattr(page, items))
        while page.next_cursor:
            page = await method(page.next_cursor)
            found += getattr(page, items)
        return found

    async def lists(self):
        server = self.server
        return {
            "tools": await self.tools(),
            "resources": [str(each.uri) for each in await self.pages(server.list_resources, "resources")],
            "templates": [each.uri_template for each in await self.pages(
                server.list_resource_templates, "resource_templates")],
            "prompts": [each.name for each in (await server.list_prompts()).prompts],
        }

    async def fail(self):
        result = await self.server.call_tool("get_product", {"sku": "NO-SUCH"})
        return {"error": result.is_error, "words": result.content[0].text}

    async def read(self):
        return {"text": (await self.server.read_resource("product://KIT-0003")).contents[0].text}

    async def prompt(self):
        result = await self.server.get_prompt("compare_products", {"skus": "KIT-0001,KIT-0002"})
        return {"text": result.messages[0].content.text}

    async def complete(self):
        raise steps.Cannot("it completes nothing")

    async def changes(self):
        raise steps.Cannot("it follows no resources")


asyncio.run(steps.tour(Visitor))
