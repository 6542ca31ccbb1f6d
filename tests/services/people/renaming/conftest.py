"""The invented company, its groups filed."""

import pytest

from regulation.policy import DepartmentNames
from services.app import App
from services.cases import audit
from services.people import registry, renaming
from tests import company as co


@pytest.fixture
async def qq(app: App) -> co.FakeQQ:
    """A filed group of one department, held by names that were in force before."""
    qq = await co.settle_in(app)
    qq.lists[co.GROUP] = co.members(plain=(co.HEAD,))
    await co.filed(app)
    await renaming.take_up(app, DepartmentNames())
    await registry.load(app)
    await audit.audit_group(app, co.GROUP)
    return qq
