"""The ledger's lines; see `db.ledger`."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from db.tables.base import metadata

ledger = Table(
    "ledger",
    metadata,
    # 1, 2, 3 … without a gap.
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("source", String(40), nullable=False),
    Column("row_id", String(64), nullable=False),
    # Keyed hash of what the row says; empty: the row is gone.
    Column("seal", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index(None, "source", "row_id"),
)
