"""A roster on its way from the process that read it, and as it is kept until it is settled."""

from datetime import date
from typing import Any

from services.imports.packing import Packer, lists, mappings, pack, rewritten, unpack
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


def test_what_is_given_column_by_column_is_read_as_rows():
    packer = Packer()
    then, was = mappings({"title": ["会计", ""], "hired_on": [LEFT, None]}), [None, {"a": 1}]
    packer.add_columns("updates", [["A001", "A002"], then, was, lists([(1, 2), ()]), lists([(3,), (4,)])])
    packer.add("updates", [["A003", {}, None, [], [5]]])
    assert unpack(packer.packed()) == {
        "updates": [
            ["A001", {"title": "会计", "hired_on": "2026-11-01"}, None, [1, 2], [3]],
            ["A002", {"title": "", "hired_on": None}, {"a": 1}, [], [4]],
            ["A003", {}, None, [], [5]],
        ]
    }


def test_one_person_is_taken_out_of_rows_kept_by_column():
    roster = Roster([frozenset({"name"})], [ZHANG, LI])
    kept = rewritten(pack_rows(roster), lambda text: "A002" in text, lambda part: _without(part, "A002"))
    assert kept is not None
    assert unpack_rows(kept).people == [ZHANG]


def _without(part: Any, number: str) -> Any:
    return [row for row in part if number not in row] if isinstance(part, list) else part
