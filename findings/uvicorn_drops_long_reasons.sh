#!/usr/bin/env bash
# A close reason of a WebSocket holds 123 bytes: 41 Chinese characters. Given one more, uvicorn raises in the app and
# drops the connection without a close frame, so that the peer hears neither the reason nor the code (1006, "try
# again", instead of 1008); with wsproto it cuts the reason short and keeps the code.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet uvicorn==0.54.0 websockets==17.4 wsproto==1.3.2
venv/bin/python - <<'PY'
import asyncio
import socket
from importlib.metadata import version

import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

raised = []


async def app(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    try:
        await send({"type": "websocket.close", "code": 1008, "reason": "群" * int(scope["path"][1:])})
    except Exception as error:
        raised.append(repr(error))


async def heard(ws, length):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", lifespan="off", ws=ws))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    try:
        async with connect(f"ws://127.0.0.1:{port}/{length}") as peer:
            await peer.recv()
    except ConnectionClosed as error:
        said = error.rcvd and (error.rcvd.code, len(error.rcvd.reason))
    server.should_exit = True
    await serving
    return said


async def main():
    seen = {(ws, length): await heard(ws, length) for ws in ("auto", "wsproto") for length in (41, 42)}
    print("uvicorn", version("uvicorn"), seen, raised)
    assert seen == {("auto", 41): (1008, 41), ("auto", 42): None, ("wsproto", 41): (1008, 41), ("wsproto", 42): (1008, 41)}
    assert len(raised) == 1


asyncio.run(asyncio.wait_for(main(), 60))
PY
