"""May this person use this entry here? Every right is looked up at the moment of its use."""

from collections.abc import Mapping
from dataclasses import dataclass

from db.queries.work import switches
from plugins.commands.model import Command, Where, Who
from regulation.model import Role
from services.app import App
from services.people import roles

GROUP_FIELD = "群"


@dataclass(frozen=True, slots=True)
class Standing:
    """What an asker is here and now, and whether the bot is paused.

    `offices`: in private, the groups where they were last seen as owner or admin.
    """

    who: frozenset[Who]
    paused: bool
    offices: tuple[int, ...] = ()


async def standing_of(app: App, user_id: int, group_id: int | None, hint: Role | None) -> Standing:
    """Look up an asker: tables only, however large the group."""
    async with app.database.reading() as tx:
        who = await roles.roles_of(app, tx, user_id, group_id, hint=hint)
        paused = bool(await switches.get(tx, "paused"))
        private_officer = group_id is None and Who.OFFICER in who
        offices = await roles.offices_of(app, tx, user_id) if private_officer else ()
    return Standing(who, paused, offices)


def may(command: Command, who: frozenset[Who]) -> bool:
    """Tell whether an entry is for people who are `who`."""
    return bool(command.who & who)


def fits_here(command: Command, group_id: int | None) -> bool:
    """Tell whether an entry may be used in this place."""
    if command.where is Where.ANYWHERE:
        return True
    return (command.where is Where.GROUP) == (group_id is not None)


def group_meant(
    command: Command, values: Mapping[str, object], group_id: int | None, offices: tuple[int, ...]
) -> int | None:
    """Return the group an ask is about: `群=`, else this one, else the asker's only one."""
    named = values.get(GROUP_FIELD)
    if isinstance(named, int):
        return named
    if group_id is not None:
        return group_id
    return offices[0] if Who.OFFICER in command.who and len(offices) == 1 else None


def only_as_officer(command: Command, who: frozenset[Who]) -> bool:
    """Tell whether nothing but an office in the group entitles the asker."""
    return command.who & who == {Who.OFFICER}


def names_group(command: Command) -> bool:
    """Tell whether an entry is about one group: it has the field `群`."""
    return any(field.name == GROUP_FIELD for field in command.fields)
