# official.py - what both lines of the official SDK do alike in their tours. They name the fields of a
# result differently, but not in its JSON.
import asyncio

import steps
from mcp import types


def plain(result):
    return result.model_dump(mode="json", by_alias=True)


class Official:
    """A connected client, and what it was asked and told. The rest is said by its line: connected(),
    hear(), known(), page(method, cursor) and changes()."""

    def __init__(self, url, key):
        self.url, self.asked, self.changed = url, [], asyncio.Queue()
        self.headers = {"Authorization": f"Bearer {key}"} if key else None

    async def answer(self, _context, question):
        self.asked.append(question.message)
        return types.ElicitResult(action="accept", content={"sure": True})

    async def call(self, tool, arguments, told):
        async def progress(done, _total, _message):
            await told(done)

        result = plain(await self.client.call_tool(tool, arguments,
                                                   progress_callback=progress if told else None))
        if result["isError"]:
            raise RuntimeError(result["content"][0]["text"])
        return result["structuredContent"]

    async def names(self, method, items, name):
        page = plain(await method())
        found = [each[name] for each in page[items]]
        while page.get("nextCursor"):
            page = plain(await self.page(method, page["nextCursor"]))
            found += [each[name] for each in page[items]]
        return found

    async def tools(self):
        return await self.names(self.client.list_tools, "tools", "name")

    async def lists(self):
        client = self.client
        return {
            "tools": await self.tools(),
            "resources": await self.names(client.list_resources, "resources", "uri"),
            "templates": await self.names(client.list_resource_templates, "resourceTemplates", "uriTemplate"),
            "prompts": await self.names(client.list_prompts, "prompts", "name"),
        }

    async def fail(self):
        result = plain(await self.client.call_tool("get_product", {"sku": "NO-SUCH"}))
        return {"error": result["isError"], "words": result["content"][0]["text"]}

    async def read(self):
        return {"text": (await self.client.read_resource("product://KIT-0003")).contents[0].text}

    async def prompt(self):
        result = await self.client.get_prompt("compare_products", {"skus": "KIT-0001,KIT-0002"})
        return {"text": result.messages[0].content.text}

    async def complete(self):
        reference = types.ResourceTemplateReference(type="ref/resource", uri="product://{sku}")
        result = await self.client.complete(reference, {"name": "sku", "value": "KIT-000"})
        return {"values": result.completion.values}
