#!/usr/bin/env bash
# cn2an.transform, which writes the numbers in a sentence in digits (研发一部 and 研发1部 become one), takes every character
# that can count for a number: 张三 becomes 张3, 统一 统1, 四川 4川, 陆一 61, and 一月 and 1月 meet as they should.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet cn2an==0.5.24
venv/bin/python -W ignore - <<'PY'
from importlib.metadata import version
import cn2an

texts = ("研发一部", "一月", "张三", "王五", "陆一", "统一", "四川分公司", "三亚")
seen = {text: cn2an.transform(text) for text in texts}
print("cn2an", version("cn2an"), seen)
assert list(seen.values()) == ["研发1部", "1月", "张3", "王5", "61", "统1", "4川分公司", "3亚"]
PY
