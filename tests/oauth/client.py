# client.py - the official Python SDK signs in by its own code. Each line on stdout is a step; a line on stdin is where
# the person's browser was led back to, or the word to go on.
import asyncio
import json
import os
import sys
import warnings
from urllib.parse import parse_qs, urlparse

from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

warnings.filterwarnings("ignore")
CALLBACK = "http://127.0.0.1:9/callback"


def say(**step):
    print(json.dumps(step), flush=True)


async def hear():
    return (await asyncio.to_thread(sys.stdin.readline)).strip()


class Storage:
    tokens = client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


async def open_browser(url):
    say(sign_in=url)


async def come_back():
    query = parse_qs(urlparse(await hear()).query)
    return AuthorizationCodeResult(code=query["code"][0], state=query["state"][0], iss=query.get("iss", [None])[0])


async def main(url):
    metadata = OAuthClientMetadata(client_name="Python SDK", redirect_uris=[CALLBACK],
                                   grant_types=["authorization_code", "refresh_token"], response_types=["code"])
    auth = OAuthClientProvider(url, metadata, Storage(), open_browser, come_back)
    async with create_mcp_http_client(auth=auth) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=os.environ["MODE"]) as client:
            async def call(tool, **arguments):
                result = await client.call_tool(tool, arguments)
                say(called=tool, error=result.is_error)

            await call("search_products", words="a")
            await call("update_product", sku="KIT-0001", stock_change=1)
            say(wait=True)
            await hear()
            await call("search_products", words="b")


asyncio.run(main(sys.argv[1]))
