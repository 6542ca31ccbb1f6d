"""Several companies' files: each misses whom it had listed, and nobody else."""

from dataclasses import replace

import pytest

from services.people import staff
from tests.services.imports.sources.conftest import crowd

EAST, SOUTH = "folder:华东*.csv", "folder:华南*.csv"
(ONE,) = crowd([0])
IN_EAST, IN_SOUTH = crowd(range(1, 20)), crowd(range(20, 40))


pytestmark = pytest.mark.dialects


@pytest.fixture
def files(app, gives):
    """Give files of two companies; whoever is missing from theirs has left."""
    set_now = app.policy.sources
    folder = replace(set_now.folder, pattern=("华东*.csv", "华南*.csv"))
    alone = replace(set_now, folder=folder, ldap=replace(set_now.ldap, url=""))
    alone = replace(alone, dingtalk=replace(alone.dingtalk, app_key=""))
    missing = replace(app.policy.registry, missing_means_departed=True)
    app.policy = replace(app.policy, sources=alone, registry=missing)
    return gives


def left(app):
    today = app.now().date()
    return [number for number, one in app.registry.by_no.items() if one.is_departed(today)]


async def test_whom_only_one_lists_the_other_does_not_miss(app, files):
    for _ in range(2):
        for name, rows in ((EAST, [ONE, *IN_EAST]), (SOUTH, IN_SOUTH)):
            said = (await files(name, rows)).text
            assert "未列出" not in said
            assert left(app) == []
    assert "离职 1" in (await files(EAST, IN_EAST)).text
    assert "未列出" not in (await files(SOUTH, IN_SOUTH)).text
    assert left(app) == ["B000"]


async def test_whom_both_list_has_left_when_neither_does(app, files):
    await files(EAST, [ONE, *IN_EAST])
    await files(SOUTH, [ONE, *IN_SOUTH])
    assert "不作离职" in (await files(EAST, IN_EAST)).text
    assert left(app) == []
    await files(SOUTH, IN_SOUTH)
    assert left(app) == ["B000"]


@pytest.mark.parametrize(("again", "rows"), [(EAST, IN_EAST), (SOUTH, IN_SOUTH)])
async def test_who_was_only_missed_is_back_once_a_file_lists_them(app, files, again, rows):
    """A row was forgotten, or they went to the other company. The files have no column for the status."""
    await files(EAST, [ONE, *IN_EAST])
    await files(SOUTH, IN_SOUTH)
    await files(EAST, IN_EAST)
    assert left(app) == ["B000"]
    assert "复职 1" in (await files(again, [ONE, *rows])).text
    assert left(app) == []


async def test_whom_chat_let_go_no_file_brings_back_that_says_nothing_of_it(app, files):
    await files(EAST, [ONE, *IN_EAST])
    await files(SOUTH, IN_SOUTH)
    await staff.depart(app, "B000", by="terminal")
    await files(EAST, IN_EAST)
    await files(EAST, [ONE, *IN_EAST])
    await files(SOUTH, [ONE, *IN_SOUTH])
    assert left(app) == ["B000"]


async def test_whom_one_says_to_have_left_the_other_does_not_bring_back_by_listing_them_still(app, files):
    await files(EAST, [ONE, *IN_EAST])
    await files(SOUTH, [ONE, *IN_SOUTH])
    await files(EAST, [ONE | {"status": "离职"}, *IN_EAST])
    await files(EAST, IN_EAST)
    await files(SOUTH, [ONE, *IN_SOUTH])
    assert left(app) == ["B000"]
