"""Codes to log in with, and the wrong tries, by QQ number and by address."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from db.engine import Transaction
from db.tables.console import console_codes as codes
from db.tables.console import console_failures as failures
from db.values import Reader

# Whose the wrong tries are that could have opened nothing.
NOBODY = 0


@dataclass(frozen=True, slots=True)
class Code:
    """A code that waits to be used."""

    id: int
    code_hash: str


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


async def waiting(tx: Transaction, user_id: int, now: datetime, *, tries: int) -> Code | None:
    """Return the code that a QQ number may use now, or None. `tries`: so many wrong ones end it."""
    wanted = _CODES.select.where(codes.c.user_id == user_id, codes.c.expires_at > now, codes.c.tries < tries)
    return await _CODES.one(tx, wanted.order_by(codes.c.id.desc()).limit(1))


async def fail(tx: Transaction, user_id: int, address: str, at: datetime, code: Code | None) -> None:
    """Note a wrong try: of an address, and of a QQ number where that had a `code` to be guessed."""
    counted = NOBODY if code is None else user_id
    await tx.execute(insert(failures).values(user_id=counted, address=address, at=at))
    if code is not None:
        await tx.execute(update(codes).where(codes.c.id == code.id).values(tries=codes.c.tries + 1))


async def failed(tx: Transaction, user_id: int, address: str, since: datetime) -> tuple[int, int]:
    """Return how many wrong tries there were for a QQ number, and from an address."""
    count = select(func.count()).select_from(failures).where(failures.c.at > since)
    of_qq = (await tx.execute(count.where(failures.c.user_id == user_id))).scalar_one()
    return of_qq, (await tx.execute(count.where(failures.c.address == address))).scalar_one()


async def sweep(tx: Transaction, now: datetime, failed_before: datetime) -> None:
    """Drop codes that are over, and wrong tries that count no more."""
    await tx.execute(delete(codes).where(codes.c.expires_at <= now))
    await tx.execute(delete(failures).where(failures.c.at <= failed_before))
