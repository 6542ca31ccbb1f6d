"""Who answers for a case, for the workbook: whoever is fined for it, else who holds the office today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from db.engine import Transaction
from db.queries.cases import penalties as penalty_rows
from db.queries.groups import filings
from db.queries.groups import last_seen as group_rows
from db.queries.people import offices
from regulation.duties import Code
from services.app import App
from services.naming import who
from services.people.roles import counts_as_officer

_INITIATORS = (Code.D1, Code.D2)


@dataclass(frozen=True, slots=True)
class Liable:
    """What is known of offices and fines, read once for a whole table."""

    app: App
    owners: Mapping[int, int]
    officers: Mapping[int, Sequence[int]]
    initiators: Mapping[int, int]
    fined: Mapping[int, Sequence[tuple[int | None, str | None]]]

    def names(self, case_id: int, code: Code, group_id: int, user_id: int | None, no: str | None) -> str:
        """Return who answers for an open case, or is fined for it."""
        people = self.fined.get(case_id) or [(one, None) for one in self._today(code, group_id)]
        if code is Code.C1 and case_id not in self.fined:
            people = [(user_id, no)]
        return "、".join(dict.fromkeys(who(self.app, one, number) for one, number in people))

    def of_fined(self, case_id: int) -> str:
        """Return who is fined for a case; of a closed one nobody else answers any more."""
        return "、".join(who(self.app, one, number) for one, number in self.fined.get(case_id, ()))

    def _today(self, code: Code, group_id: int) -> Sequence[int]:
        if code is Code.L1:
            return self.officers.get(group_id, ())
        if code in _INITIATORS and group_id in self.initiators:
            return (self.initiators[group_id],)
        owner = self.owners.get(group_id)
        return () if owner is None else (owner,)


async def load(app: App, tx: Transaction) -> Liable:
    """Read offices, initiators and who is fined for what."""
    groups = await group_rows.get_many(tx)
    filed = await filings.approved_rows(tx)
    return Liable(
        app,
        {
            g: row.owner_id
            for g, row in groups.items()
            if row.owner_id and counts_as_officer(app, row.owner_id)
        },
        {
            group_id: [one for one in found if counts_as_officer(app, one)]
            for group_id, found in (await offices.officers(tx, sorted(groups))).items()
        },
        {row.group_id: row.initiator_id for row in filed if row.initiator_id is not None},
        await penalty_rows.liable_by_case(tx),
    )
