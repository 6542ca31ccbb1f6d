"""Groups as decisions need them: the row, the filing, consents, waivers and mode in one value."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from db.engine import Transaction
from db.queries.cases import waivers
from db.queries.groups import activity, filings, memberships
from db.queries.groups import last_seen as rows
from db.queries.groups.filings import Standing
from db.queries.groups.last_seen import GroupRow
from db.queries.joining import early_admissions
from regulation.groups.scope import of_today
from regulation.model import Group, GroupSnapshot, Member
from regulation.policy import Mode
from services.app import App
from services.groups.modes import general_mode, in_force, own_mode
from services.ports import Reading
from services.watching import clock


async def load_groups(
    app: App, tx: Transaction, group_ids: Sequence[int], *, known: Mapping[int, GroupRow] | None = None
) -> dict[int, Group]:
    """Return the core's view of these groups; one that has no row yet is there too, unfiled.

    `known`: their rows, where the caller has them already.
    """
    now, window = app.now(), app.policy.discussion.window_days
    found = await gate_groups(app, tx, group_ids, known=known)
    waived = await waivers.running(tx, group_ids, clock.earlier(app) or now)
    active = await activity.active_days(tx, group_ids, now.date() - timedelta(days=window - 1))
    return {
        group_id: replace(
            group, waivers=frozenset(waived.get(group_id, ())), active_days=active.get(group_id, 0)
        )
        for group_id, group in found.items()
    }


async def gate_groups(
    app: App, tx: Transaction, group_ids: Sequence[int], *, known: Mapping[int, GroupRow] | None = None
) -> dict[int, Group]:
    """Return these groups as far as the join gate looks at them: mode, filing and consents.

    `known`: their rows, where the caller has them already.
    """
    known = await rows.get_many(tx, group_ids) if known is None else known
    facts = await filings.filing_facts(tx, group_ids)
    consented = await early_admissions.consents(tx, group_ids, app.now().date())
    return as_the_gate_sees(app, group_ids, known, facts, consented)


def as_the_gate_sees(
    app: App,
    group_ids: Sequence[int],
    known: Mapping[int, GroupRow],
    facts: Mapping[int, Standing],
    consented: Mapping[int, Collection[str]],
) -> dict[int, Group]:
    """Return groups of their rows, their filings' facts, and whom a head has consented to."""
    return {
        group_id: _group(
            app,
            group_id,
            known.get(group_id) or GroupRow(group_id),
            facts.get(group_id, Standing()),
            frozenset(consented.get(group_id, ())),
        )
        for group_id in group_ids
    }


def _group(
    app: App,
    group_id: int,
    row: GroupRow,
    standing: Standing,
    consents: frozenset[str],
) -> Group:
    approved = standing.approved
    approved = None if approved is None else of_today(approved, app.registry.tree)
    return Group(
        group_id=group_id,
        name=row.name,
        mode=own_mode(app, row),
        filing_state=standing.state,
        filing=approved,
        in_review=standing.in_review,
        exempt=group_id == app.settings.admin_group,
        consents=consents,
        first_seen_at=row.first_seen_at,
    )


async def load_group(app: App, tx: Transaction, group_id: int, row: GroupRow | None = None) -> Group:
    """Return the core's view of one group. `row`: its row, where the caller has it already."""
    known = None if row is None else {group_id: row}
    return (await load_groups(app, tx, [group_id], known=known))[group_id]


async def effective_mode(tx: Transaction, group: Group) -> Mode:
    """Return the mode that counts: the milder of group and general; an unfiled group is observed."""
    return mode_of(group, await general_mode(tx))


def mode_of(group: Group, general: Mode) -> Mode:
    """Return the mode that counts in a group, given the general one."""
    return in_force(group.mode, general, filed=group.filing is not None or group.exempt)


def snapshot_of(app: App, group: Group, reading: Reading) -> GroupSnapshot:
    """Return the snapshot that checks judge, of one reading."""
    return GroupSnapshot(
        group=group,
        name=reading.name or group.name,
        members=reading.members,
        read_at=reading.read_at,
        complete=reading.complete,
        short=reading.short,
        bot_ids=bot_ids(app),
        superusers=app.superusers(),
    )


def stored_snapshot(app: App, group: Group, row: GroupRow, members: Sequence[Member]) -> GroupSnapshot:
    """Return a snapshot of the last stored reading: `complete` only if that one was."""
    read_at = row.complete_at or app.now()
    return GroupSnapshot(
        group=group,
        name=row.name,
        members=tuple(members),
        read_at=read_at,
        complete=row.complete_at is not None and row.unknown_because is None,
        bot_ids=bot_ids(app) if row.account is None else bot_ids(app) | {row.account},
        superusers=app.superusers(),
    )


async def presence(app: App, group_id: int) -> tuple[frozenset[int], frozenset[int]]:
    """Return who was in a group when it was last seen, and who was but is known to have gone."""
    async with app.database.reading() as tx:
        return await memberships.presence(tx, group_id)


def bot_ids(app: App) -> frozenset[int]:
    """Return our own accounts, whatever process they are connected to."""
    return app.own_accounts()
