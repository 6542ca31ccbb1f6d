#!/usr/bin/env bash
# nonebot-adapter-onebot and aiocqhttp take a call for done unless its status is the word "failed": an answer whose
# status is the error's own text (Lagrange's failed upload), or that says ok and a retcode of 1, raises nothing.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet "nonebot2[fastapi]==2.5.0" nonebot-adapter-onebot==2.4.6 pydantic==2.14.3 aiocqhttp==1.4.4 uvicorn==0.54.0 websockets==17.4
cat > probe.py <<'PY'
import asyncio
import json
import socket
from importlib.metadata import version

import uvicorn
from websockets.asyncio.client import connect

ANSWERS = [
    {"status": "failed", "retcode": 100, "data": None},
    {"status": "upload failed: no such file", "retcode": 1, "data": None},
    {"status": "ok", "retcode": 1, "data": None},
]


async def heard(app, path, called):
    """What the three calls come to, of an implementation that answers them so."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    headers = {"X-Self-ID": "10000", "X-Client-Role": "Universal"}
    async with connect(f"ws://127.0.0.1:{port}{path}", additional_headers=headers) as onebot:
        calling, said = asyncio.create_task(called()), []
        for answer in ANSWERS:
            call = json.loads(await onebot.recv())
            await onebot.send(json.dumps({**answer, "echo": call["echo"]}))
        said = await calling
    server.should_exit = True
    await serving
    return said


async def three(call):
    said = []
    for _ in ANSWERS:
        try:
            said.append(repr(await call("upload_group_file", group_id=700001, file="a.xlsx", name="a.xlsx")))
        except Exception as error:
            said.append(type(error).__name__)
    return said


async def main():
    import nonebot

    nonebot.init(driver="~fastapi", log_level="ERROR")
    from nonebot.adapters.onebot.v11 import Adapter

    nonebot.get_driver().register_adapter(Adapter)

    async def by_nonebot():
        while not nonebot.get_bots():
            await asyncio.sleep(0.05)
        return await three(nonebot.get_bot().call_api)

    seen = {"nonebot-adapter-onebot": await heard(nonebot.get_asgi(), "/onebot/v11/ws", by_nonebot)}
    from aiocqhttp import CQHttp

    bot = CQHttp()

    async def by_aiocqhttp():
        while not bot._wsr_api_clients:
            await asyncio.sleep(0.05)
        return await three(bot.call_action)

    seen["aiocqhttp"] = await heard(bot.asgi, "/ws", by_aiocqhttp)
    for name, said in seen.items():
        print(name, version(name), dict(zip([answer["status"] for answer in ANSWERS], said)))
        assert said == ["ActionFailed", "None", "None"]


asyncio.run(asyncio.wait_for(main(), 60))
PY
venv/bin/python probe.py
