"""One item of the inbox in full, as its settler sees it before saying yes."""

from db.queries.cases import batches as batch_rows
from services.app import App
from services.cases import batches
from services.imports import apply as imports
from services.inbox import listing
from services.inbox.item import Item


async def lines_of(app: App, item: Item) -> list[str]:
    """Return everything known of an item, a line each; whom a batch or an import concerns, all of them."""
    async with app.database.reading() as tx:
        why = await listing.grounds_of(tx, item)
        batch = await batch_rows.get(tx, item.id) if item.letter == "R" else None
        people = await batches.describe(app, tx, batch["removals"]) if batch is not None else []
    if item.letter == "I":
        people = await imports.people_of(app, item.id)
    return [*(listing.line_of(app, item) + item.more + why).splitlines(), *people]
