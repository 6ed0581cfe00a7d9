"""Echoes texts over three connections: compressed, not compressed, in fragments."""
import asyncio
import json
import sys

import websockets

asked = json.load(sys.stdin)


async def echo(connection):
    async for message in connection:
        await connection.send(message)


async def main():
    async with websockets.serve(echo, "127.0.0.1", asked["server"], max_size=None):
        for compression, fragments in [("deflate", False), (None, False), ("deflate", True)]:
            address = f"ws://127.0.0.1:{asked['port']}/socket?user=ada"
            async with websockets.connect(address, compression=compression, max_size=None) as connection:
                for text in asked["texts"]:
                    half = len(text) // 2
                    await connection.send([text[:half], text[half:]] if fragments else text)
                    assert await connection.recv() == text
                    await (await connection.ping("still there"))


asyncio.run(main())
