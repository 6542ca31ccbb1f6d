"""One reader of fields: numbers and texts in every type that JSON has."""

import logging
from types import SimpleNamespace
from typing import Any

import pytest

from plugins import fields
from services.metrics import Tally

ANYTHING = (
    None,
    True,
    False,
    [],
    {},
    [1],
    {"a": 1},
    float("nan"),
    float("inf"),
    1.5,
    "x",
    "",
    "１２",
    "²",
    "-5",
)


@pytest.mark.parametrize(
    ("told", "meant"), [(20001, 20001), ("20001", 20001), (20001.0, 20001), (2**53 - 1, 2**53 - 1)]
)
def test_a_number_is_read_however_it_is_written(told: object, meant: int) -> None:
    assert fields.number(told) == meant


@pytest.mark.parametrize("told", [*ANYTHING, 0, -7, 10**25, 10**4000, 2**53, "9" * 30])
def test_what_is_no_number_of_qq_is_none(told: object) -> None:
    assert fields.number(told) is None


def test_a_text_may_be_a_number_and_never_holds_half_a_pair() -> None:
    assert [fields.text(told) for told in ("群规", 5, 5.0, "a\ud800")] == ["群规", "5", "5", "a?"]
    assert {fields.text(told) for told in (None, True, [], {}, 1.5)} == {""}


def test_a_file_is_read_from_a_segment_and_from_a_notice_alike() -> None:
    segment = fields.received_file({"file": "C:\\a\\名册.csv", "file_size": "12", "file_id": "x", "more": []})
    notice = fields.received_file({"name": "名册.csv", "size": 12, "url": "http://a/b"})
    assert (segment.name, segment.size, segment.fields["file_id"]) == ("名册.csv", 12, "x")
    assert (notice.name, notice.size, notice.fields["url"]) == ("名册.csv", 12, "http://a/b")
    assert fields.received_file({"file": "a.csv", "file_size": "9" * 5000}).size == 0


def test_an_oddity_is_logged_once_and_their_number_is_bounded(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app: Any = SimpleNamespace(tally=Tally())
    with caplog.at_level(logging.WARNING, "qungui"):
        for _ in range(3):
            fields.odd(app, "notice.group_card: card_new is list")
        for number in range(2 * fields.MOST_ODDITIES):
            fields.odd(app, f"notice.{number}")
    told = [record.getMessage() for record in caplog.records]
    assert told.count("odd input: notice.group_card: card_new is list") == 1
    assert len(told) == fields.MOST_ODDITIES
