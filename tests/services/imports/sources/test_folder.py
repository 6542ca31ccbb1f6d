"""A folder of HR's exports, as Windows shares and people fill it."""

import os
from dataclasses import replace

import pytest

from services.imports.sources import folder
from services.imports.sources.configured import names, open_source
from services.imports.sources.model import Outcome
from services.imports.sources.pulling import pull

HEADER = "工号,姓名,部门\n"


@pytest.fixture
def drop(app, tmp_path, monkeypatch):
    """Drop a file into the folder: `drop(name, people or bytes, at=seconds)`."""
    monkeypatch.setattr(folder, "LOOK_SECONDS", 0.0)
    place = tmp_path / "人事导出"
    place.mkdir()
    _set(app, path=str(place), pattern=("*.csv",))

    def work(name, content, at):
        data = content if isinstance(content, bytes) else csv(content)
        (place / name).write_bytes(data)
        os.utime(place / name, (at, at))
        return place / name

    return work


def _set(app, **values):
    sources = app.policy.sources
    app.policy = replace(app.policy, sources=replace(sources, folder=replace(sources.folder, **values)))


def csv(numbers, department="市场部"):
    return (HEADER + "".join(f"B{n:03},员工{n},{department}\n" for n in numbers)).encode()


async def look(app, name="folder"):
    return await pull(app, open_source(app, name))


@pytest.mark.usefixtures("read_apart")
async def test_the_newest_file_is_taken_once(app, drop):
    drop("名册11月.csv", range(3), at=100)
    drop("名册10月.csv", range(9), at=50)
    assert (await look(app)).people == 3
    assert (await look(app)).outcome is Outcome.NOTHING_NEW
    drop("名册12月.csv", range(4), at=200)
    assert (await look(app)).people == 4


async def test_an_older_file_with_a_newer_name_is_never_taken(app, drop):
    drop("名册11月.csv", range(3), at=100)
    await look(app)
    drop("名册12月.csv", range(9), at=90)
    assert (await look(app)).outcome is Outcome.NOTHING_NEW
    assert len(app.registry.by_no) == 3


async def test_the_same_content_is_never_taken_twice_but_keeps_the_registry_fresh(app, drop, clock):
    drop("a.csv", range(3), at=100)
    await look(app)
    clock.move(days=40)
    drop("b.csv", range(3), at=200)
    assert (await look(app)).outcome is Outcome.NOTHING_NEW
    assert app.registry.as_of == app.now()
    drop("c.csv", csv(range(3), "采购部"), at=300)
    await look(app)
    clock.move(days=40)
    drop("d.csv", range(3), at=400)
    assert (await look(app)).outcome is Outcome.NOTHING_NEW
    assert app.registry.by_no["B001"].department == "采购部"
    assert app.registry.as_of != app.now()


@pytest.mark.parametrize("name", ["~$名册.csv", ".~lock.名册.csv#", "名册.csv.part", ".名册.csv", "名册.txt"])
async def test_locks_halves_and_other_files_are_left_alone(app, drop, name):
    _set(app, pattern=("*",) if name != "名册.txt" else ("*.csv",))
    drop(name, range(3), at=100)
    pulled = await look(app)
    assert (pulled.outcome, pulled.text) == (Outcome.NOTHING_NEW, "没有新内容")


async def test_a_file_that_somebody_has_open_waits_until_the_lock_is_gone_or_old(app, drop, clock):
    now = clock.now().timestamp()
    drop("名册.csv", range(3), at=now)
    lock = drop("~$名册.csv", b"x", at=now)
    pulled = await look(app)
    assert pulled.outcome is Outcome.NOTHING_NEW
    assert "名册.csv" in pulled.text
    os.utime(lock, (now - 13 * 3600, now - 13 * 3600))
    assert (await look(app)).outcome is Outcome.APPLIED


async def test_a_file_that_still_grows_is_left_until_it_stops(app, drop, monkeypatch):
    path = drop("名册.csv", csv(range(3)), at=100)
    sleep = folder.asyncio.sleep

    async def grow(seconds):
        path.write_bytes(csv(range(5)))
        await sleep(0)

    monkeypatch.setattr(folder.asyncio, "sleep", grow)
    assert (await look(app)).outcome is Outcome.NOTHING_NEW
    monkeypatch.setattr(folder.asyncio, "sleep", lambda _: sleep(0))
    assert (await look(app)).people == 5


@pytest.mark.parametrize("data", [csv(range(3)) + b"\0" * 4000, b"PK\x03\x04" + b"\0" * 4000])
async def test_a_copy_that_has_its_size_before_its_content_is_a_failure_until_it_is_whole(app, drop, data):
    drop("名册.csv", data, at=100)
    pulled = await look(app)
    assert pulled.outcome is Outcome.FAILED
    assert "没有写完" in pulled.text
    drop("名册.csv", range(3), at=100)
    assert (await look(app)).outcome is Outcome.APPLIED


async def test_several_companies_files_are_sources_of_their_own(app, drop):
    _set(app, pattern=("华东*.csv", "华南*.csv"))
    assert names(app.policy.sources) == ["folder:华东*.csv", "folder:华南*.csv"]
    drop("华东-1.csv", range(10), at=100)
    drop("华南-1.csv", range(10, 20), at=90)
    for name in names(app.policy.sources):
        assert (await look(app, name)).outcome is Outcome.APPLIED
    app.policy = replace(app.policy, registry=replace(app.policy.registry, missing_means_departed=True))
    drop("华南-2.csv", range(11, 20), at=110)
    assert "离职 1" in (await look(app, "folder:华南*.csv")).text
    today = app.now().date()
    assert [no for no, one in app.registry.by_no.items() if one.is_departed(today)] == ["B010"]


async def test_a_file_that_lists_only_changes_says_nothing_of_others(app, drop):
    _set(app, everybody=False)
    drop("1.csv", range(30), at=100)
    await look(app)
    drop("2.csv", csv([3], "采购部"), at=200)
    assert (await look(app)).outcome is Outcome.APPLIED
    assert app.registry.by_no["B003"].department == "采购部"


@pytest.mark.parametrize("what", ["folder", "file"])
async def test_what_can_not_be_read_is_said(app, drop, tmp_path, what):
    if what == "file":
        drop("名册.csv", "姓名,部门\n张三,市场部\n".encode(), at=100)
    else:
        _set(app, path=str(tmp_path / "没有"))
    pulled = await look(app)
    assert pulled.outcome is Outcome.FAILED
    assert ("工号" if what == "file" else "没有") in pulled.text


async def test_one_path_can_be_a_file(app, drop):
    _set(app, path=str(drop("名册.csv", range(3), at=100)))
    assert (await look(app)).people == 3
