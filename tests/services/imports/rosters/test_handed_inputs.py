"""Rosters that were handed in, where they lie beside the project."""

from datetime import date
from pathlib import Path

import pytest

from regulation.policy import Policy
from services.imports.reading.find import Found, read_file
from services.imports.reading.how import How
from services.imports.reading.person import Roster
from tests.services.imports.rosters.files import DAY, take

CASES = Path(__file__).parents[4].parent / "shared" / "cases" / "rosters"


@pytest.mark.skipif(not CASES.is_dir(), reason="the handed inputs are not here")
def test_the_handed_inputs():
    expected: dict[str, list[tuple[str, str, str]]] = {
        "01": [("A001", "张三", "市场部")], "02": [("A001", "张三", "市场部")],
        "03": [("A001", "张三", "市场部"), ("A002", "李四", "采购部")],
        "04": [("A001", "张三", "市场部"), ("A002", "李四", "市场部")], "05": [("A001", "张三", "市场部")], "07": [],
        "11": [("00123", "张三", "市场部")], "12": [("00123", "张三", "市场部")], "14": [("00123", "张三", "市场部")],
        "16": [("A001", "张三", "市场部/华东组")], "19": [("00123", "张三", "市场部")], "20": [],
        "22": [("A001", "张三", "市场部")], "23": [("A001", "张三", "市场部")], "26": [],
    }  # fmt: skip
    for path in sorted(CASES.iterdir()):
        wanted = expected.get(path.name[:2])
        if wanted is None:
            continue
        found = read_file(path.read_bytes(), How(None, Policy(), b"key", DAY))
        people = (
            found.content.people if isinstance(found, Found) and isinstance(found.content, Roster) else []
        )
        assert [person[1:4] for person in people] == wanted, path.name


@pytest.mark.skipif(not CASES.is_dir(), reason="the handed inputs are not here")
@pytest.mark.parametrize(
    ("case", "field", "values"),
    [
        ("01", "departed_on", [True]), ("02", "departed_on", [True]), ("15", "department", ["市场部"] * 3),
        ("15", "also_in", [("采购部",)] * 3), ("18", "status", [*["regular"] * 3, "departed", "regular"]),
        ("23", "departed_on", [date(2027, 6, 30)]), ("25", "department", ["国际业务拓展与战略合作部"]),
    ],
)  # fmt: skip
def test_what_the_handed_inputs_say_of_people(case: str, field: str, values: list[object]):
    path = next(path for path in CASES.iterdir() if path.name.startswith(case))
    found = [getattr(person, field) for person in take(path.read_bytes()).people]
    assert [bool(value) for value in found] == values if values == [True] else found == values
