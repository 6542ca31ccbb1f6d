"""What the page of sources shows: where the registry comes from, and who may send by SCIM."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.engine import Transaction
from db.queries.people import scim
from db.queries.people.scim import Token
from db.queries.work import sources as rows
from db.queries.work.sources import SourceRow
from services.app import App
from services.imports.sources import overview
from services.imports.sources.overview import Told
from services.imports.sources.scim import tokens


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token of a SCIM sender; what it reads is known to nobody but its holder."""

    name: str
    text: str
    is_valid: bool


@dataclass(frozen=True, slots=True)
class SourcePage:
    """Every source that is set, and every token, those in force first."""

    sources: Sequence[Told]
    tokens: Sequence[TokenLine]
    takes_scim: bool


async def page(app: App) -> SourcePage:
    """Return how the sources stand, and the tokens."""

    async def read(tx: Transaction) -> tuple[Sequence[SourceRow], Sequence[Token]]:
        return await rows.all_rows(tx), await scim.tokens(tx)

    found, known = await app.database.look(read)
    told = overview.look(app, found)
    lines = [TokenLine(one.name, tokens.words(app, one), one.revoked_at is None) for one in known]
    lines.sort(key=lambda one: not one.is_valid)
    return SourcePage(told, lines, app.policy.sources.scim.enabled)
