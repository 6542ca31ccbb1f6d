"""What SCIM senders told, and the tokens they send with."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from db.engine import Transaction
from db.tables.scim import scim_resources, scim_tokens
from db.values import Reader
from db.writing.bulk import among

_PART = 1000
_ALIVE = scim_resources.c.is_deleted.is_(False)
_NEXT_NO = select(func.coalesce(func.max(scim_resources.c.told_no), 0) + 1).scalar_subquery()
_ORDER = (scim_resources.c.created_at, scim_resources.c.resource_id)


@dataclass(frozen=True, slots=True)
class Told:
    """One resource as a sender told it; the columns are explained at the table."""

    resource_id: str
    kind: str
    user_name: str | None
    external_id: str | None
    employee_no: str | None
    body: Mapping[str, Any]
    active: bool | None
    left_on: date | None
    version: int
    created_at: datetime
    changed_at: datetime
    told_by: str
    is_news: bool
    status_news: bool
    held_in: int | None = None
    is_deleted: bool = False


class News(NamedTuple):
    """Of a resource what following it needs: the registry follows many in one go."""

    resource_id: str
    employee_no: str | None
    body: Mapping[str, Any]
    active: bool | None
    left_on: date | None
    version: int
    told_by: str
    is_news: bool
    status_news: bool
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A sender's token; only its hash is kept."""

    name: str
    made_by: str
    made_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


_TOLD = Reader(Told, scim_resources)
_NEWS = Reader(News, scim_resources)
_TOKENS = Reader(Token, scim_tokens)
_ALL_TOKENS = _TOKENS.select.order_by(scim_tokens.c.name)


def new(resource_id: str, kind: str, now: datetime) -> Told:
    """Return a resource of which nothing was told yet."""
    return Told(resource_id, kind, None, None, None, {}, None, None, 0, now, now, "", False, False)


async def get(tx: Transaction, kind: str, resource_id: str) -> Told | None:
    """Return one resource that was not deleted, or None."""
    return next(iter(await _all(tx, scim_resources.c.resource_id == resource_id, _of([kind]))), None)


async def add(tx: Transaction, told: Told) -> None:
    """Keep a new resource."""
    await tx.execute(insert(scim_resources).values(**asdict(told), told_no=_NEXT_NO))


async def replace(tx: Transaction, told: Told) -> None:
    """Write a resource anew."""
    values = asdict(told)
    where = scim_resources.c.resource_id == values.pop("resource_id")
    await tx.execute(update(scim_resources).where(where).values(**values, told_no=_NEXT_NO))


async def forget(tx: Transaction, resource_id: str) -> None:
    """Delete a resource."""
    await tx.execute(delete(scim_resources).where(scim_resources.c.resource_id == resource_id))


async def is_taken(tx: Transaction, user_name: str, but: str) -> bool:
    """Tell whether another resource holds this userName."""
    where = (scim_resources.c.user_name == user_name, scim_resources.c.resource_id != but)
    return (await tx.execute(select(scim_resources.c.resource_id).where(*where))).first() is not None


async def has_another(tx: Transaction, employee_no: str, but: str) -> bool:
    """Tell whether another resource that was not deleted is of this employee."""
    where = (scim_resources.c.employee_no == employee_no, scim_resources.c.resource_id != but, _ALIVE)
    return (await tx.execute(select(scim_resources.c.resource_id).where(*where))).first() is not None


async def page(
    tx: Transaction, kinds: Sequence[str], start: int, count: int | None
) -> tuple[int, list[Told]]:
    """Return how many resources there are, and `count` of them from `start` on."""
    total = (await tx.execute(select(func.count()).where(_of(kinds)))).scalar_one()
    wanted = _TOLD.select.where(_of(kinds)).order_by(*_ORDER).offset(start).limit(count)
    return total, await _TOLD.all(tx, wanted)


async def where_equal(tx: Transaction, kind: str, name: str, value: str) -> list[Told]:
    """Return the resources with this user_name, external_id or employee_no, whatever the latter's case."""
    column: ColumnElement[Any] = scim_resources.c[name]
    if name == "employee_no":
        column, value = func.lower(column), value.lower()
    return await _all(tx, column == value, _of([kind]))


async def walk(tx: Transaction, kinds: Sequence[str]) -> AsyncIterator[list[Told]]:
    """Give all resources, in parts, in the order of `page`."""
    at = 0
    while part := (await page(tx, kinds, at, _PART))[1]:
        yield part
        at += len(part)


async def news(tx: Transaction, most: int | None = None) -> list[News]:
    """Return what the registry has not taken over, in the order in which it was told."""
    wanted = _NEWS.select.where(scim_resources.c.is_news).order_by(scim_resources.c.told_no)
    return await _NEWS.all(tx, wanted.limit(most))


async def listed(tx: Transaction) -> list[str]:
    """Return the employee numbers of everybody whom senders have and don't say to have left."""
    here = scim_resources.c.active.is_not(False)
    wanted = select(scim_resources.c.employee_no).where(_of(["User"]), here).distinct()
    return [number for (number,) in await tx.rows(wanted) if number is not None]


async def held(tx: Transaction) -> list[News]:
    """Return what waits with an import."""
    return await _NEWS.all(tx, _NEWS.select.where(scim_resources.c.held_in.is_not(None)).order_by(*_ORDER))


async def has_news(tx: Transaction) -> bool:
    """Tell whether there is anything that the registry has not taken over."""
    found = await tx.execute(select(scim_resources.c.resource_id).where(scim_resources.c.is_news).limit(1))
    return found.first() is not None


async def settle(tx: Transaction, taken: Sequence[News], held_in: int | None) -> None:
    """Mark what was taken over, or is held with an import, unless it was changed since it was read."""
    values: dict[str, Any] = {"is_news": False, "held_in": held_in}
    if held_in is None:
        values["status_news"] = False
    for version in sorted({one.version for one in taken}):
        ids = [one.resource_id for one in taken if one.version == version]
        where = (among(scim_resources.c.resource_id, ids, tx.dialect), scim_resources.c.version == version)
        await tx.execute(update(scim_resources).where(*where).values(**values))
    deleted = [one.resource_id for one in taken if one.is_deleted]
    if held_in is None and deleted:
        which = among(scim_resources.c.resource_id, deleted, tx.dialect)
        done = (scim_resources.c.is_deleted, scim_resources.c.is_news.is_(False))
        await tx.execute(delete(scim_resources).where(which, *done))


def _of(kinds: Sequence[str]) -> ColumnElement[bool]:
    return scim_resources.c.kind.in_(kinds) & _ALIVE


async def _all(tx: Transaction, *where: ColumnElement[bool]) -> list[Told]:
    return await _TOLD.all(tx, _TOLD.select.where(*where).order_by(*_ORDER))


async def add_token(tx: Transaction, name: str, token_hash: str, by: str, at: datetime) -> bool:
    """Keep a token's hash, in place of a revoked one of that name; False where a valid one has the name."""
    where = (scim_tokens.c.name == name, scim_tokens.c.revoked_at.is_not(None))
    await tx.execute(delete(scim_tokens).where(*where))
    if (await tx.execute(select(scim_tokens.c.id).where(scim_tokens.c.name == name))).first() is not None:
        return False
    values = {"name": name, "token_hash": token_hash, "made_by": by, "made_at": at}
    await tx.execute(insert(scim_tokens).values(**values))
    return True


async def revoke_token(tx: Transaction, name: str, at: datetime) -> bool:
    """Revoke a token; return whether there was a valid one."""
    where = (scim_tokens.c.name == name, scim_tokens.c.revoked_at.is_(None))
    return (await tx.execute(update(scim_tokens).where(*where).values(revoked_at=at))).rowcount == 1


async def tokens(tx: Transaction) -> list[Token]:
    """Return every token, by name."""
    return await _TOKENS.all(tx, _ALL_TOKENS, {})


async def sender(tx: Transaction, token_hash: str) -> str | None:
    """Return whose valid token has this hash, or None."""
    where = (scim_tokens.c.token_hash == token_hash, scim_tokens.c.revoked_at.is_(None))
    return (await tx.execute(select(scim_tokens.c.name).where(*where))).scalar_one_or_none()


async def note_use(tx: Transaction, name: str, at: datetime) -> None:
    """Note when a token was used last."""
    await tx.execute(update(scim_tokens).where(scim_tokens.c.name == name).values(used_at=at))


async def heard_at(tx: Transaction) -> datetime | None:
    """Return when a sender was heard last."""
    return (await tx.execute(select(func.max(scim_tokens.c.used_at)))).scalar_one_or_none()
