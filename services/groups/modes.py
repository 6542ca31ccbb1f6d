"""Modes and the pause: how far the bot goes, decided in one place, every change on the trail."""

from dataclasses import dataclass

from config.phrases.modes import PLANNED_ANEW
from db.engine import Transaction
from db.queries.cases import planned_acts
from db.queries.groups import filings
from db.queries.groups import last_seen as group_rows
from db.queries.groups.last_seen import GroupGlance, GroupRow
from db.queries.work import switches
from regulation.policy import Mode, milder
from services.app import App
from services.followup import groups_changed
from services.naming import numbered
from services.trail import record

GENERAL = "general_mode"
PAUSED = "paused"


async def is_paused(tx: Transaction) -> bool:
    """Tell whether `暂停` is on: looked at before every single act."""
    return await switches.get(tx, PAUSED) is True


async def general_mode(tx: Transaction) -> Mode:
    """Return the mode for all groups; 执行 when never set. Of it and a group's own the milder counts."""
    return as_mode(await switches.get(tx, GENERAL))


def as_mode(stored: object) -> Mode:
    """Return the general mode as its switch holds it; 执行 when never set."""
    return Mode(stored) if stored in {mode.value for mode in Mode} else Mode.ENFORCE


def own_mode(app: App, group: GroupRow | GroupGlance) -> Mode:
    """Return a group's own mode: the company's default where none was ever set."""
    return group.mode or app.policy.company.default_mode


def in_force(own: Mode, general: Mode, *, filed: bool) -> Mode:
    """Return the mode that counts in a group: the milder of the two; an unfiled group is observed.

    `filed`: it has an approved filing, or needs none.
    """
    return milder(own, general) if filed else Mode.OBSERVE


@dataclass(frozen=True, slots=True)
class InForce:
    """Which mode counts in a group, and what makes it so. `is_default`: no mode of its own was ever set."""

    group: str
    own: Mode
    is_default: bool
    general: Mode
    filed: bool
    paused: bool

    @property
    def effective(self) -> Mode:
        """Return the mode that counts."""
        return in_force(self.own, self.general, filed=self.filed)


async def now_in(app: App, group_id: int) -> InForce | None:
    """Return which mode counts in a group; None where the group isn't known."""
    async with app.database.reading() as tx:
        row = await group_rows.get(tx, group_id)
        if row is None:
            return None
        return InForce(
            group=numbered(row.name, group_id),
            own=own_mode(app, row),
            is_default=row.mode is None,
            general=await general_mode(tx),
            filed=await _is_filed(app, tx, group_id),
            paused=await is_paused(tx),
        )


async def set_general_mode(app: App, mode: Mode, *, by: str) -> Mode:
    """Set the mode for all groups; return what it was."""
    async with app.database.transaction() as tx:
        before = await general_mode(tx)
        await switches.put(tx, GENERAL, mode.value, by=by, at=app.now())
        detail = {"before": before.value, "after": mode.value}
        await record(app, tx, actor=by, action="mode", subject="all", **detail)
        if before is not mode:
            await groups_changed(app, tx, await planned_acts.groups_present(tx))
    return before


async def set_group_mode(app: App, group_id: int, mode: Mode, *, by: str) -> Mode | None:
    """Set one group's mode; return what it was, or None when the group isn't known."""
    async with app.database.transaction() as tx:
        row = await group_rows.get(tx, group_id)
        if row is None:
            return None
        before = own_mode(app, row)
        await group_rows.put(tx, group_id, mode=mode.value)
        detail = {"before": before.value, "after": mode.value}
        await record(app, tx, actor=by, action="mode", subject=f"G{group_id}", **detail)
        await groups_changed(app, tx, [group_id])
    return before


async def start_mode(app: App, tx: Transaction, group_id: int) -> Mode:
    """Give a group with a newly approved filing its mode, the company's default."""
    started = app.policy.company.default_mode
    await group_rows.put(tx, group_id, mode=started.value)
    return started


async def pause(app: App, *, by: str) -> bool:
    """Stop every outward act at once, everywhere; return False when it was paused already."""
    async with app.database.transaction() as tx:
        if await is_paused(tx):
            return False
        await switches.put(tx, PAUSED, True, by=by, at=app.now())
        await record(app, tx, actor=by, action="pause", subject="all")
    return True


async def resume(app: App, *, by: str) -> bool:
    """End the pause: what was planned before it is dropped and planned anew, brakes included.

    Answers to requests and notices simply go on. False when it wasn't paused.
    """
    async with app.database.transaction() as tx:
        if not await is_paused(tx):
            return False
        await switches.put(tx, PAUSED, False, by=by, at=app.now())
        dropped = await planned_acts.drop_waiting(tx, app.now(), PLANNED_ANEW)
        await record(app, tx, actor=by, action="resume", subject="all", dropped=dropped)
        await groups_changed(app, tx, await planned_acts.groups_with_open_cases(tx))
        await tx.notify("outbox")
        tx.after_commit(app.outbox_news.set)
    return True


async def is_filed(app: App, group_id: int) -> bool:
    """Tell whether a group's own mode counts: its filing is approved, or it needs none."""
    async with app.database.reading() as tx:
        return await _is_filed(app, tx, group_id)


async def _is_filed(app: App, tx: Transaction, group_id: int) -> bool:
    return group_id == app.settings.admin_group or await filings.approved_row(tx, group_id) is not None
