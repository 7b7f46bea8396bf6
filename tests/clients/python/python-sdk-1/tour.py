# tour.py - the tour of the official Python SDK, 1.x.
import asyncio
from contextlib import asynccontextmanager

import steps
from mcp import ClientSession, types
from mcp.client.streamable_http import streamablehttp_client
from official import Official


class Visitor(Official):
    @asynccontextmanager
    async def connected(self):
        async with (streamablehttp_client(self.url, headers=self.headers) as (read, write, _),
                    ClientSession(read, write, elicitation_callback=self.answer,
                                  message_handler=self.hear) as self.client):
            self.hello = await self.client.initialize()
            yield self

    async def hear(self, message):
        if isinstance(message, types.ServerNotification) and isinstance(
                message.root, types.ResourceUpdatedNotification):
            await self.changed.put(str(message.root.params.uri))

    async def known(self):
        return {"server": self.hello.serverInfo.name, "revision": self.hello.protocolVersion}

    def page(self, method, cursor):
        return method(params=types.PaginatedRequestParams(cursor=cursor))

    async def changes(self):
        await self.client.subscribe_resource(steps.CHANGING)
        return await steps.first_change(self.changed)


asyncio.run(steps.tour(Visitor))
