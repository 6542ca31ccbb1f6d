"""Rights of admin staff: whoever gets or loses them hears of it, privately."""

from services.app import App
from services.people import grants
from tests import company as co


async def test_who_is_granted_or_loses_the_rights_is_told(app: App) -> None:
    await co.settle_in(app)
    for change, word in ((grants.grant, "已获授权"), (grants.revoke, "授权已收回")):
        before = len(await co.sent(app))
        assert (await change(app, "A005", by=co.ROOT)).ok
        assert not (await change(app, "A005", by=co.ROOT)).ok
        [(group_id, to, text)] = (await co.sent(app))[before:]
        assert (group_id, to) == (None, co.CLERK)
        assert word in text
