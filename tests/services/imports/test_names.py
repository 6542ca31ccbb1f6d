"""Names as HR writes them, from the file to the card, the claim and the search."""

from pathlib import Path

import pytest
from sqlalchemy import select

from db.tables.registry import employees
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
CASES = Path(__file__).parents[3].parent / "shared" / "cases" / "rosters"
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


async def stored(app: App) -> dict[str, str]:
    async with app.database.reading() as tx:
        return dict(await tx.rows(select(employees.c.employee_no, employees.c.name)))


async def test_what_is_stored_and_shown_is_the_cleaned_name_and_the_preview_says_so(app: App, preview, take):
    rows = [("A1", " 沈\u3000思 ", "市场部"), ("A2", "⻢云", "市场部"), ("A3", "王伟(小)", "市场部")]
    made = await preview(rows, HEADERS[:3])
    assert [note.name for note in made.people["added"]] == ["沈思", "马云", "王伟(小)"]
    assert any("姓名" in note and "第 2、3 行" in note for note in made.notes)
    assert "姓名去掉了对齐的空格" in made.text
    await take(rows, HEADERS[:3])
    assert await stored(app) == {"A1": "沈思", "A2": "马云", "A3": "王伟(小)"}
    again = await preview(rows, HEADERS[:3])
    assert again.counts["changed"] == again.counts["added"] == 0


@pytest.mark.skipif(not CASES.is_dir(), reason="the handed inputs are not here")
@pytest.mark.parametrize(
    ("case", "names"),
    [
        ("08-padded-name", {"沈思": ["沈 思"], "张三": ["张 三"]}),
        ("09-namesake-suffix", {"王伟(小)": ["王伟"], "张三(Tony)": ["张三"], "Tony 张三": ["张三"]}),
        ("10-pdf-radical", {"马云": ["⻢云"]}),
        ("27-famous-names", {"张昇": ["張昇", "张升"], "萧乾": ["蕭乾"], "沈思": ["沈 思"]}),
    ],
)
async def test_the_handed_names_from_the_file_to_the_card(
    app: App, take, case: str, names: dict[str, list[str]]
):
    await take((CASES / f"{case}.xlsx").read_bytes())
    await registry.refresh(app)
    assert set((await stored(app)).values()) == set(names)
    for known in app.registry.by_no.values():
        for written in (known.name, *names[known.name]):
            card = f"{known.department}-{written}"
            verdict = judge_card(card, known, app.registry, app.policy, app.now().date())
            assert verdict.ok, card
            claim = read_claim(f"{written} {known.employee_no} 0000", app.registry)
            assert (claim.candidates, claim.denied, claim.other_names) == ((known.employee_no,), False, False)
