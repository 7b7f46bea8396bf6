# tour.py - the tour of LangChain's adapters for Python, in the way they work by default: a session for
# each call.
import asyncio
from contextlib import asynccontextmanager

import steps
from langchain_core.tools import ToolException
from langchain_mcp_adapters.callbacks import Callbacks
from langchain_mcp_adapters.client import MultiServerMCPClient
from mcp.types import ElicitResult


class Visitor:
    """A client of one server, and what it was asked."""

    def __init__(self, url, key):
        self.asked, self.told = [], None
        connection = {"transport": "streamable_http", "url": url}
        if key:
            connection["headers"] = {"Authorization": f"Bearer {key}"}
        self.client = MultiServerMCPClient({"it": connection}, callbacks=Callbacks(
            on_progress=self.progress, on_elicitation=self.answer))

    @asynccontextmanager
    async def connected(self):
        self.by_name = {each.name: each for each in await self.client.get_tools()}
        yield self

    async def progress(self, done, _total, _message, _context):
        if self.told:
            await self.told(done)

    async def answer(self, _context, question, _more):
        self.asked.append(question.message)
        return ElicitResult(action="accept", content={"sure": True})

    def run(self, tool, arguments):
        return self.by_name[tool].ainvoke(
            {"type": "tool_call", "id": "1", "name": tool, "args": arguments})

    async def call(self, tool, arguments, told):
        self.told = told
        message = await self.run(tool, arguments)
        if message.status == "error":
            raise RuntimeError(message.content)
        return message.artifact["structured_content"]

    async def known(self):
        async with self.client.session("it", auto_initialize=False) as session:
            hello = await session.initialize()
            return {"server": hello.serverInfo.name, "revision": hello.protocolVersion}

    async def tools(self):
        return [each.name for each in await self.client.get_tools()]

    async def lists(self):
        raise steps.Cannot("they list tools and resources, not templates and prompts")

    async def fail(self):
        try:
            message = await self.run("get_product", {"sku": "NO-SUCH"})
        except ToolException as error:
            return {"error": True, "words": str(error)}
        return {"error": message.status == "error", "words": str(message.content)}

    async def read(self):
        blobs = await self.client.get_resources("it", uris="product://KIT-0003")
        return {"text": blobs[0].as_string()}

    async def prompt(self):
        messages = await self.client.get_prompt("it", "compare_products",
                                                arguments={"skus": "KIT-0001,KIT-0002"})
        return {"text": messages[0].content}

    async def complete(self):
        raise steps.Cannot("they complete nothing")

    async def changes(self):
        raise steps.Cannot("they follow no resources")


asyncio.run(steps.tour(Visitor))
