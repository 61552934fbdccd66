"""A WebSocket client on python3-websockets that talks, compressed, until the server closes; prints what it saw."""
import asyncio
import json
import sys

import websockets


async def main(url):
    echoed = 0
    async with websockets.connect(url) as socket:
        try:
            while True:
                await socket.send("ä" * 5000)
                while len(await socket.recv()) != 5000:
                    pass
                echoed += 1
                if echoed == 1:
                    print("talking", flush=True)
        except websockets.ConnectionClosed:
            pass

    print(json.dumps({
        "compressed": any(extension.name == "permessage-deflate" for extension in socket.extensions),
        "talked": echoed > 0,
        "closeCode": socket.close_code,
        "closeReason": socket.close_reason,
    }))


asyncio.run(main(sys.argv[1]))
