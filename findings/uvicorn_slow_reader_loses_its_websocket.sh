#!/usr/bin/env bash
# A WebSocket app that reads slowly is dropped by uvicorn's own keepalive although its peer answers every ping:
# reading is paused while frames wait, so the pong stands behind them. The app is told only after it has read
# all that waited.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q uvicorn==0.54.0 websockets==17.4
cat > "$folder/probe.py" <<'PY'
import asyncio, socket, uvicorn
from importlib.metadata import version
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

read, told = [], asyncio.Event()

async def app(scope, receive, send):
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] == "websocket.receive":
        read.append(1)
        await asyncio.sleep(0.1)
    told.set()

async def main():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", lifespan="off",
                                           ws_ping_interval=0.5, ws_ping_timeout=1.0))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    closed = None
    async with connect(f"ws://127.0.0.1:{port}", ping_interval=None) as peer:
        for _ in range(60):
            await peer.send("x")
        try:
            await peer.recv()
        except ConnectionClosed as error:
            closed = error.rcvd
    before = len(read)
    await told.wait()
    print("uvicorn", version("uvicorn"), "websockets", version("websockets"))
    print("closed with:", closed, "after", before, "of 60 frames; told after", len(read))
    server.should_exit = True
    await serving
    assert closed is not None and "keepalive" in closed.reason and before < len(read) == 60

asyncio.run(asyncio.wait_for(main(), 60))
PY
"$folder/venv/bin/python" "$folder/probe.py"
