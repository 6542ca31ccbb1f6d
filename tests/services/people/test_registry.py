"""The key of the phone hashes, and the registry's version."""

import stat
from pathlib import Path

import pytest

from config.settings import Settings
from db.queries.people import registry as rows
from services.people import registry


def settings(folder: Path, key: str = "") -> Settings:
    return Settings(data_dir=folder, phone_key=key, _env_file=None)  # pyright: ignore[reportCallIssue]


def test_makes_the_phone_key_once_and_for_the_owner_alone(tmp_path):
    folder = tmp_path / "data"
    first = registry.load_phone_key(settings(folder))
    assert len(first) == 32
    assert registry.load_phone_key(settings(folder)) == first
    assert stat.S_IMODE((folder / "phone.key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["phone.key"]


def test_the_environment_s_phone_key_goes_first(tmp_path):
    assert registry.load_phone_key(settings(tmp_path, "secret")) == b"secret"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "zz", "ab"])
def test_a_spoilt_phone_key_is_never_replaced(tmp_path, content):
    (tmp_path / "phone.key").write_text(content)
    with pytest.raises(OSError, match=r"phone\.key"):
        registry.load_phone_key(settings(tmp_path))
    assert (tmp_path / "phone.key").read_text() == content


async def test_the_version_counts_up_and_says_whom_it_was_about(database):
    async with database.transaction() as tx:
        assert await registry.bump(tx, {"A"}) == 1
    async with database.transaction() as tx:
        assert await registry.bump(tx, {"B", "C"}) == 2
        assert await rows.changed_since(tx, 0, 10) == {"A", "B", "C"}
        assert await rows.changed_since(tx, 1, 10) == {"B", "C"}
        assert await rows.changed_since(tx, 0, 2) is None
    async with database.transaction() as tx:
        await registry.bump(tx)
        assert await rows.changed_since(tx, 1, 10) is None
        assert await rows.changed_since(tx, 3, 10) == set()


async def test_a_change_that_was_rolled_back_leaves_the_version(database):
    async def fail() -> None:
        async with database.transaction() as tx:
            await registry.bump(tx)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.reading() as tx:
        assert await rows.state(tx) == (0, None)


@pytest.mark.dialects
async def test_forgets_which_people_long_past_changes_were_about(database):
    async with database.transaction() as tx:
        for _ in range(570):
            await registry.bump(tx, {"A"})
        assert await rows.changed_since(tx, 0, 10_000) is None
        assert await rows.changed_since(tx, 550, 10_000) == {"A"}
