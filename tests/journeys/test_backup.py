"""Safe copies: made while the bot runs, verified before they replace anything."""

import sqlite3
from contextlib import closing

import pytest

from tests.journeys.conftest import SALES
from tests.journeys.harness import Journey


async def test_a_copy_of_a_running_database_restores_what_stood_in_it(journey: Journey) -> None:
    j = journey
    j.world.add_group(SALES, "市场部工作群", 20001)
    await j.import_roster()
    await j.start()
    code, printed = await j.cli("db", "backup", str(j.folder / "copy.db"))
    assert code == 0, printed
    await j.terminate()
    with closing(sqlite3.connect(j.folder / "journey.db")) as live:
        live.execute("DELETE FROM identities")
        live.commit()
    code, printed = await j.cli("db", "restore", str(j.folder / "copy.db"))
    assert code == 1
    assert "--yes" in printed
    code, printed = await j.cli("db", "restore", str(j.folder / "copy.db"), "--yes")
    assert code == 0, printed
    with closing(sqlite3.connect(j.folder / "journey.db")) as live:
        assert live.execute("SELECT count(*) FROM identities").fetchone()[0] == 6


async def test_a_file_that_is_no_copy_replaces_nothing(journey: Journey) -> None:
    await journey.import_roster()
    before = (journey.folder / "journey.db").read_bytes()
    (journey.folder / "bad.db").write_bytes(b"no database")
    code, printed = await journey.cli("db", "restore", str(journey.folder / "bad.db"), "--yes")
    assert code == 1
    assert len(printed.strip().splitlines()) == 1
    assert (journey.folder / "journey.db").read_bytes() == before


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_postgresql_is_dumped_and_restored_without_a_password_on_the_command_line(
    company: Journey,
) -> None:
    j = company
    dump = str(j.folder / "copy.dump")
    code, printed = await j.cli("db", "backup", dump)
    assert code == 0, printed
    assert (await j.cli("db", "restore", dump))[0] == 1
    code, printed = await j.cli("db", "restore", dump, "--yes")
    assert code == 0, printed
    assert "qungui_test:" not in printed
