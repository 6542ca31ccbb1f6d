"""Rows become values: enums of texts, tuples of lists, nothing but what is named."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from db.tables.base import ZONE
from db.tables.cases import removal_batches
from db.tables.registry import employees
from db.tables.work import spot_draws
from db.values import Reader, as_json
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


@dataclass(frozen=True, slots=True)
class Hours:
    start: time
    days: tuple[date, ...]
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    month: str
    calendar: Hours
    seed: str | None


def test_a_value_in_json_comes_back_as_it_was_and_with_a_default_for_what_older_rows_lack():
    hours = Hours(time(9), (date(2026, 3, 2), date(2026, 3, 3)), datetime(2026, 3, 1, tzinfo=ZONE))
    stored = {"start": "09:00:00", "days": ["2026-03-02", "2026-03-03"]}
    assert as_json(hours) == stored | {"since": "2026-03-01T00:00:00+08:00"}
    reader = Reader(Draw, spot_draws)
    assert reader.read(("2026-03", as_json(hours), None)) == Draw("2026-03", hours, None)
    assert reader.read(("2026-03", stored, None)).calendar.since is None


def test_bytes_are_stored_as_a_text_in_hexadecimal():
    reader = Reader(Hashed, employees)
    assert reader.read(("A1", "00ff")) == Hashed("A1", b"\x00\xff")
    assert reader.read(("A1", None)) == Hashed("A1", None)
