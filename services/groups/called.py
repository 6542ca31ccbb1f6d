"""Which group a name means (`群=市场部群`), among those that the asker may know of."""

from config.phrases import groups as say
from db.engine import Transaction
from db.queries.groups import last_seen as group_rows
from db.queries.groups import memberships
from db.queries.people import offices
from regulation.checks.group_names import plain_name
from services.naming import numbered, short

SHOWN = 10


async def known_to(tx: Transaction, user_id: int, *, staff: bool) -> dict[int, str]:
    """Return the groups whose names an asker knows: all for admin staff, else those they are in."""
    if staff:
        return await group_rows.names(tx)
    own = {*await offices.offices_of(tx, user_id), *await memberships.groups_of(tx, [user_id])}
    return await group_rows.names(tx, sorted(own))


def called(name: str, known: dict[int, str], *, whole: bool = False) -> int | str:
    """Return the one group of this name, or (not `whole`) with this in its name; else the line that helps."""
    wanted = plain_name(name)
    plain = {group_id: plain_name(title) for group_id, title in known.items()}
    found = [group_id for group_id, title in plain.items() if title == wanted]
    if not (found or whole):
        found = [group_id for group_id, title in plain.items() if wanted and wanted in title]
    if len(found) == 1:
        return found[0]
    if not found:
        return say.NOT_CALLED.format(name=short(name))
    listed = "、".join(numbered(known[group_id], group_id) for group_id in found[:SHOWN])
    return say.CALLED_ALIKE.format(name=short(name), count=len(found), groups=listed)
