#!/usr/bin/env bash
# dingtalk-stream gives no answer at all to an event whose handler raises (its own STATUS_SYSTEM_EXCEPTION is never sent),
# handles events side by side, so a later one ends first, and sends the answer to a slow one down whichever line is open by
# then. A bot that takes its departures so can't count on being asked again, nor on 离职 and 入职 in their order.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet dingtalk-stream==0.24.3 websockets==15.0.1
cat > probe.py <<'PY'
import asyncio
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version

import dingtalk_stream
from websockets.asyncio.server import serve

logging.disable(logging.CRITICAL)  # the client logs every line that it opens
SECONDS = {"raises": 0, "slow": 0.6, "quick": 0, "outlives its line": 2}
begun, ended, answers = [], [], []


class Departures(dingtalk_stream.EventHandler):
    async def process(self, event):
        name = event.headers.event_id
        begun.append(name)
        if name == "raises":
            raise LookupError("no such employee")
        await asyncio.sleep(SECONDS[name])
        ended.append(name)
        return dingtalk_stream.AckMessage.STATUS_OK, "OK"


def frame(kind, name, topic):
    headers = {"messageId": name, "eventId": name, "topic": topic, "eventType": "user_leave_org"}
    headers |= {"contentType": "application/json", "time": "1764460800000"}
    return json.dumps({"specVersion": "1.0", "type": kind, "headers": headers, "data": "{}"})


async def dingtalk(line):
    """Four events on the first line, then the word to open another one; every answer is noted with its line."""
    answers.append([])
    mine = answers[-1]
    if len(answers) == 1:
        for name in SECONDS:
            await line.send(frame("EVENT", name, "*"))
        asyncio.get_running_loop().call_later(
            1, lambda: asyncio.ensure_future(line.send(frame("SYSTEM", "anew", "disconnect")))
        )
    async for answer in line:
        said = json.loads(answer)
        mine.append((said["headers"]["messageId"], said["code"]))


async def main():
    async with serve(dingtalk, "127.0.0.1", 0) as lines:
        port = lines.sockets[0].getsockname()[1]

        class Gateway(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                body = json.dumps({"endpoint": f"ws://127.0.0.1:{port}/", "ticket": "1"}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        gateway = HTTPServer(("127.0.0.1", 0), Gateway)
        threading.Thread(target=gateway.serve_forever, daemon=True).start()
        dingtalk_stream.DingTalkStreamClient.OPEN_CONNECTION_API = f"http://127.0.0.1:{gateway.server_port}/"
        client = dingtalk_stream.DingTalkStreamClient(dingtalk_stream.Credential("id", "secret"))
        client.register_all_event_handler(Departures())
        threading.Thread(target=lambda: asyncio.run(client.start()), daemon=True).start()
        for _ in range(200):
            await asyncio.sleep(0.05)
            if len(answers) == 2 and answers[1]:
                break
        print("dingtalk-stream", version("dingtalk-stream"), "begun:", begun, "ended:", ended, "answers by line:", answers)
        assert ended == ["quick", "slow", "outlives its line"] and begun == list(SECONDS)
        assert answers == [[("quick", 200), ("slow", 200), ("anew", 200)], [("outlives its line", 200)]]


asyncio.run(main())
PY
venv/bin/python probe.py
