"""Several sources of one registry: whose word counts, and how fresh it is."""

from dataclasses import replace

from services.imports.sources.model import Outcome
from tests.services.imports.sources.conftest import at_work, crowd, preview_of, waiting


async def test_of_two_sources_the_order_says_who_wins_and_the_preview_says_so(app, gives, clock):
    await gives("ldap", crowd(range(10)))
    clock.move(minutes=10)
    other = await gives("folder", [*crowd([0], department="采购部"), *crowd(range(1, 10)), *crowd([50])])
    assert app.registry.by_no["B000"].department == "市场部"
    assert "B050" in at_work(app)
    shown = await preview_of(app, other.import_id)
    assert "文件夹另说“市场部 → 采购部”，以公司目录为准" in shown
    again = await gives("folder", [*crowd([0], department="采购部"), *crowd(range(1, 10)), *crowd([50])])
    assert again.outcome is Outcome.UNCHANGED
    assert "员工0（B000）文件夹另说" in again.text
    clock.move(hours=6)
    mine = await gives("ldap", [*crowd([0], department="财务部"), *crowd(range(1, 10))])
    shown = await preview_of(app, mine.import_id)
    assert "其中 1 人在文件夹里也有，以公司目录为准" in shown
    assert app.registry.by_no["B000"].department == "财务部"


async def test_who_is_missing_from_one_and_listed_by_another_stays_and_is_shown(app, gives):
    await gives("ldap", crowd(range(10)))
    await gives("folder", crowd(range(10)))
    pulled = await gives("ldap", crowd(range(1, 10), department="采购部"))
    assert "B000" in at_work(app)
    shown = await preview_of(app, pulled.import_id)
    assert "公司目录里没有了，文件夹里还有，不作离职" in shown


async def test_a_stale_source_makes_a_stale_registry(app, gives, clock):
    sources = app.policy.sources
    ldap = replace(sources.ldap, url="ldaps://dc1.xy.example")
    app.policy = replace(
        app.policy, sources=replace(sources, ldap=ldap, folder=replace(sources.folder, path="/hr"))
    )
    await gives("folder", crowd(range(2)))
    await gives("ldap", crowd(range(10, 60)))
    clock.move(days=46)
    await gives("ldap", crowd(range(10, 60)))
    assert app.registry.is_unusable(app.now(), app.policy) == "stale"
    await gives("folder", crowd(range(2)))
    assert app.registry.is_unusable(app.now(), app.policy) != "stale"


async def test_two_sources_that_say_the_same_wait_each(app, gives):
    asked = [await gives(source, crowd(range(3)), ask=True) for source in ("ldap", "dingtalk")]
    assert await waiting(app) == [one.import_id for one in asked]
    again = await gives("ldap", crowd(range(3)), ask=True)
    assert again.import_id == asked[0].import_id
