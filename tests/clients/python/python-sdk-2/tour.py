# tour.py - the tour of the official Python SDK, 2.x.
import asyncio
import os
import warnings
from contextlib import asynccontextmanager

import steps
from mcp import Client, types
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from official import Official

warnings.filterwarnings("ignore")       # of what 2026-07-28 no longer has

MODE = os.environ["MODE"]


class Visitor(Official):
    @asynccontextmanager
    async def connected(self):
        async with create_mcp_http_client(self.headers) as http:
            over = streamable_http_client(self.url, http_client=http)
            async with Client(over, mode=MODE, elicitation_callback=self.answer,
                              message_handler=self.hear) as self.client:
                yield self

    async def hear(self, message):
        if isinstance(message, types.ResourceUpdatedNotification):
            await self.changed.put(str(message.params.uri))

    async def known(self):
        return {"server": self.client.server_info.name, "revision": self.client.protocol_version}

    def page(self, method, cursor):
        return method(cursor=cursor)

    async def changes(self):
        if self.client.protocol_version < "2026":
            await self.client.subscribe_resource(steps.CHANGING)
            return await steps.first_change(self.changed)
        async with self.client.listen(resource_subscriptions=[steps.CHANGING]) as changes:
            steps.say({"subscribed": True})
            return {"uri": (await anext(changes)).uri}


asyncio.run(steps.tour(Visitor))
