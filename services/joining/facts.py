"""What is stored about the requests of one round, and about whom and what they concern."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from db.queries.joining.gate import Stored
from regulation.claims.proofs import Claim
from regulation.model import Group
from regulation.policy import Mode
from regulation.registry import Registry
from services.joining.heard import Heard


@dataclass(slots=True)
class Facts:
    """What the verdicts of one round rest on; `asked` and `locked` grow while it goes on.

    `claimed`: employee number → QQ numbers bound to it, or about to be, as the database has it.
    `registry`: one for the whole round, even if the app's is replaced meanwhile; `claims`: comments read
    against it already.
    """

    now: datetime
    known: list[Stored]
    still: list[Stored]
    groups: dict[int, Group]
    general: Mode
    paused: bool
    locked: set[str]
    asked: dict[int, int]
    claimed: Mapping[str, Collection[int]]
    registry: Registry
    claims: Mapping[str, Claim]

    def still_open(self, heard: Heard) -> list[Stored]:
        """Return what this person asked before of this group and is not settled, oldest first.

        A request that names nobody finds none: another one that names nobody may be somebody else's.
        """
        mine = (heard.group_id, heard.user_id)
        return [one for one in self.still if heard.user_id and (one.group_id, one.user_id) == mine]

    def stored(self, heard: Heard) -> Stored | None:
        """Return this very request as it is stored; in a list it may lack the person."""
        for one in self.known:
            same = (one.account, one.key, one.group_id) == (heard.account, heard.key, heard.group_id)
            if same and (
                one.user_id == heard.user_id or (heard.recovered and 0 in (one.user_id, heard.user_id))
            ):
                return one
        return None
