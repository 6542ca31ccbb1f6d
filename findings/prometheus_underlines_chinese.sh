#!/usr/bin/env bash
# prometheus_client takes Chinese names of metrics and labels, and writes each character as an underscore for whoever asks
# for its ordinary text: two metrics with names of one length come out as one with two values, and two labels of one
# character as one label twice, which its own parser refuses: the whole page is lost, and nothing was said when they were made.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet prometheus-client==0.26.0
venv/bin/python - <<'PY'
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.exposition import choose_encoder, generate_latest
from prometheus_client.parser import text_string_to_metric_families

registry = CollectorRegistry()
Gauge("未改名片", "", registry=registry).set(3)
Gauge("待办申请", "", registry=registry).set(700)
Gauge("asked", "", ["群", "人"], registry=registry).labels("700001", "10001").set(1)
plain = generate_latest(registry).decode()
values = [line for line in plain.splitlines() if not line.startswith("#")]
print("prometheus_client", version("prometheus-client"), values)
assert values[:2] == ["____ 3.0", "____ 700.0"] and values[2].count("_=") == 2
try:
    list(text_string_to_metric_families(plain))
except ValueError as error:
    print("read back:", error)
else:
    raise SystemExit("its parser reads a label that is there twice")
encode, _ = choose_encoder("text/plain;version=1.0.0;escaping=allow-utf-8")
assert '{"未改名片"} 3.0' in encode(registry).decode()
PY
