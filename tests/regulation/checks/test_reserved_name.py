from dataclasses import replace

import pytest

from regulation.checks import reserved_name
from regulation.model import FilingState
from regulation.policy import Company, Policy
from tests.regulation.checks import company as c


def found(name: str, of: c.Group | None = None, policy: Policy = c.POLICY):
    return c.findings(reserved_name, c.snapshot(of=of or c.group(None), name=name), policy=policy)


@pytest.mark.parametrize(
    "name",
    [
        "XY羽毛球",
        "X Y 羽毛球",
        "ＸＹ羽毛球",
        "xy羽毛球",
        "我们的xY",
        "2026XY2",
        "X\u200bY群",
        "TA XY",
        "(XY)",
        "X　Y",
    ],
)
def test_reports_every_spelling_of_the_company(name: str):
    (one,) = found(name)
    assert (one.subject, one.reason, one.data["keyword"]) == ("group", "unfiled", "XY")


@pytest.mark.parametrize(
    "name", ["TAXY拼车", "XYZ读书会", "Galaxy", "TAX Y", "X Yard", "羽毛球", "", "YX群", "éXY"]
)
def test_silent_where_no_whole_word_is_the_companys(name: str):
    assert found(name) == []


@pytest.mark.parametrize(
    ("name", "held"), [("上海华兴科技群", 1), ("华 興群", 1), ("中华兴旺", 1), ("华新群", 0)]
)
def test_chinese_keywords_count_anywhere(name: str, held: int):
    policy = Policy(company=Company(keywords=("XY", "华兴")))
    assert len(found(name, policy=policy)) == held


def test_reports_a_filed_group_renamed_to_a_reserved_name():
    (one,) = found("XY市场部群", c.group())
    assert one.reason == "renamed"


def test_says_when_the_filing_is_under_review():
    (one,) = found("XY群", c.group(None, filing_state=FilingState.WITH_ADMIN))
    assert one.reason == "in_review"


@pytest.mark.parametrize(("asked", "reason"), [("XY市场部群", "in_review"), ("XY市场一部群", "renamed")])
def test_a_change_under_review_counts_where_it_asks_for_this_very_name(asked: str, reason: str):
    (one,) = found("XY市场部群", c.group(in_review=replace(c.FILING, name=asked)))
    assert one.reason == reason


def test_silent_on_the_name_that_was_approved_however_it_is_spelt():
    filed = c.group(replace(c.FILING, name="XY市场部群"))
    assert found("XY市场部群", filed) == []
    assert found("ＸＹ 市场部群", filed) == []


def test_reports_another_reserved_name_than_the_approved():
    assert len(found("XY公司群", c.group(replace(c.FILING, name="XY市场部群")))) == 1


def test_silent_on_a_register_that_said_no_name():
    assert found("XY市场部群", c.group(replace(c.FILING, name=None))) == []


def test_silent_on_the_group_of_admin_staff():
    assert found("XY行政", c.group(None, exempt=True)) == []


def test_silent_on_empty_keywords():
    assert found("XY群", policy=Policy(company=Company(name="", keywords=("", " ")))) == []
