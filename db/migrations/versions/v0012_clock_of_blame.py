"""Who held which office when, whom a notice of a case reached when, and refunds."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from db.tables.base import Moment

revision = "0012"
down_revision = "0011"

_STARTS_CLOCK = ("card_reminder", "file", "notice", "cannot_remove", "removal_failed")
_EVENTS = {"L1": "departed_on", "T1": "handover_on"}
_groups = sa.table(
    "groups", *(sa.column(n) for n in ("group_id", "owner_id")), sa.column("admin_ids", sa.JSON),
    sa.column("complete_at", Moment()),
)  # fmt: skip
_cases = sa.table(
    "cases", *(sa.column(n) for n in ("id", "code", "group_id", "user_id", "employee_no")),
    sa.column("data", sa.JSON), sa.column("closed_at", Moment()), sa.column("first_reminded_at", Moment()),
)  # fmt: skip
_events = sa.table(
    "case_events", *(sa.column(n) for n in ("id", "case_id", "kind")), sa.column("data", sa.JSON),
    sa.column("at", Moment()),
)  # fmt: skip
_penalties = sa.table("penalties", *(sa.column(n) for n in ("id", "case_id", "code", "breach")))
_sent = sa.table("notices_sent", sa.column("subject"))


def upgrade() -> None:
    """Make the tables, and fill them with what groups and timelines tell of the past."""
    offices = op.create_table(
        "offices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(8), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
    )
    op.create_index(op.f("ix_offices_group_id"), "offices", ["group_id"])
    notices = op.create_table(
        "case_notices",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("reached_at", Moment(), nullable=True),
        sa.Column("failed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_notices_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "purpose", "user_id", name=op.f("pk_case_notices")),
    )
    op.add_column("penalties", sa.Column("refunded_at", Moment(), nullable=True))
    bind = op.get_bind()
    if held := list(_held(bind)):
        bind.execute(sa.insert(offices), held)
    told = _told(bind)
    if told:
        bind.execute(sa.insert(notices), list(told.values()))
    _start_clocks(bind, told)
    _name_breaches(bind)
    bind.execute(sa.delete(_sent).where(_sent.c.subject.like("V%")))


def _held(bind: Any) -> Iterator[dict[str, Any]]:
    """Give the offices that the last complete readings showed."""
    for group in bind.execute(sa.select(_groups).where(_groups.c.complete_at.is_not(None))):
        people = [(group.owner_id, "owner"), *((admin, "admin") for admin in group.admin_ids or ())]
        for user_id, role in people:
            if user_id is not None:
                common = {"group_id": group.group_id, "since": group.complete_at, "until": None}
                yield {**common, "user_id": user_id, "role": role}


def _told(bind: Any) -> dict[tuple[int, str, int], dict[str, Any]]:
    """Return what the timelines of open cases say was delivered, the first time each."""
    found: dict[tuple[int, str, int], dict[str, Any]] = {}
    wanted = (
        sa.select(_events.c.case_id, _events.c.at, _events.c.data, _cases.c.user_id)
        .select_from(_events.join(_cases, _cases.c.id == _events.c.case_id))
        .where(_events.c.kind.in_(("told", "reminded")), _cases.c.closed_at.is_(None))
    )
    for event in bind.execute(wanted.order_by(_events.c.id)):
        purpose, to = str(event.data.get("purpose", ""))[:40], str(event.data.get("to", ""))
        number = to.removeprefix("QQ ")
        user_id = int(number) if number.isdecimal() else event.user_id
        if purpose and user_id:
            row = {"case_id": event.case_id, "purpose": purpose, "user_id": user_id}
            times = {"asked_at": event.at, "reached_at": event.at, "failed_at": None}
            found.setdefault((event.case_id, purpose, user_id), {**row, **times})
    return found


def _start_clocks(bind: Any, told: dict[tuple[int, str, int], dict[str, Any]]) -> None:
    first: dict[int, datetime] = {}
    for (case_id, purpose, _), row in told.items():
        if purpose in _STARTS_CLOCK:
            first[case_id] = min(row["reached_at"], first.get(case_id, row["reached_at"]))
    for case_id, at in first.items():
        where = (_cases.c.id == case_id, _cases.c.first_reminded_at.is_(None))
        bind.execute(sa.update(_cases).where(*where).values(first_reminded_at=at))


def _name_breaches(bind: Any) -> None:
    """Name breaches per person by their event: by the deadline, which may now move, they were before."""
    wanted = (
        sa.select(_penalties.c.id, _cases.c.code, _cases.c.group_id, _cases.c.employee_no, _cases.c.data)
        .select_from(_penalties.join(_cases, _cases.c.id == _penalties.c.case_id))
        .where(_penalties.c.code.in_(tuple(_EVENTS)))
        .order_by(_penalties.c.id)
    )
    for row in bind.execute(wanted).all():
        event = (row.data or {}).get(_EVENTS[row.code])
        if event is None or row.employee_no is None:
            continue
        breach = f"{row.code}:{row.group_id}:{row.employee_no}:{event}"[:120]
        other = sa.select(_same.c.id).where(
            _same.c.breach == breach,
            _same.c.liable == sa.select(_same.c.liable).where(_same.c.id == row.id).scalar_subquery(),
        )
        if bind.execute(other).first() is None:
            bind.execute(sa.update(_penalties).where(_penalties.c.id == row.id).values(breach=breach))


_same = sa.table("penalties", *(sa.column(n) for n in ("id", "breach", "liable"))).alias("same")
