"""Histories in which something went wrong once, shrunk to what it took. Each names what was mended."""

import pytest

from tests.simulation.history import happen
from tests.simulation.story import DAY, Step, Story

NOON = DAY + 12 * 3600
STORIES = {
    # A head who is admin staff, too, was asked twice to have an office handed over.
    "the owner of the administration's group leaves": Story(
        4, 2, 14, 1, "napcat", (Step(NOON, "leave", (2, 0, 1, 0, 0, 0)),)
    ),
    # Two short group lists in a row, and the staff's group heard the same sentence for each group.
    "most groups are missing from two lists": Story(
        1, 2, 10, 4, "napcat", (Step(DAY, "call", (6, 1, 1, 0, 0, 0)), Step(NOON, "talk", (0, 0, 0, 0, 0, 0)))
    ),
    # What was said of a file could not be delivered, and the event ended in an error.
    "the answer to a roster times out": Story(
        1, 2, 10, 2, "napcat",
        (Step(NOON - 60, "call", (3, 0, 0, 0, 0, 0)), Step(NOON, "roster", (0, 0, 0, 0, 0, 0))),
    ),
    # The owner who is admin staff, too, was told twice that an answer had not taken.
    "an answer to a request is never carried out": Story(
        4, 2, 14, 1, "napcat",
        (Step(NOON - 60, "call", (2, 0, 1, 0, 0, 0)), Step(NOON, "strange", (0, 0, 0, 0, 5, 0))),
    ),
    # Each connection made while QQ had the account logged out told staff so anew.
    "the implementation reconnects while the account is offline": Story(
        1, 2, 10, 2, "napcat",
        (Step(NOON, "offline", (2, 0, 0, 0, 0, 0)), *(Step(NOON + s, "gap", (0,) * 6) for s in (4000, 8000))),
    ),
    # So did each start of the bot meanwhile.
    "the bot is started anew while the account is offline": Story(
        1, 2, 10, 2, "napcat",
        (Step(NOON, "offline", (2, 0, 0, 0, 0, 0)), *(Step(NOON + s, "restart", (0,) * 6) for s in (4000, 8000))),
    ),
    # Each day of a pause left a report of its own, and all of them were said when it ended.
    "staff stop everything for longer than a day": Story(
        4, 4, 14, 1, "napcat",
        (Step(NOON, "strange", (2, 0, 1, 0, 0, 0)), Step(2 * DAY + 8.5 * 3600, "pause", (2, 0, 0, 0, 0, 0))),
    ),
    # Its flag was Lagrange's, and NapCat refused it each time.
    "a request heard under Lagrange is answered when the account runs on NapCat": Story(
        4, 1, 14, 6, "lagrange",
        (
            Step(NOON - 2000, "pull", (5, 0, 3, 0, 0, 0)), Step(NOON - 400, "pause", (1, 0, 0, 0, 0, 0)),
            Step(NOON, "ask", (0, 0, 0, 0, 1, 0)), Step(NOON + 600, "restart", (1, 0, 0, 0, 0, 0)),
        ),
    ),
    # Held while on probation, the request waits for people; after a start the oracle took it for judged then.
    "who was held on probation is regular by the time the bot is started anew": Story(
        7, 15, 20, 5, "napcat",
        (
            Step(4 * DAY + 59595, "regular", (1350453499, 0, 0, 0, 0, 0)),
            Step(9 * DAY + 13004, "ask", (1914107096, 739131151, 2129804965, 5588436, 1322168504, 949089155)),
            Step(9 * DAY + 40514, "roster", (1580174163, 274769877, 1331155228, 2030369495, 1267532586, 542255629)),
            Step(15 * DAY + 36866, "restart", (378491591, 419480023, 324085395, 1623289458, 306069407, 1083169599)),
        ),
        118,
    ),
    # Until some events had come, nothing showed that the clock was off: who was told meanwhile was fined a day early.
    "somebody is told of a card while the clock is a day slow and nobody knows it": Story(
        1, 6, 14, 1, "napcat",
        (Step(DAY + 8 * 3600, "card", (2, 0, 1, 0, 0, 0)), Step(2 * DAY + 9 * 3600 - 1, "clock", (5, 1, 0, 0, 0, 0))),
    ),
    # By their first row the bot can't know of a move before it; the oracle thought that it did.
    "somebody new moves before any roster has them, and their leaving is told": Story(
        1, 5, 14, 1, "napcat",
        (
            Step(NOON, "hire", (1, 1, 1, 0, 1, 0)), Step(NOON + 3600, "transfer", (9, 3, 1, 0, 0, 0)),
            Step(2 * DAY + 43200, "roster", (0,) * 6), Step(3 * DAY + 43200, "leave", (9, 3, 1, 0, 0, 0)),
        ),
    ),
    # Of two departures the later counts: chat's, though the list of who leaves names an earlier day.
    "a team leaves before the day that one of them had named": Story(
        1, 4, 14, 1, "napcat",
        (Step(NOON, "leave", (0, 3, 1, 0, 0, 0)), Step(2 * DAY + 43200, "exodus", (5, 0, 0, 0, 0, 0))),
    ),
    # An answer in a group names nobody, so the oracle took it for one to somebody who gets none.
    "admin staff ask for help in a group while everything is stopped": Story(
        1, 1, 14, 1, "napcat",
        (Step(NOON - 600, "pause", (1, 0, 0, 0, 0, 0)), Step(NOON, "command", (0, 0, 1, 8, 0, 0))),
    ),
    # It hears of being an admin again by the night's reading: the oracle wanted whoever had left out at once.
    "the bot is an admin again and the event is lost": Story(
        1, 2, 14, 1, "napcat",
        (
            Step(NOON, "admin", (0, 0, 0, 22, 0, 0)), Step(NOON + 3600, "leave", (2, 0, 1, 0, 0, 0)),
            Step(2 * DAY + 10 * 3600, "event", (4, 0, 0, 0, 0, 0)),
        ),
    ),
    # What a clerk says meanwhile stays; the rest goes back. The oracle took all of it for still known.
    "a wrong roster is undone after somebody it moved is said to leave": Story(
        1, 3, 14, 1, "napcat",
        (
            Step(NOON - 7200, "event", (5, 0, 0, 0, 0, 0)), Step(NOON - 7100, "transfer", (2, 3, 1, 0, 0, 0)),
            Step(NOON, "bad_roster", (19, 1, 0, 0, 0, 0)), Step(NOON + 1800, "leave", (2, 3, 1, 0, 0, 0)),
        ),
    ),
    # What chat had said too went with the roster: somebody gone was at work again.
    "a wrong roster is undone after chat has told one of those departures": Story(
        1, 3, 14, 1, "napcat", (Step(NOON, "bad_roster", (0, 1, 0, 0, 0, 0)), Step(NOON + 1800, "leave", (1, 0, 1, 0, 0, 0)))
    ),
    # Until something else came, nothing told a new connection the time: who leaves tomorrow was removed today.
    "the account connects while the clock is a day fast": Story(
        1, 2, 14, 1, "napcat",
        (
            Step(NOON, "leave", (2, 2, 1, 0, 0, 0)), Step(NOON + 100, "gap", (2, 0, 0, 0, 0, 0)),
            Step(NOON + 200, "clock", (4, 1, 0, 0, 0, 0)),
        ),
    ),
    # The list's flag is another one than the event's: staff heard of the refusal once more.
    "the refusal of an invitation is lost and made again": Story(
        1, 1, 14, 1, "llbot",
        (
            Step(NOON - 7200, "hire", (1, 1, 1, 0, 1, 0)), Step(NOON - 60, "call", (2, 5, 0, 0, 0, 0)),
            Step(NOON, "found", (14, 0, 1, 0, 1, 0)),
        ),
    ),
    # Staff were told of it once they let the bot go on: what is news waited, and nobody asked whether it still was.
    "a request is settled in QQ while everything is stopped": Story(
        4, 2, 14, 1, "napcat",
        (
            Step(NOON, "pause", (1, 0, 0, 0, 0, 0)), Step(NOON + 600, "strange", (0, 0, 0, 1, 0, 0)),
            Step(NOON + 1200, "settle", (0,) * 6),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
def test_what_went_wrong_once_goes_right(name: str) -> None:
    assert happen(STORIES[name]).faults == []
