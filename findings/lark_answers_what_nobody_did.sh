#!/usr/bin/env bash
# lark-oapi (Feishu's SDK) answers 200 "success" for a departure whose handler is an `async def`: the coroutine is dropped,
# never run. And an event that no handler is registered for, it answers with 500, by which Feishu sends it again.
# A bot that takes its departures from Feishu would remove nobody, and its log would show errors for the rest.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet lark-oapi==1.7.5
cat > probe.py <<'PY'
import json
from importlib.metadata import version
import lark_oapi
from lark_oapi.core.model import RawRequest

handled = []


async def gone_async(event):
    handled.append(event.event.object.name)


def gone(event):
    handled.append(event.event.object.name)


def answer(handler, kind, event):
    request = RawRequest()
    request.uri, request.headers = "/feishu", {}
    header = {"event_id": "1", "event_type": kind, "token": "token", "app_id": "cli_1", "tenant_key": "1"}
    request.body = json.dumps({"schema": "2.0", "header": header, "event": event}).encode()
    response = handler.do(request)
    return response.status_code, json.loads(response.content)["msg"]


def told(on_departure):
    builder = lark_oapi.EventDispatcherHandler.builder("", "token", lark_oapi.LogLevel.CRITICAL)
    handler = builder.register_p2_contact_user_deleted_v3(on_departure).build()
    departure = answer(handler, "contact.user.deleted_v3", {"object": {"open_id": "ou_1", "name": "张三"}})
    return departure, answer(handler, "contact.department.updated_v3", {"object": {"name": "研发部"}})


departure, other = told(gone_async)
print("lark-oapi", version("lark-oapi"), "async handler:", departure, "handled:", handled, "no handler:", other)
assert departure == (200, "success") and not handled
assert other == (500, "processor not found, type: contact.department.updated_v3")
assert told(gone)[0] == (200, "success") and handled == ["张三"]
PY
venv/bin/python -W ignore probe.py
