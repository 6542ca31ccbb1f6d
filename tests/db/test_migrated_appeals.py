"""Appeals that were made before it was written down whose they are; and what was wrong with them before."""

from pathlib import Path

import sqlalchemy as sa

from db.engine import Database
from db.ledger import Ledger, head
from db.migrate import upgrade
from db.tables.cases import appeals, cases
from db.tables.identities import identities
from db.tables.ledger import ledger as lines
from tests.company import AS_OF
from tests.db.old_versions import standing_at

_CASE = {
    "code": "C1",
    "group_id": 700001,
    "department": "",
    "status": "open",
    "reason": "missing",
    "data": {},
    "opened_at": AS_OF,
    "seen_at": AS_OF,
    "frozen": False,
}


_OLD = sa.table("appeals", *(sa.column(c.name, c.type) for c in appeals.c if c.name != "employee_no"))
_APPEAL = {"made_by": 1, "made_at": AS_OF, "reason": "", "comment": "", "state": "waiting"}


async def seal(database: Database) -> None:
    """Write the lines of appeals as they were sealed then: without whose they are."""
    assert database.ledger is not None
    async with database.transaction() as tx:
        seq, digest = await head(tx)
        for row in (await tx.execute(sa.select(_OLD).order_by(_OLD.c.id))).mappings().all():
            seq, row_id, sealed = seq + 1, str(row["id"]), database.ledger.seal("appeals", row)
            digest = database.ledger.link(digest, seq, "appeals", row_id, sealed)
            line = {"seq": seq, "source": "appeals", "row_id": row_id, "seal": sealed, "hash": digest}
            await tx.execute(sa.insert(lines), line)


async def test_they_are_those_of_whom_the_case_is_about_else_of_whose_the_qq_is_now(tmp_path: Path) -> None:
    database = await standing_at("0026", f"sqlite+aiosqlite:///{tmp_path}/sub/new.db")
    unsealed, database.ledger = database.ledger, Ledger(b"k" * 32)
    about = [(1, "A1"), (1, None), (2, "A2"), (2, "A2")]
    made_by = [1, 1, 3, 4]
    async with database.transaction() as tx:
        await tx.execute(
            sa.insert(identities),
            [
                {"user_id": user_id, "employee_no": no, "method": "roster", "verified_at": AS_OF}
                for user_id, no in ((1, "A9"), (3, "A3"))
            ],
        )
        for n, (user_id, no) in enumerate(about, 1):
            await tx.execute(
                sa.insert(cases), {**_CASE, "id": n, "subject": str(n), "user_id": user_id, "employee_no": no}
            )
    sealing, database.ledger = database.ledger, unsealed
    async with database.transaction() as tx:
        for n, user_id in enumerate(made_by, 1):
            await tx.execute(sa.insert(_OLD), {**_APPEAL, "id": n, "case_id": n, "made_by": user_id})
    database.ledger = sealing
    await seal(database)
    await upgrade(database)
    async with database.reading() as tx:
        found = await tx.rows(sa.select(appeals.c.employee_no).order_by(appeals.c.id))
        verified = await database.ledger.verify(tx)
    await database.close()

    assert [number for (number,) in found] == ["A1", "A9", "A3", None]
    assert verified.misfit is None


async def test_what_was_changed_by_hand_before_an_upgrade_is_found_after_it(tmp_path: Path) -> None:
    database = await standing_at("0026", f"sqlite+aiosqlite:///{tmp_path}/sub/new.db")
    async with database.transaction() as tx:
        for n in (1, 2, 3, 4):
            await tx.execute(sa.insert(cases), {**_CASE, "id": n, "subject": str(n)})
            if n != 4:
                await tx.execute(sa.insert(_OLD), {**_APPEAL, "id": n, "case_id": n})
    database.ledger = ledger = Ledger(b"k" * 32)
    await seal(database)

    def by_hand(connection: sa.Connection) -> None:
        connection.execute(sa.update(_OLD).where(_OLD.c.id == 2).values(state="upheld"))
        connection.execute(sa.delete(_OLD).where(_OLD.c.id == 3))
        connection.execute(sa.insert(_OLD), {**_APPEAL, "id": 4, "case_id": 4})

    await database.plainly(by_hand)
    await upgrade(database)
    async with database.reading() as tx:
        found = {(one.row_id, one.why) for one in await ledger.misfits(tx, "appeals")}
        verified = await ledger.verify(tx)
    await database.close()

    assert found == {("2", "changed"), ("3", "gone"), ("4", "unknown")}
    assert verified.misfit is not None
