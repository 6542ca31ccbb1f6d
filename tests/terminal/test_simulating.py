"""`cli.py simulate` brings a company of its own, and leaves the live one alone."""

import csv
from pathlib import Path

import pytest

from config.settings import Settings
from simulator import World
from simulator.console.by_hand import populate
from terminal import simulating


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    live = Settings(data_dir=tmp_path, onebot_access_token="a-token-of-twenty", _env_file=None)  # pyright: ignore[reportCallIssue]
    simulating.write_company(tmp_path / "simulate", live, 2, 12, 18080)
    return tmp_path / "simulate"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_roster_names_everybody_in_the_simulated_groups(folder: Path) -> None:
    world = World()
    populate(world, simulating.BOT, 2, 12)
    inside = {str(user_id) for group in world.groups.values() for user_id in group.members}
    rows = table(folder / "名册.csv")
    assert {row["QQ"] for row in rows} == inside - {str(simulating.BOT)}
    assert len({row["工号"] for row in rows}) == len(rows)
    assert [row["群号"] for row in table(folder / "群登记表.csv")] == [str(g) for g in world.groups]


def test_the_trial_has_a_database_of_its_own_and_the_bots_token(folder: Path) -> None:
    lines = dict(line.split("=", 1) for line in (folder / ".env").read_text("utf-8").splitlines())
    assert lines["DATABASE_URL"] == f"sqlite+aiosqlite:///{folder.as_posix()}/qungui.db"
    assert (lines["PORT"], lines["ONEBOT_ACCESS_TOKEN"]) == ("18080", "a-token-of-twenty")
