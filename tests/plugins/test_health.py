"""The health plugin costs a start nothing that only a look needs."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START = """
import sys, nonebot
nonebot.init(driver="~fastapi")
nonebot.load_plugin("plugins.health")
assert "plugins.health" in sys.modules
print("prometheus_client" in sys.modules)
"""


def test_prometheus_client_is_loaded_by_the_first_look_and_not_by_the_start() -> None:
    done = subprocess.run([sys.executable, "-c", START], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
