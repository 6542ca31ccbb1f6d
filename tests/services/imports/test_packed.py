"""A roster on its way from the process that read it, and as it is kept until it is settled."""

from datetime import date

from services.imports.packing import pack
from services.imports.reading.noted import RowFault
from services.imports.reading.packed import pack_rows, unpack_rows
from services.imports.reading.person import Person, Roster

LEFT = date(2026, 11, 1)
ZHANG = Person(
    2,
    "A001",
    "张三",
    "市场部",
    "regular",
    "会计",
    True,
    (10001,),
    "ab",
    LEFT,
    None,
    None,
    LEFT,
    ("采购部",),
    0,
)
LI = Person(3, "A002", "李四", "市场部", "", "", False, (), None, None, None, LEFT, None, (), 1)


def test_comes_back_as_it_was():
    people = [person._replace(row=n) for n in range(1500) for person in (ZHANG, LI)]
    columns = [frozenset({"name", "qq"}), frozenset({"name"})]
    roster = Roster(columns, people, [RowFault(7, "为什么")], {"A001", "A002", "A009"}, ["一句"], ["第 3 行"])
    assert unpack_rows(pack_rows(roster)) == roster


def test_a_preview_kept_by_an_earlier_version_can_still_be_settled():
    kept = {
        "columns": ["name"],
        "faults": [[7, "为什么"]],
        "notes": [],
        "doubts": [],
        "seen": [],
        "people": [ZHANG[:-1]],
    }
    roster = unpack_rows(pack(kept))
    assert roster.people == [ZHANG]
    assert (roster.columns, roster.seen) == ([frozenset({"name"})], {"A001"})
