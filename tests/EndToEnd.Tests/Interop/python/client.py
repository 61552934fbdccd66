"""A WebSocket client on Debian's python3-websockets: negotiates, echoes, pings, closes, prints what it saw as JSON."""
import asyncio
import json
import os
import sys

try:
    import websockets
except ImportError:
    sys.exit("The Python package websockets is missing: apt-get install python3-websockets")

SIZES = [0, 1, 125, 126, 65535, 65536, 1000000]


async def receive(socket):
    """The next message that is not the node's welcome."""
    while True:
        message = await socket.recv()
        is_short_text = isinstance(message, str) and len(message) < 1000
        if not (is_short_text and json.loads(message)["type"] == "welcome"):
            return message


async def main(url, *subprotocols):
    echoed = 0
    async with websockets.connect(url, subprotocols=subprotocols or None, max_size=None) as socket:
        for size in SIZES:
            # Half of it compresses well, half of it not at all.
            binary = bytes(size // 2) + os.urandom(size - size // 2)
            text = json.dumps({"type": "echo", "data": "ä" * (size // 2)}, ensure_ascii=False)
            for message in (binary, text):
                await socket.send(message)
                echoed += await receive(socket) == message

        pong = await socket.ping(b"are you there?")
        await pong
        await socket.close(4001, "done")

    print(json.dumps({
        "subprotocol": socket.subprotocol or "",
        "compressed": any(extension.name == "permessage-deflate" for extension in socket.extensions),
        "echoed": echoed,
        "pong": pong.done(),
        "closeCode": socket.close_code,
        "closeReason": socket.close_reason,
    }))


asyncio.run(main(*sys.argv[1:]))
