"""What stands in `deploy/` fits the project: nothing the bot needs is left out of the image, and the unit is valid."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NEEDED = {"bot.py", "cli.py", "config", "db", "plugins", "regulation", "services", "simulator", "terminal"}


def test_the_image_holds_every_room_of_the_bot() -> None:
    lines = (ROOT / "deploy/Dockerfile").read_text().splitlines()
    copied = {word for line in lines if line.startswith("COPY ") for word in line.split()}
    sent = {
        line.removeprefix("!") for line in (ROOT / "deploy/Dockerfile.dockerignore").read_text().splitlines()
    }
    assert copied >= NEEDED
    assert sent >= NEEDED
    assert all((ROOT / name).exists() for name in NEEDED)


def test_what_tries_the_image_says_so_where_docker_does_not_run(tmp_path: Path) -> None:
    nowhere = {**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/nobody.sock"}
    done = subprocess.run(
        [ROOT / "deploy/try-image"], env=nowhere, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "neither built nor started" in done.stdout


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
def test_systemd_has_nothing_against_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "qungui.service"
    text = (ROOT / "deploy/qungui.service").read_text("utf-8")
    assert "/opt/qungui/.venv/bin/python" in text
    unit.write_text(text.replace("/opt/qungui/.venv/bin/python", sys.executable), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_entry_for_nonebots_store_of_bots_has_its_form() -> None:
    """A name, a description, and at most three tags of at most ten characters; the publisher adds the homepage."""
    entry = json.loads((ROOT / "deploy" / "nonebot-store.json").read_text("utf-8"))
    assert set(entry) == {"name", "desc", "homepage", "tags"}
    assert 0 < len(entry["name"]) <= 50
    assert len(entry["tags"]) <= 3
    for tag in entry["tags"]:
        assert 0 < len(tag["label"]) <= 10
        assert re.fullmatch(r"#[0-9a-f]{6}", tag["color"])
