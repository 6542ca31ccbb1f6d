"""Rows become values: enums of texts, tuples of lists, nothing but what is named."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from db.tables.cases import removal_batches
from db.tables.registry import employees
from db.values import Reader
from regulation.actions import Remove
from regulation.duties import Code


class State(StrEnum):
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Few:
    id: int
    state: State
    removals: tuple[Remove, ...]
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Hashed:
    employee_no: str
    phone_hash: bytes | None


def test_reads_only_what_is_named_as_it_is_declared():
    reader = Reader(Few, removal_batches)
    assert [column.name for column in reader.columns] == ["id", "state", "removals", "settled_at"]
    stored = [{"group_id": 700001, "user_id": 20001, "case_id": 3, "code": "M1"}]
    found = reader.read((1, "waiting", stored, None))
    assert found == Few(1, State.WAITING, (Remove(700001, 20001, 3, Code.M1),), None)
    assert found.state is State.WAITING


def test_bytes_are_stored_as_a_text_in_hexadecimal():
    reader = Reader(Hashed, employees)
    assert reader.read(("A1", "00ff")) == Hashed("A1", b"\x00\xff")
    assert reader.read(("A1", None)) == Hashed("A1", None)
