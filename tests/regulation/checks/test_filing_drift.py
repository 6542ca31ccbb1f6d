from dataclasses import replace
from typing import Any

import pytest

from regulation.checks import filing_drift
from tests.regulation.checks import company as c


def found(filing: c.Filing = c.FILING, members: tuple[c.Member, ...] = c.MEMBERS, **more: Any):
    return c.findings(filing_drift, c.snapshot(members, c.group(filing), **more))


def test_reports_a_new_name():
    (one,) = found(name="吃货群")
    assert one.reason == "name"
    assert (one.data["name_filed"], one.data["name_live"]) == ("市场部群", "吃货群")


def test_reports_a_new_owner_by_name():
    (one,) = found(replace(c.FILING, owner_id=c.ADMIN))
    assert (one.reason, one.data["owner_filed"], one.data["owner_live"]) == (
        "owner",
        "李四（QQ 20002）",
        "张三（QQ 20001）",
    )


def test_reports_admins_added_and_missing():
    (one,) = found(replace(c.FILING, admin_ids=frozenset({c.OUTSIDER})))
    assert one.reason == "admins"
    assert (one.data["admins_added"], one.data["admins_missing"]) == ("王强（QQ 20004）", "QQ 29999")


def test_reports_everything_that_drifted_in_one_finding():
    (one,) = found(replace(c.FILING, admin_ids=frozenset()), name="别的群")
    assert (one.reason, one.subject, one.data["differences"]) == ("several", "group", "群名、管理员")


@pytest.mark.parametrize(("asked", "reason"), [("吃货群", "in_review"), ("吃货二群", "name")])
def test_a_change_under_review_counts_where_it_says_what_is_so(asked: str, reason: str):
    of = c.group(in_review=replace(c.FILING, name=asked))
    (one,) = c.findings(filing_drift, c.snapshot(of=of, name="吃货群"))
    assert one.reason == reason
    assert one.data["name_live"] == "吃货群"


def test_silent_while_everything_is_as_filed():
    assert found() == []


def test_silent_on_another_qq_number_of_the_same_person():
    """王强 and 张三 each have two."""
    known = c.registry({c.OUTSIDER: c.PEOPLE[c.OWNER], c.CROWD[0]: c.PEOPLE[c.HEAD]})
    filed = replace(c.FILING, owner_id=c.OUTSIDER, admin_ids=frozenset({c.CROWD[0]}))
    assert c.findings(filing_drift, c.snapshot(of=c.group(filed)), known) == []
    assert c.findings(filing_drift, c.snapshot(of=c.group(filed))) != []


@pytest.mark.parametrize("name", ["市场部 群", "市场部\u200b群", "市場部群", "市场部群 "])
def test_silent_on_another_spelling_of_the_same_name(name: str):
    assert found(name=name) == []


def test_silent_on_what_a_register_left_unsaid():
    assert found(replace(c.FILING, name=None, owner_id=None, admin_ids=None), name="别的群") == []


def test_silent_on_our_own_account_as_admin_filed_or_not():
    assert found(replace(c.FILING, admin_ids=frozenset({c.HEAD, c.BOT}))) == []
    without = tuple(m for m in c.MEMBERS if m.user_id != c.BOT)
    assert found(replace(c.FILING, admin_ids=frozenset({c.HEAD, c.BOT})), without) == []


def test_silent_on_an_owner_listed_among_the_admins():
    assert found(replace(c.FILING, admin_ids=frozenset({c.HEAD, c.OWNER}))) == []


def test_silent_about_the_owner_when_the_list_shows_none():
    nobody = tuple(m for m in c.MEMBERS if m.user_id != c.OWNER)
    assert found(members=nobody) == []


def test_silent_on_unfiled_and_exempt_groups():
    assert c.findings(filing_drift, c.snapshot(of=c.group(None), name="别的群")) == []
    assert c.findings(filing_drift, c.snapshot(of=c.group(exempt=True), name="别的群")) == []
