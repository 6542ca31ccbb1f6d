#!/usr/bin/env bash
# OpenCC's t2s goes by phrases and knows famous people: the two ways of writing one name come out as two names,
# and another person's name comes out as a word. Character by character they meet, and stay apart.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet opencc==1.4.2
venv/bin/python - <<'PY'
import importlib.metadata
from opencc import OpenCC

simplified = OpenCC("t2s").convert
for name in ("張昇", "张昇", "蕭乾", "萧乾", "沈思"):
    print("opencc", importlib.metadata.version("opencc"), name, "->", simplified(name))
assert simplified("張昇") == "张昇" and simplified("张昇") == "张升"
assert simplified("蕭乾") == "萧乾" and simplified("萧乾") == "萧干"
assert simplified("沈思") == "沉思" and "".join(map(simplified, "沈思")) == "沈思"
PY
