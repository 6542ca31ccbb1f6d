"""A source that is not set any more says nothing: neither against another's word, nor that somebody is there."""

from dataclasses import replace

from services.imports.sources.model import Outcome
from tests.services.imports.sources.conftest import crowd


def unset_ldap(app):
    """Take LDAP out of the settings, as whoever goes over to DingTalk does."""
    sources = app.policy.sources
    ldap = replace(sources.ldap, url="")
    app.policy = replace(app.policy, sources=replace(sources, ldap=ldap))


def here(app):
    return sorted(no for no, one in app.registry.by_no.items() if not one.departed_on)


async def test_its_word_counts_before_nobodys(app, gives):
    await gives("ldap", crowd(range(10)))
    unset_ldap(app)
    pulled = await gives("dingtalk", crowd(range(10), department="采购部"))
    assert pulled.outcome is Outcome.APPLIED
    assert app.registry.by_no["B003"].department == "采购部"


async def test_it_keeps_nobody_whom_another_lists_no_more(app, gives):
    await gives("ldap", crowd(range(20)))
    await gives("dingtalk", crowd(range(20)))
    unset_ldap(app)
    await gives("dingtalk", crowd(range(1, 20)))
    assert here(app) == [f"B{no:03}" for no in range(1, 20)]


async def test_set_again_it_says_what_it_said(app, gives):
    await gives("ldap", crowd(range(10)))
    was = app.policy
    unset_ldap(app)
    await gives("dingtalk", crowd(range(10)))
    app.policy = was
    pulled = await gives("dingtalk", crowd(range(10), department="采购部"))
    assert (pulled.outcome, app.registry.by_no["B003"].department) == (Outcome.UNCHANGED, "市场部")
