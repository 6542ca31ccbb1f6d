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
    _REQUEST.flag.label("name"),
    _REQUEST.group_id,
    _REQUEST.user_id,
    _REQUEST.state.label("value"),
    _REQUEST.asked_at,
)
_ASKED = (func.count(), null(), null(), _REQUEST.group_id, null(), null(), null())
_FACTS = union_all(
    _part("seen", *_SEEN).where(tuple_(_REQUEST.account, _REQUEST.flag).in_(_among("flags"))),
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


@dataclass(slots=True)
class GateFacts:
    """What is stored about some requests.

    `known`: the (account, flag) that are there already. `still`: what is open of these people and
    groups, by id: `id`, `account`, `group_id`, `user_id`, `state` (waiting, answering), `asked_at`.
    `asked`: group → how many requests since the moment given. `consents`: group → employees with a
    running consent. `switches`: by key. `locked`: subjects, and every locked employee (`no:A001`).
    """

    known: set[tuple[int, str]] = field(default_factory=set[tuple[int, str]])
    still: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    asked: dict[int, int] = field(default_factory=dict[int, int])
    consents: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict[int, set[str]](set))
    switches: dict[str, Any] = field(default_factory=dict[str, Any])
    locked: set[str] = field(default_factory=set[str])


async def facts(
    tx: Transaction,
    *,
    flags: Collection[tuple[int, str]],
    who: Collection[tuple[int, int]],
    groups: Sequence[int],
    subjects: Sequence[str],
    keys: Sequence[str],
    since: datetime,
    now: datetime,
    today: date,
) -> GateFacts:
    """Return what is stored about these flags, (group, user), groups, lock subjects and switches."""
    made = GateFacts()
    given = {
        "flags": list(flags), "who": list(who), "groups": list(groups), "subjects": list(subjects),
        "keys": list(keys), "since": since, "now": now, "today": today,
    }  # fmt: skip
    for row in await tx.execute(_FACTS, given):
        if row.what == "seen":
            made.known.add((row.account, row.name))
        elif row.what == "open":
            one = {"id": row.id, "account": row.account, "group_id": row.group_id, "user_id": row.user_id}
            made.still.append({**one, "state": row.value, "asked_at": row.asked_at})
        elif row.what == "asked":
            made.asked[row.group_id] = row.id
        elif row.what == "consent":
            made.consents[row.group_id].add(row.name)
        elif row.what == "switch":
            made.switches[row.name] = json.loads(row.value)
        else:
            made.locked.add(row.name)
    made.still.sort(key=lambda one: one["id"])
    return made
