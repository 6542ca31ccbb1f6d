"""One item of the inbox in full, as its settler sees it before saying yes."""

from dataclasses import dataclass

from db.engine import Transaction
from db.queries.cases import batches as batch_rows
from services.app import App
from services.cases import batches
from services.imports import apply as imports
from services.inbox import listing
from services.inbox.item import Item
from services.inbox.items import find

# As many as a page shows at once.
_MOST = 60


async def seen_by(app: App, letter: str, item_id: int, user_id: int) -> Item | None:
    """Return an open item that this person may see but not settle, or None."""
    async with app.database.reading() as tx:
        item = await find(app, tx, letter, item_id)
    return item if item is not None and item.open and user_id in item.viewers else None


async def version_of(app: App, letter: str, item_id: int) -> str:
    """Return which version of an item a page is about to show."""
    async with app.database.reading() as tx:
        item = await find(app, tx, letter, item_id)
    return "" if item is None else item.version


async def lines_of(app: App, item: Item) -> list[str]:
    """Return everything known of an item, a line each; whom a batch or an import concerns, all of them."""
    async with app.database.reading() as tx:
        more = await _more(app, tx, item)
    people = await imports.people_of(app, item.id) if item.letter == "I" else []
    return [*(listing.line_of(app, item) + more).splitlines(), *people]


async def _more(app: App, tx: Transaction, item: Item) -> str:
    """Return what stands below an item's line: what it changes, what a verdict rests on, whom it removes."""
    batch = await batch_rows.get(tx, item.id) if item.letter == "R" else None
    people = await batches.describe(app, tx, batch.removals) if batch is not None else []
    return "\n".join([item.more + await listing.grounds_of(tx, item), *people])


@dataclass(frozen=True, slots=True)
class Described:
    """An item with what stands below its line. `mine`: it is theirs to settle."""

    item: Item
    more: str
    mine: bool


async def described(app: App, user_id: int) -> tuple[int, list[Described]]:
    """Return how many items await this person, and the first of them with what is known of each.

    Whom an import concerns stands on its own page.
    """
    items = await listing.shown_to(app, user_id)

    async def describe(tx: Transaction) -> list[Described]:
        return [
            Described(item, (await _more(app, tx, item)).strip(), user_id in item.settlers)
            for item in items[:_MOST]
        ]

    return len(items), await app.database.look(describe)
