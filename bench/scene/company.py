"""An invented company of any size, straight into a database: what the bench measures against."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert

from bench.scene.qq import ACCOUNT, OWNER, group_id, member
from config.settings import Settings
from db.engine import Database
from db.tables.base import ZONE
from db.tables.groups import filings, groups
from db.tables.identities import identities
from db.tables.registry import employees, registry_state
from db.values import as_json
from db.writing.parts import in_parts
from regulation.claims.digits import hash_digits
from regulation.model import Kind, Scope
from services.running.startup import prepare_database

KEY = b"0123456789abcdef0123456789abcdef"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国文斌"
DEPARTMENTS = tuple(f"{name}部" for name in ("市场", "技术", "财务", "人事", "生产", "采购", "质检", "法务"))


@dataclass(frozen=True, slots=True)
class Size:
    """How many people and groups; `bound`: how many people have a verified QQ number."""

    people: int
    groups: int
    per_group: int = 0
    bound: int | None = None


def name_of(n: int) -> str:
    """Return the name of person `n`."""
    return SURNAMES[n % 20] + GIVEN[n // 20 % 32] + GIVEN[n // 640 % 32]


def number_of(n: int) -> str:
    """Return the employee number of person `n`."""
    return f"A{n:06d}"


def digits_of(n: int) -> str:
    """Return the last four phone digits of person `n`."""
    return f"{(n * 7919) % 10000:04d}"


def department_of(n: int) -> str:
    """Return the department of person `n`."""
    return DEPARTMENTS[n % len(DEPARTMENTS)]


def qq_of(n: int) -> int:
    """Return the QQ number of person `n`."""
    return 1_000_000_000 + n


def comment_of(n: int) -> str:
    """Return what person `n` writes when asking to join, with the right proof."""
    proof = f"{department_of(n)} {name_of(n)} {number_of(n)} {digits_of(n)}"
    return f"问题：部门 姓名 工号 手机后四位\n答案：{proof}"


def card_of(n: int) -> str:
    """Return the right card of person `n`."""
    return f"{department_of(n)}-{name_of(n)}"


def member_lists(size: Size, account: int = ACCOUNT) -> dict[int, list[dict[str, Any]]]:
    """Return who is in which group: the owner, our account as admin, and `per_group` people each."""
    found: dict[int, list[dict[str, Any]]] = {}
    for n in range(size.groups):
        group = group_id(n)
        people = (n * size.per_group + i for i in range(size.per_group))
        found[group] = [
            member(group, OWNER, "", "owner"),
            member(group, account, "群规", "admin"),
            *(member(group, qq_of(i % size.people), card_of(i % size.people)) for i in people),
        ]
    return found


async def write(url: str, size: Size, now: datetime | None = None) -> None:
    """Make the database of a company whose groups are all filed."""
    now = now or datetime.now(ZONE)
    await prepare_database(Settings(database_url=url, superusers=frozenset({OWNER})))
    database = Database(url)
    try:
        await store(database, registry_state, [{"id": 1, "version": 1, "as_of": now}])
        await store(database, employees, _people(size))
        await store(database, identities, _bound(size, now))
        await store(database, groups, _groups(size, now))
        await store(database, filings, _filings(size, now))
    finally:
        await database.close()


async def store(database: Database, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows, however many."""
    async with database.transaction() as tx:
        for part in in_parts(rows, 5000):
            await tx.execute(insert(table), part)


def _people(size: Size) -> Iterator[dict[str, Any]]:
    for n in range(size.people):
        no = number_of(n)
        yield {
            "employee_no": no, "name": name_of(n), "department": department_of(n), "employment": "regular",
            "phone_hash": hash_digits(KEY, no, digits_of(n)),
        }  # fmt: skip


def _bound(size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    for n in range(size.people if size.bound is None else size.bound):
        yield {
            "user_id": qq_of(n), "employee_no": number_of(n), "method": "roster", "verified_at": now,
            "verified_by": "terminal",
        }  # fmt: skip


def _groups(size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    for n in range(size.groups):
        yield {
            "group_id": group_id(n), "name": f"XY-市场部-{group_id(n)}", "account": ACCOUNT,
            "bot_role": "admin", "owner_id": OWNER, "admin_ids": [ACCOUNT], "first_seen_at": now,
            "introduced_at": now, "member_count": size.per_group + 2,
        }  # fmt: skip


def _filings(size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    for n in range(size.groups):
        yield {
            "group_id": group_id(n), "number": f"QG-{n:05d}", "route": "register", "state": "approved",
            "kind": Kind.QQ_GROUP.value, "name": f"XY-市场部-{group_id(n)}", "purpose": "日常工作沟通",
            "scope": as_json(Scope(everyone=True)), "department": "市场部", "owner_id": OWNER,
            "admin_ids": [ACCOUNT], "made_at": now - timedelta(days=30),
            "approved_at": now - timedelta(days=30),
        }  # fmt: skip
