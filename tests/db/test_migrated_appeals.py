"""Appeals that were made before it was written down whose they are."""

from pathlib import Path

import sqlalchemy as sa

from db.ledger import Ledger
from db.migrate import upgrade
from db.tables.cases import appeals, cases
from db.tables.identities import identities
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
        old = sa.table("appeals", *(sa.column(c.name, c.type) for c in appeals.c if c.name != "employee_no"))
        for n, user_id in enumerate(made_by, 1):
            row = {"id": n, "case_id": n, "made_by": user_id, "made_at": AS_OF, "reason": "", "comment": ""}
            await tx.execute(sa.insert(old), {**row, "state": "waiting"})
    database.ledger = sealing
    await upgrade(database)
    async with database.reading() as tx:
        found = await tx.rows(sa.select(appeals.c.employee_no).order_by(appeals.c.id))
        verified = await database.ledger.verify(tx)
    await database.close()

    assert [number for (number,) in found] == ["A1", "A9", "A3", None]
    assert verified.misfit is None
