"""The console costs a start nothing that only a look needs; switched off, it isn't there."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
START = """
import sys, types, nonebot
from config.settings import Settings
from services.context import use_app
use_app(types.SimpleNamespace(settings=Settings(_env_file=None)))
nonebot.init(driver="~fastapi")
nonebot.load_plugin("plugins.console")
mounted = any(getattr(route, "path", "") == "/console" for route in nonebot.get_app().routes)
print(mounted, [name for name in ("plugins.console.site", "jinja2") if name in sys.modules])
"""


@pytest.mark.parametrize(("console", "printed"), [("on", "True []"), ("off", "False []")])
def test_the_pages_are_loaded_by_the_first_look_and_not_by_the_start(
    monkeypatch: pytest.MonkeyPatch, console: str, printed: str
) -> None:
    monkeypatch.setenv("CONSOLE", console)
    done = subprocess.run([sys.executable, "-c", START], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == printed
