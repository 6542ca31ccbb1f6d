"""Codes to log in with, and the wrong tries, by QQ number and by address."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from db.engine import Transaction
from db.tables.console import console_codes as codes
from db.tables.console import console_failures as failures
from db.values import Reader


@dataclass(frozen=True, slots=True)
class Code:
    """A code that waits to be used."""

    id: int
    code_hash: str
    tries: int


_CODES = Reader(Code, codes)


async def put(tx: Transaction, user_id: int, code_hash: str, expires_at: datetime) -> None:
    """Keep a code for a QQ number, in place of any before it."""
    await drop(tx, user_id)
    await tx.execute(
        insert(codes).values(user_id=user_id, code_hash=code_hash, expires_at=expires_at, tries=0)
    )


async def drop(tx: Transaction, user_id: int) -> None:
    """Drop a QQ number's code: used, or replaced."""
    await tx.execute(delete(codes).where(codes.c.user_id == user_id))


async def waiting(tx: Transaction, user_id: int, now: datetime) -> Code | None:
    """Return the code that a QQ number may use now, or None."""
    wanted = _CODES.select.where(codes.c.user_id == user_id, codes.c.expires_at > now)
    return await _CODES.one(tx, wanted.order_by(codes.c.id.desc()).limit(1))


async def count_try(tx: Transaction, code_id: int) -> None:
    """Count a wrong try of a code."""
    await tx.execute(update(codes).where(codes.c.id == code_id).values(tries=codes.c.tries + 1))


async def fail(tx: Transaction, user_id: int, address: str, at: datetime) -> None:
    """Note a wrong try."""
    await tx.execute(insert(failures).values(user_id=user_id, address=address, at=at))


async def failed(tx: Transaction, user_id: int, address: str, since: datetime) -> tuple[int, int]:
    """Return how many wrong tries there were for a QQ number, and from an address."""
    count = select(func.count()).select_from(failures).where(failures.c.at > since)
    of_qq = (await tx.execute(count.where(failures.c.user_id == user_id))).scalar_one()
    return of_qq, (await tx.execute(count.where(failures.c.address == address))).scalar_one()


async def sweep(tx: Transaction, now: datetime, failed_before: datetime) -> None:
    """Drop codes that are over, and wrong tries that count no more."""
    await tx.execute(delete(codes).where(codes.c.expires_at <= now))
    await tx.execute(delete(failures).where(failures.c.at <= failed_before))
