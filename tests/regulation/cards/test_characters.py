"""The table that characters are folded by."""

from pathlib import Path

from regulation.cards import simplified
from regulation.cards.characters import folded
from tests.regulation.cards.simplified import of_opencc, written


def test_the_table_is_opencc_s() -> None:
    assert Path(simplified.__file__).read_text("utf-8") == written(*of_opencc())


def test_each_character_is_folded_alone_and_once_and_for_all() -> None:
    # OpenCC goes by phrases, knows 乾坤 and 薴 in two steps.
    assert folded("沈思乾坤") == "沈思乾坤"
    assert folded("張昇") == folded("张昇") == "张升"
    assert folded("薴") == folded("苧") == "苎"


def test_half_a_surrogate_pair_stays_as_it_is() -> None:
    assert folded("張\ud800") == "张\ud800"
