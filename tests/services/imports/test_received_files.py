"""Files dropped into a private chat."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from db.queries.work import imports
from db.tables.work import counters
from services.app import App
from services.imports import apply as rosters
from services.imports import received_files
from services.ports import Part, ReceivedFile, UnreachableError

ROSTER = "工号,姓名,部门\nA1,张三,市场部".encode()


class Mailbox:
    """A gateway that holds one file and hears answers."""

    def __init__(self, data: bytes | None) -> None:
        self.data = data
        self.fetched = 0
        self.said: list[tuple[int, str]] = []

    async def fetch_file(self, account: int, file: ReceivedFile, *, limit: int) -> bytes:
        self.fetched += 1
        if self.data is None:
            raise UnreachableError("超时")
        return self.data

    async def say(
        self, account: int, parts: Sequence[Part], *, group_id: int | None = None, user_id: int | None = None
    ) -> None:
        assert user_id is not None
        self.said.append((user_id, "".join(part.text for part in parts)))


def with_file(app: App, data: bytes | None) -> Mailbox:
    box: Any = Mailbox(data)
    app.gateway = box
    return box


async def test_a_roster_from_admin_staff_gets_its_preview_and_id(app):
    box = with_file(app, ROSTER)
    await received_files.take_and_answer(app, 1, 10000, ReceivedFile("随便.doc", len(ROSTER)))
    assert box.said[0][0] == 10000
    assert "导入 I1：新增 1" in box.said[0][1]
    assert (await rosters.settle_import(app, 1, approve=True, by=10000)).ok
    assert "A1" in app.registry.by_no


@pytest.mark.dialects
async def test_a_file_from_anybody_else_is_ignored_unfetched_and_counted(app):
    box = with_file(app, ROSTER)
    for _ in range(2):
        await received_files.take_and_answer(app, 1, 66666, ReceivedFile("名册.xlsx", 10))
    assert (box.fetched, box.said) == (0, [])
    async with app.database.reading() as tx:
        count = await tx.execute(select(counters.c.n).where(counters.c.name == "ignored_files"))
        assert count.scalar_one() == 2
        assert await imports.waiting(tx) == []


async def test_too_large_a_file_is_not_fetched(app):
    box = with_file(app, ROSTER)
    size = received_files.MAX_BYTES + 1
    assert "20 MB" in str(await received_files.take_file(app, 1, 10000, ReceivedFile("a", size)))
    assert box.fetched == 0
    box.data = b"x" * size
    assert "20 MB" in str(await received_files.take_file(app, 1, 10000, ReceivedFile("a", 1)))


async def test_says_when_qq_gives_no_file_or_the_file_is_none(app):
    with_file(app, None)
    assert "没有取到（超时）" in str(await received_files.take_file(app, 1, 10000, ReceivedFile("a", 1)))
    with_file(app, b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    answer = str(await received_files.take_file(app, 1, 10000, ReceivedFile("名册.xlsx", 1)))
    assert "读不出表格" in answer
