"""Whose QQ numbers are which, in columns: as a dictionary would say it, whatever is changed."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from regulation.claims.identity import BoundNumbers, Identity
from regulation.deadlines import ZONE

AT = datetime(2026, 3, 2, tzinfo=ZONE)
PAIRS = st.lists(st.tuples(st.sampled_from(["A1", "A10", "A2", "B", ""]), st.integers(10000, 10**11)))


def bound(pairs: list[tuple[str, int]]) -> list[Identity]:
    return [Identity(qq, no, "roster", AT) for no, qq in pairs]


@given(PAIRS, st.sets(st.sampled_from(["A1", "A2", "C"])), PAIRS)
def test_it_says_what_a_dictionary_of_lists_would_say(
    first: list[tuple[str, int]], changed: set[str], then: list[tuple[str, int]]
) -> None:
    then = [(no, qq) for no, qq in then if no in changed]
    numbers = BoundNumbers.of(bound(first))
    after = numbers.changed(changed, bound(then))
    for no in ("A1", "A10", "A2", "B", "", "C"):
        had = [qq for one, qq in first if one == no]
        assert list(numbers.of_employee(no)) == had
        now = [qq for one, qq in then if one == no] if no in changed else had
        assert list(after.of_employee(no)) == now
