"""What the join gate asks of many tables, in one go: on PostgreSQL each question would be a journey."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, bindparam, cast, func, select, tuple_

from db.engine import Transaction
from db.postgres.locks import Lock
from db.queries.groups import filings, last_seen
from db.queries.groups.last_seen import GroupRow
from db.queries.joining.early_admissions import CONSENTS
from db.queries.joining.requests import PROVED
from db.queries.people.identities import BOUND_TO, LOCKED
from db.tables.requests import join_requests
from db.tables.work import switches
from db.transaction import Asked

Found = Sequence[Sequence[Any]]
OPEN = ("waiting", "answering")
_REQUEST = join_requests.c
_STORED = select(
    _REQUEST.id,
    _REQUEST.account,
    _REQUEST.request_key,
    _REQUEST.group_id,
    _REQUEST.user_id,
    _REQUEST.state,
    _REQUEST.asked_at,
)
# Not as pairs: SQLite would look those up by the account alone, among all that it ever heard.
_KNOWN = _STORED.where(
    _REQUEST.account.in_(bindparam("accounts", expanding=True)),
    _REQUEST.request_key.in_(bindparam("names", expanding=True)),
)
# Nor by the state: in a wave hundreds are open.
_THEIRS = _STORED.where(tuple_(_REQUEST.group_id, _REQUEST.user_id).in_(bindparam("who", expanding=True)))
_ASKED = (
    select(_REQUEST.group_id, func.count())
    .where(
        _REQUEST.group_id.in_(bindparam("groups", expanding=True)), _REQUEST.asked_at >= bindparam("since")
    )
    .group_by(_REQUEST.group_id)
)
_SWITCHES = select(switches.c.key, cast(switches.c.value, Text)).where(
    switches.c.key.in_(bindparam("keys", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A request that is stored already; `key` names it, `state` as in its table."""

    id: int
    account: int
    key: str
    group_id: int
    user_id: int
    state: str
    asked_at: datetime

    @property
    def is_open(self) -> bool:
        """Tell whether it waits, or is being answered."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What is stored about some requests.

    `known`: those that are there already. `still`: what is open of these people and groups, the
    oldest first. `asked`: group → how many requests since the moment given. `consents`: group →
    employees with a running consent. `switches`: by key. `locked`: subjects, and every locked
    employee (`no:A001`). `groups`, `filings`: by group. `claimed`: employee → QQ numbers bound to
    them, or about to be.
    """

    known: list[Stored]
    still: list[Stored]
    asked: dict[int, int]
    consents: dict[int, set[str]]
    switches: dict[str, object]
    locked: set[str]
    groups: dict[int, GroupRow]
    filings: dict[int, filings.Standing]
    claimed: dict[str, set[int]]


async def facts(
    tx: Transaction,
    *,
    locks: Sequence[tuple[Lock, Sequence[int]]],
    requests: Collection[tuple[int, str]],
    who: Collection[tuple[int, int]],
    group_ids: Sequence[int],
    subjects: Sequence[str],
    keys: Sequence[str],
    about: Collection[str],
    since: datetime,
    now: datetime,
    today: date,
) -> GateFacts:
    """Return what is stored about these requests (account, key), people, groups, locks and switches.

    `locks` are taken first. `about`: employee numbers of which to say who has claimed them.
    """
    of_groups = list(group_ids)
    accounts, names = [*{account for account, _ in requests}], [name for _, name in requests]
    wanted: list[Asked] = [
        (_KNOWN, {"accounts": accounts, "names": names}),
        (_THEIRS, {"who": list(who)}),
        (_ASKED, {"groups": of_groups, "since": since}),
        (CONSENTS, {"groups": of_groups, "today": today}),
        (_SWITCHES, {"keys": list(keys)}),
        (LOCKED, {"subjects": list(subjects), "now": now}),
        (last_seen.THESE, {"ids": of_groups}),
        (filings.FILED_OF, {"ids": of_groups}),
    ]
    if about:
        wanted += [(PROVED, {"numbers": sorted(about)}), (BOUND_TO, {"numbers": sorted(about)})]
    first = tx.locking(*locks)
    return _read(*(await tx.several(*first, *wanted))[len(first) :])


def _read(
    known: Found,
    theirs: Found,
    asked: Found,
    consents: Found,
    switched: Found,
    locked: Found,
    groups: Found,
    filed: Found,
    *claims: Found,
) -> GateFacts:
    consented, claimed = defaultdict[int, set[str]](set), defaultdict[str, set[int]](set)
    for group_id, employee_no in consents:
        consented[group_id].add(employee_no)
    for employee_no, user_id in (row for part in claims for row in part):
        claimed[employee_no].add(user_id)
    still = (one for one in (Stored(*row) for row in theirs) if one.is_open)
    return GateFacts(
        [Stored(*row) for row in known],
        sorted(still, key=lambda one: one.id),
        {row[0]: row[1] for row in asked},
        consented,
        {name: json.loads(value) for name, value in switched},
        {subject for (subject,) in locked},
        last_seen.by_group(groups),
        filings.facts_of(filed),
        claimed,
    )
