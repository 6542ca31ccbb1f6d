"""What the join gate asks of four tables, in one statement: each would cost as much as all of them."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    tuple_,
    union_all,
)

from db.engine import Transaction
from db.queries.joining.early_admissions import RUNNING
from db.queries.people.identities import RUNNING_LOCK
from db.tables.groups import early_admissions
from db.tables.identities import locks
from db.tables.requests import join_requests
from db.tables.work import switches

OPEN = ("waiting", "answering")
_REQUEST, _CONSENT, _SWITCH = join_requests.c, early_admissions.c, switches.c


def _among(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


def _part(what: str, *columns: Any) -> Select[*tuple[Any, ...]]:
    kind: ColumnElement[str] = literal_column(f"'{what}'", String)
    return select(kind.label("what"), *columns)


_SEEN = (
    _REQUEST.id,
    _REQUEST.account,
    _REQUEST.request_key.label("name"),
    _REQUEST.group_id,
    _REQUEST.user_id,
    _REQUEST.state.label("value"),
    _REQUEST.asked_at,
)
_ASKED = (func.count(), null(), null(), _REQUEST.group_id, null(), null(), null())
_FACTS = union_all(
    _part("seen", *_SEEN).where(tuple_(_REQUEST.account, _REQUEST.request_key).in_(_among("requests"))),
    _part("open", *_SEEN).where(
        tuple_(_REQUEST.group_id, _REQUEST.user_id).in_(_among("who")), _REQUEST.state.in_(OPEN)
    ),
    _part("asked", *_ASKED)
    .where(_REQUEST.group_id.in_(_among("groups")), _REQUEST.asked_at >= bindparam("since"))
    .group_by(_REQUEST.group_id),
    _part("consent", null(), null(), _CONSENT.employee_no, _CONSENT.group_id, null(), null(), null()).where(
        *RUNNING
    ),
    _part("switch", null(), null(), _SWITCH.key, null(), null(), cast(_SWITCH.value, Text), null()).where(
        _SWITCH.key.in_(_among("keys"))
    ),
    _part("lock", null(), null(), locks.c.subject, null(), null(), null(), null()).where(*RUNNING_LOCK),
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


@dataclass(slots=True)
class GateFacts:
    """What is stored about some requests.

    `known`: those that are there already. `still`: what is open of these people and groups, the
    oldest first. `asked`: group → how many requests since the moment given. `consents`: group →
    employees with a running consent. `switches`: by key. `locked`: subjects, and every locked
    employee (`no:A001`).
    """

    known: list[Stored] = field(default_factory=list[Stored])
    still: list[Stored] = field(default_factory=list[Stored])
    asked: dict[int, int] = field(default_factory=dict[int, int])
    consents: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict[int, set[str]](set))
    switches: dict[str, Any] = field(default_factory=dict[str, Any])
    locked: set[str] = field(default_factory=set[str])


async def facts(
    tx: Transaction,
    *,
    requests: Collection[tuple[int, str]],
    who: Collection[tuple[int, int]],
    groups: Sequence[int],
    subjects: Sequence[str],
    keys: Sequence[str],
    since: datetime,
    now: datetime,
    today: date,
) -> GateFacts:
    """Return what is stored about these requests (account, key), people, groups, locks and switches."""
    made = GateFacts()
    given = {
        "requests": list(requests), "who": list(who), "groups": list(groups), "subjects": list(subjects),
        "keys": list(keys), "since": since, "now": now, "today": today,
    }  # fmt: skip
    for what, number, account, name, group_id, user_id, value, asked_at in await tx.fetch(_FACTS, given):
        if what in ("seen", "open"):
            one = Stored(number, account, name, group_id, user_id, value, asked_at)
            (made.known if what == "seen" else made.still).append(one)
        elif what == "asked":
            made.asked[group_id] = number
        elif what == "consent":
            made.consents[group_id].add(name)
        elif what == "switch":
            made.switches[name] = json.loads(value)
        else:
            made.locked.add(name)
    made.still.sort(key=lambda one: one.id)
    return made
