#!/usr/bin/env bash
# An implementation that lost its line connects anew while the old connection still looks alive (with uvicorn's pings, up
# to 40 seconds). NoneBot refuses the new one (403) until the old one has ended. aiocqhttp takes it, and when the old one
# ends it forgets the new one: events still come, every call is ApiNotAvailable until the next connection.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet "nonebot2[fastapi]==2.5.0" nonebot-adapter-onebot==2.4.6 pydantic==2.14.3 aiocqhttp==1.4.4 \
  uvicorn==0.54.0 websockets==17.4
cat > probe.py <<'PY'
import asyncio
import json
import socket
from contextlib import asynccontextmanager
from importlib.metadata import version

import nonebot
import uvicorn
from aiocqhttp import CQHttp
from aiocqhttp.exceptions import ApiNotAvailable
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

HEADERS = {"X-Self-ID": "10000", "X-Client-Role": "Universal"}
HEARTBEAT = {"time": 1795340000, "self_id": 10000, "post_type": "meta_event", "meta_event_type": "heartbeat"}


@asynccontextmanager
async def serving(app):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    yield f"ws://127.0.0.1:{port}"
    server.should_exit = True
    await task


async def by_nonebot():
    nonebot.init(driver="~fastapi", log_level="CRITICAL")
    from nonebot.adapters.onebot.v11 import Adapter

    nonebot.get_driver().register_adapter(Adapter)
    async with serving(nonebot.get_asgi()) as url, connect(url + "/onebot/v11/ws", additional_headers=HEADERS):
        try:
            async with connect(url + "/onebot/v11/ws", additional_headers=HEADERS):
                return "taken"
        except InvalidStatus as error:
            return error.response.status_code


async def by_aiocqhttp():
    bot, heard, said = CQHttp(), asyncio.Queue(), []

    @bot.on_meta_event
    async def hear(event):
        await heard.put(event)
        try:
            said.append(await bot.call_action("get_status", self_id=10000))
        except ApiNotAvailable as error:
            said.append(type(error).__name__)
        await heard.put(event)

    async def beat(line):
        """Tell an event, answer the call that it brings if one comes, and wait until that is over."""
        await line.send(json.dumps(HEARTBEAT))
        await heard.get()
        over = asyncio.create_task(heard.get())
        call = asyncio.create_task(line.recv())
        await asyncio.wait({over, call}, return_when=asyncio.FIRST_COMPLETED)
        if call.done():
            answer = {"status": "ok", "retcode": 0, "data": {"online": True}, "echo": json.loads(call.result())["echo"]}
            await line.send(json.dumps(answer))
        await over
        call.cancel()

    async with serving(bot.asgi) as url:
        old = await connect(url + "/ws", additional_headers=HEADERS)
        async with connect(url + "/ws", additional_headers=HEADERS) as new:
            await beat(new)
            await old.close()
            while len(bot._wsr_event_clients) > 1:
                await asyncio.sleep(0.05)
            await beat(new)
    return said


async def main():
    seen = {"nonebot-adapter-onebot": await by_nonebot(), "aiocqhttp": await by_aiocqhttp()}
    for name, said in seen.items():
        print(name, version(name), said)
    assert seen == {"nonebot-adapter-onebot": 403, "aiocqhttp": [{"online": True}, "ApiNotAvailable"]}


asyncio.run(asyncio.wait_for(main(), 60))
PY
venv/bin/python probe.py
