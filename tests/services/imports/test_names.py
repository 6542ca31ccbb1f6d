"""Names as HR writes them, from the file to the card, the claim and the search."""

import pytest

from regulation.cards.group_card import judge_card, right_card
from regulation.claims.proofs import check_proof, read_claim
from services.app import App
from services.people import registry

HEADERS = ("工号", "姓名", "部门", "手机")
NAMES = (
    "沈\u3000思",
    "王伟(小)",
    "何平(Leo)",
    "Leo 何平",
    "⻢云",
    "買買提•阿卜杜熱合曼",
    "張昇",
    "蕭乾",
    "O’Brien",
)
PEOPLE = {name: f"N{at:03}" for at, name in enumerate(NAMES)}


@pytest.fixture
async def company(app: App, take) -> App:
    rows = [
        (no, name, "市场部", f"1380000{at:04}") for at, (name, no) in enumerate(PEOPLE.items(), start=1201)
    ]
    await take(rows, HEADERS)
    await registry.refresh(app)
    return app


@pytest.mark.parametrize(
    ("name", "shown", "card"),
    [
        ("沈\u3000思", "沈思", "市场部-沈 思"),
        ("王伟(小)", "王伟(小)", "市场部-王伟"),
        ("何平(Leo)", "何平(Leo)", "市场部-何平"),
        ("Leo 何平", "Leo 何平", "市场部-何平"),
        ("⻢云", "马云", "市场部-⻢云"),
        ("買買提•阿卜杜熱合曼", "買買提·阿卜杜熱合曼", "市场部-买买提阿卜杜热合曼"),
        ("張昇", "張昇", "市场部-张升"),
        ("蕭乾", "蕭乾", "市场部-萧乾"),
        ("O’Brien", "O'Brien", "市场部-O‘Brien"),
    ],
)
async def test_one_key_from_the_file_to_the_card_and_the_search(
    company: App, name: str, shown: str, card: str
):
    known = company.registry.by_no[PEOPLE[name]]
    assert known.name == shown
    assert right_card(known, company.policy) == f"市场部-{shown}"
    for written in (card, f"市场部-{name}", f"市场部-{shown}"):
        assert judge_card(written, known, company.registry, company.policy, company.now().date()).ok, written
    for written in (name, shown, card.removeprefix("市场部-")):
        assert known in company.registry.named(written), written


@pytest.mark.parametrize(
    "comment", ["王伟(小) N001 1202", "王伟 N001 1202", "何平 N002 1203", "沈 思 N000 1201"]
)
async def test_joining_works_as_written_in_the_roster_and_by_the_bare_name(company: App, comment: str):
    proof = check_proof(read_claim(comment, company.registry), company.registry, company.phone_key)
    assert proof.outcome == "proved"
