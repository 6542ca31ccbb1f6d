"""An invented company, its registry, and a QQ that answers from memory: for services and commands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import insert, select

from db.engine import Database, Transaction
from db.queries.groups import last_seen as group_rows
from db.queries.groups import memberships
from db.queries.work.outbox import OutboxRow
from db.tables.base import ZONE
from db.tables.groups import filings
from db.tables.identities import grants, identities
from db.tables.registry import employees, registry_state
from db.tables.work import audit_trail, outbox
from regulation.claims.identity import Identity
from regulation.model import Employee, Member, Role, Status
from regulation.policy import Policy
from regulation.registry import Registry
from services.app import App
from services.ports import Clock, GroupInfo, Part, Pending, Reading, ReceivedFile, UnreachableError

BOT = 90001
ROOT = 10000
HEAD, OWNER, ADMIN, STAFF, CLERK, TRAINEE, GONE, BUYER_HEAD, PLAIN = (
    20001, 20002, 20003, 20004, 20005, 20006, 20007, 20008, 20009,
)  # fmt: skip
STRANGER = 30001
GROUP, OTHER = 700001, 700002
AS_OF = datetime(2026, 3, 1, 9, 0, tzinfo=ZONE)

PEOPLE: tuple[tuple[Employee, int], ...] = (
    (Employee("A001", "张总", "市场部", is_head=True), HEAD),
    (Employee("A002", "王强", "市场部"), OWNER),
    (Employee("A003", "李雷", "市场部/华东组"), ADMIN),
    (Employee("A004", "赵敏", "行政部"), STAFF),
    (Employee("A005", "钱多", "行政部"), CLERK),
    (Employee("A006", "孙丽", "市场部", Status.PROBATION, regularized_on=date(2026, 6, 1)), TRAINEE),
    (Employee("A007", "周芳", "行政部", departed_on=date(2026, 2, 1)), GONE),
    (Employee("A008", "吴总", "采购部", is_head=True), BUYER_HEAD),
    (Employee("A009", "郑平", "采购部"), PLAIN),
)


def registry_of(people: Sequence[tuple[Employee, int]] = PEOPLE) -> Registry:
    """Return the registry of these people, each with one verified QQ."""
    bound = [Identity(qq, employee.employee_no, "roster", AS_OF) for employee, qq in people]
    return Registry.build([e for e, _ in people], bound, Policy().departments, version=1, as_of=AS_OF)


def members(
    owner: int = OWNER, admins: Sequence[int] = (ADMIN,), plain: Sequence[int] = (PLAIN,)
) -> list[Member]:
    """Return a member list with the bot as admin."""
    return [
        Member(owner, role=Role.OWNER),
        *(Member(qq, role=Role.ADMIN) for qq in (*admins, BOT)),
        *(Member(qq) for qq in plain),
    ]


@dataclass
class FakeQQ:
    """A gateway that answers from memory and remembers what was said."""

    clock: Clock
    lists: dict[int, list[Member]] = field(default_factory=dict[int, list[Member]])
    names: dict[int, str] = field(default_factory=dict[int, str])
    said: list[tuple[int | None, int | None, str]] = field(
        default_factory=list[tuple[int | None, int | None, str]]
    )
    files: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    deaf: set[int] = field(default_factory=set[int])
    down: bool = False
    unsendable: tuple[str, ...] = ()
    readings: int = 0
    skew: float | None = None
    database: Database | None = None

    def _asked(self) -> None:
        """QQ may take long to answer: nobody who asks holds a transaction."""
        if self.database is not None:
            self.database.must_be_free()

    def accounts(self) -> tuple[int, ...]:
        return (BOT,)

    def gone(self) -> frozenset[int]:
        return frozenset()

    def account_for(self, group_id: int) -> int | None:
        return BOT

    def connected_for(self, account: int) -> float:
        return 3600.0

    def clock_skew(self, account: int) -> float | None:
        return self.skew

    def is_online(self, account: int) -> bool:
        return True

    def cannot_send(self, account: int) -> Sequence[str]:
        return self.unsendable

    def trusts_flags(self, account: int) -> bool:
        return True

    def acts_now(self, account: int) -> bool:
        return False

    def act(self, rows: Sequence[OutboxRow]) -> None:
        raise AssertionError("never said to act at once")

    async def group_list(self, account: int) -> Sequence[GroupInfo]:
        self._asked()
        return [GroupInfo(g, self.names.get(g, ""), len(m)) for g, m in self.lists.items()]

    async def read_members(self, group_id: int, *, max_age: float = 5.0) -> Reading:
        self._asked()
        self.readings += 1
        if self.down or group_id not in self.lists:
            raise UnreachableError("没有应答")
        name = self.names.get(group_id, f"群{group_id}")
        listed = tuple(self.lists[group_id])
        return Reading(group_id, name, listed, self.clock.now(), BOT, Role.ADMIN, complete=True)

    async def pending_requests(self, account: int) -> Pending:
        self._asked()
        return Pending()

    async def fetch_file(self, account: int, file: ReceivedFile, *, limit: int) -> bytes:
        self._asked()
        return b""

    async def say(
        self, account: int, parts: Sequence[Part], *, group_id: int | None = None, user_id: int | None = None
    ) -> None:
        self._asked()
        if user_id in self.deaf:
            raise UnreachableError("不是好友")
        text = "".join(part.text or (f"[@{part.at}]" if part.at else "[图]") for part in parts)
        self.said.append((group_id, user_id, text))

    async def send_file(self, account: int, user_id: int, name: str, data: bytes) -> None:
        self._asked()
        if user_id in self.deaf:
            raise UnreachableError("不是好友")
        self.files.append((user_id, name))


_QQ = TypeVar("_QQ", bound=FakeQQ)


async def settle_in(app: App) -> FakeQQ:
    """Give `app` the company: registry, one granted clerk, two groups with owner and admins."""
    return await settle_with(FakeQQ, app)


async def settle_with(kind: type[_QQ], app: App) -> _QQ:
    """Give `app` the company, and a QQ of this kind."""
    app.registry = registry_of()
    qq = kind(app.clock, database=app.database)
    app.gateway = qq
    qq.lists = {GROUP: members(), OTHER: members(PLAIN, (), (OWNER,))}
    qq.names = {GROUP: "市场部群", OTHER: "采购部群"}
    async with app.database.transaction() as tx:
        await tx.execute(insert(registry_state).values(id=1, version=1, as_of=AS_OF))
        for employee, user_id in PEOPLE:
            await store(tx, employee, user_id)
        for employee_no in ("A004", "A007", "A009"):
            row = {"employee_no": employee_no, "granted_by": ROOT, "granted_at": app.now()}
            await tx.execute(insert(grants).values(**row))
        for group_id in (GROUP, OTHER):
            await seen(app, tx, group_id)
    return qq


async def seen(app: App, tx: Transaction, group_id: int) -> None:
    """Store a reading of a group made now."""
    assert isinstance(app.gateway, FakeQQ)
    listed = app.gateway.lists[group_id]
    owner = next(m.user_id for m in listed if m.role is Role.OWNER)
    admins = [m.user_id for m in listed if m.role is Role.ADMIN]
    facts = {"owner_id": owner, "admin_ids": admins, "complete_at": app.now(), "account": BOT}
    facts |= {"name": app.gateway.names[group_id], "member_count": len(listed), "audited_at": app.now()}
    await group_rows.put(tx, group_id, **facts)
    await memberships.put_members(tx, group_id, listed, app.now(), whole=True)


async def filed(app: App, group_id: int = GROUP, **values: Any) -> int:
    """Store an approved filing of a group."""
    row = {
        "group_id": group_id,
        "number": f"备案2025-{group_id % 10000:04d}",
        "route": "first",
        "state": "approved",
        "kind": "QQ群",
        "name": "市场部群",
        "purpose": "日常沟通",
        "scope": {"everyone": False, "departments": ["市场部"], "employee_nos": []},
        "department": "市场部",
        "owner_id": OWNER,
        "admin_ids": [ADMIN],
        "made_at": app.now(),
        "approved_at": app.now(),
        **values,
    }
    async with app.database.transaction() as tx:
        return (await tx.execute(insert(filings).values(**row).returning(filings.c.id))).scalar_one()


async def sent(app: App) -> list[tuple[int | None, int | None, str]]:
    """Return what waits in the outbox to be said, or was said: (group, person, text)."""
    wanted = select(outbox).where(outbox.c.state != "dropped").order_by(outbox.c.id)
    async with app.database.reading() as tx:
        rows = (await tx.execute(wanted)).mappings().all()
    said = [row for row in rows if row["kind"] in ("send_private", "send_group")]
    texts = ["".join(part.get("text", "") for part in row["payload"]["parts"]) for row in said]
    return [(row["group_id"], row["user_id"], text) for row, text in zip(said, texts, strict=True)]


async def trail_of(app: App, subject: str) -> list[dict[str, Any]]:
    """Return the lines of the trail about something, newest first."""
    async with app.database.reading() as tx:
        wanted = select(audit_trail).where(audit_trail.c.subject == subject)
        return [dict(row) for row in (await tx.execute(wanted.order_by(audit_trail.c.id.desc()))).mappings()]


async def store(tx: Transaction, employee: Employee, user_id: int) -> None:
    """Store an employee and the QQ number verified for them."""
    bound = {
        "user_id": user_id,
        "employee_no": employee.employee_no,
        "method": "roster",
        "verified_at": AS_OF,
    }
    await tx.execute(insert(identities).values(**bound))
    await tx.execute(
        insert(employees).values(
            employee_no=employee.employee_no,
            name=employee.name,
            department=employee.department,
            employment=employee.employment.value,
            is_head=employee.is_head,
            regularized_on=employee.regularized_on,
            departed_on=employee.departed_on,
        )
    )
