"""What all tables share: one metadata object, a naming convention, and the time columns' type."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, DateTime, Dialect, Index, MetaData, event, text
from sqlalchemy.types import TypeDecorator

ZONE = ZoneInfo("Asia/Shanghai")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# What an index is told of the rows it holds, by dialect.
_WHERE = "where"


def partial_index(
    name: str, *columns: str, where: str, on_sqlite: str | None = None, unique: bool = False
) -> Index:
    """Return an index of those rows alone that meet a condition; `on_sqlite`: where it is spelt otherwise."""
    conditions = {"postgresql": where, "sqlite": on_sqlite or where}
    return Index(name, *columns, unique=unique, info={_WHERE: conditions})


@event.listens_for(metadata, "before_create")
def _conditions(_: MetaData, connection: Connection, **__: Any) -> None:
    """Give partial indexes their condition where tables are made.

    SQLAlchemy loads a dialect to look at an option of it: 4.5 MiB for PostgreSQL, whichever is used.
    """
    dialect = connection.dialect.name
    for table in metadata.tables.values():
        for index in table.indexes:
            if _WHERE in index.info:
                index.dialect_options[dialect][_WHERE] = text(index.info[_WHERE][dialect])


class Moment(TypeDecorator[datetime]):
    """An aware point in time: stored in UTC, read back in Asia/Shanghai, on every database alike."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Use a zoned column where the database has one."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC; a naive one is a programmer's mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in Asia/Shanghai."""
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(ZONE)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Read what SQLite stores in one step instead of three: lists are made of moments."""
        return _read if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


# The cases of a group, or the acts of a run, share their moments.
@lru_cache(4096)
def _read(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored).replace(tzinfo=UTC).astimezone(ZONE)
