"""Lines that nobody would write, through the dispatch on a real database: calm answers, nothing changed."""

import hashlib
import random
from collections.abc import Iterator

import pytest

from db.tables import metadata
from plugins.commands import dispatch
from plugins.commands.table import COMMANDS
from regulation.model import Role
from services.app import App
from tests import company as co

LINES, LINES_ON_POSTGRESQL = 250, 40
PEOPLE = {
    "stranger": co.STRANGER,
    "departed": co.GONE,
    "employee": co.PLAIN,
    "owner": co.OWNER,
    "admin": co.ADMIN,
    "head": co.HEAD,
    "admin staff": co.STAFF,
    "superuser": co.ROOT,
}
# What takes effect at once, and whose fields may all be missing: not what is tested here.
AT_ONCE = frozenset({"暂停", "恢复", "抽查", "改名片", "解散", "群检查", "下一页", "控制台"})
PIECES = (
    "９９９９９９９９９９９９９９９９９９９９", "9" * 400, "-1", "0", "1e9", "٣٤٥", "²", "0x10", "NaN", "½",
    "2026-13-45", "0000-00-00", "9999-12-31", "１９９９年１３月４０日", "2026-02-30..2026-02-31", "..", "明天的明天",
    "A" + "9" * 60, "V" + "9" * 30, "J0", "R-5", "P１２３４５６７８９０１２３４５６７８９０１２３", "B٣", "工号:",
    "群=" + "9" * 30, "群=０", "群=-1", "条款=Ω9", "部门=\u202e", "理由=", "=", "==", "＝＝＝", "键=值=值", "范围=，，、、",
    "[CQ:at,qq=all]", "[CQ:at,qq=" + "9" * 30 + "]", "@全体成员", "@" * 50, " 99999999999999999999 ",
    "\u200b" * 40, "\u202e倒过来", "e" + "\u0301" * 60, "👨‍👩‍👧‍👦" * 9, "\x00\x07", "\ufeff", "\t\n\r\v\f", "“未完", "「",
    "'; DROP TABLE cases; --", "%s%n{0}", "../../etc/passwd", "\\", "字" * 3000, "a " * 700, "，" * 80,
)  # fmt: skip


def lines(seed: int, count: int) -> Iterator[str]:
    """Yield command names, some misspelt, each followed by pieces that no field can be read from."""
    chance = random.Random(seed)
    names = [command.name for command in COMMANDS if command.name not in AT_ONCE]
    for _ in range(count):
        name = chance.choice(names) if chance.random() < 0.9 else chance.choice(PIECES)
        if chance.random() < 0.1:
            name = name[:-1] or name
        pieces = chance.choices(PIECES, k=chance.choice((1, 1, 2, 2, 3, 6)))
        yield (
            chance.choice(("", "/", "／", " /"))
            + name
            + chance.choice((" ", "　", "，", ""))
            + " ".join(pieces)
        )


async def fingerprint(app: App) -> str:
    """Return a sum over every row of every table."""
    found = hashlib.sha256()
    async with app.database.reading() as tx:
        for table in metadata.sorted_tables:
            rows = (await tx.execute(table.select())).all()
            found.update("\n".join(sorted(map(repr, rows))).encode("utf-8", "surrogatepass"))
    return found.hexdigest()


@pytest.mark.parametrize("place", ["private", "group"])
@pytest.mark.parametrize("role", PEOPLE)
async def test_unreadable_lines_get_a_calm_answer_or_none_and_change_nothing(
    app: App, role: str, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    await co.settle_in(app)
    group_id = co.GROUP if place == "group" else None
    hint = Role.OWNER if role == "owner" else Role.ADMIN if role == "admin" else None
    before = await fingerprint(app)
    count = LINES if app.database.is_sqlite else LINES_ON_POSTGRESQL
    for text in lines(sum(map(ord, role + place)), count):
        line = dispatch.Line(co.BOT, PEOPLE[role], group_id, text, addressed=False, hint=hint)
        answered = await dispatch.answer(app, line, dispatch.Throttle())
        if answered is not None:
            said = answered[1].text or answered[1].public or ""
            assert said or answered[1].image or answered[1].file, f"an empty answer to {text[:80]!r}"
            assert "Error" not in said
            assert "Traceback" not in said
    failed = [record.getMessage() for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]
    assert failed == []
    assert await fingerprint(app) == before
