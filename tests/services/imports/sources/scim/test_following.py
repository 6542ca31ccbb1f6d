"""The registry follows what SCIM told: within the brake of the last hour, and beyond it after a word."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from config.phrases import scim as say
from config.phrases.sources import UNCHANGED
from db.queries.people import scim as rows
from db.queries.work import imports as import_rows
from db.queries.work import sources as runs
from db.tables.work import outbox
from regulation.model import Status
from services.app import App
from services.imports import apply as imports
from services.imports import undoing
from services.imports.sources.scim import following
from services.imports.sources.scim.following import ASKED_EVERY, follow, renew
from services.people import staff
from tests.conftest import StoppedClock
from tests.services.imports.sources.scim.conftest import Sender

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
TODAY = date(2026, 3, 2)


def user(number: int, **more: Any) -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": f"u{number}", "displayName": f"员工{number}", "active": True,
        ENTERPRISE: {"employeeNumber": f"B{number:03}", "department": "市场部"},
    } | more  # fmt: skip


class Company:
    """A sender, and the ids of whom it told."""

    def __init__(self, app: App, sender: Sender) -> None:
        self.app, self.sender, self.ids = app, sender, dict[int, str]()

    async def told(self, *numbers: int, **more: Any) -> None:
        for number in numbers:
            status, made = await self.sender.ask("POST", "/Users", user(number, **more))
            assert status == 201, made
            self.ids[number] = made["id"]
        await follow(self.app)

    async def patch(self, number: int, **value: Any) -> None:
        body = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": value}]}
        status, answer = await self.sender.ask("PATCH", f"/Users/{self.ids[number]}", body)
        assert status == 200, answer

    async def gone(self, *numbers: int) -> None:
        for number in numbers:
            await self.patch(number, active=False)
        await follow(self.app)

    def left(self) -> list[str]:
        return sorted(
            no for no, one in self.app.registry.by_no.items() if one.is_departed(self.app.now().date())
        )

    async def waiting(self) -> list[tuple[int, int]]:
        async with self.app.database.reading() as tx:
            return [(row.id, row.counts["departed"]) for row in await import_rows.waiting(tx)]


@pytest.fixture
async def company(app: App, sender: Sender) -> Company:
    made = Company(app, sender)
    await made.told(*range(20))
    return made


async def test_whoever_is_told_is_in_the_registry_by_an_import_like_any_other(
    app: App, company: Company
) -> None:
    one = app.registry.by_no["B007"]
    assert (one.name, one.department, one.employment, one.departed_on) == (
        "员工7",
        "市场部",
        Status.REGULAR,
        None,
    )
    async with app.database.reading() as tx:
        (run,) = await runs.all_rows(tx)
        assert await rows.news(tx) == []
    assert (run.source, run.outcome, run.people) == ("scim", "applied", 20)
    assert run.import_id is not None
    assert (await undoing.undo_import(app, run.import_id, by="terminal")).state == "undone"
    assert app.registry.by_no == {}


async def test_a_departure_is_of_the_day_it_was_told(app: App, company: Company, clock: StoppedClock) -> None:
    await company.patch(3, active="False")
    status, _ = await company.sender.ask("DELETE", f"/Users/{company.ids[4]}")
    assert status == 204
    clock.move(days=1)
    await follow(app)
    assert [app.registry.by_no[number].departed_on for number in ("B003", "B004")] == [TODAY, TODAY]


@pytest.mark.parametrize("apply", ["within_limits", "ask"])
@pytest.mark.parametrize("others", [(), (4,)])
async def test_whose_row_is_faulty_is_said_where_no_import_says_it(
    app: App, company: Company, apply: str, others: tuple[int, ...]
) -> None:
    sources = replace(app.policy.sources, apply=apply)
    app.policy = replace(app.policy, sources=sources)
    await company.patch(3, displayName="长" * 201)
    for number in others:
        await company.patch(number, userName="说了一遍")
    await follow(app)
    async with app.database.reading() as tx:
        (run,) = await runs.all_rows(tx)
    assert run.outcome == "unchanged"
    assert run.reason == "错误 1（工号 B003：姓名超过 200 个字）"


@pytest.mark.dialects
async def test_the_hours_brake_holds_who_is_beyond_and_the_sender_hears_nothing_of_it(
    app: App, company: Company, clock: StoppedClock
) -> None:
    for number in range(4):
        await company.gone(number)
    await company.gone(4, 5, 6)
    assert company.left() == ["B000", "B001", "B002", "B003", "B004"]
    ((held, count),) = await company.waiting()
    assert count == 2
    _, shown = await company.sender.ask("GET", f"/Users/{company.ids[6]}")
    assert shown["active"] is False
    # More of them are asked about together, and not each at once.
    await company.gone(7)
    assert await company.waiting() == [(held, 2)]
    clock.move(seconds=ASKED_EVERY.total_seconds())
    await follow(app)
    ((again, count),) = await company.waiting()
    assert (again > held, count) == (True, 3)
    asks = await imports.settle_import(app, again, approve=True, by=10000)
    assert "员工5（B005）" in asks.text
    await imports.settle_import(app, again, approve=True, by=10000)
    assert company.left() == [f"B{number:03}" for number in range(8)]
    await company.patch(9, title="专员")
    await follow(app)
    async with app.database.reading() as tx:
        assert await rows.held(tx) == []


async def test_what_is_held_is_told_to_staff_and_its_names_to_nobody_else(app: App, company: Company) -> None:
    app.settings = app.settings.model_copy(update={"admin_group": 888888})
    await company.gone(*range(7))
    async with app.database.reading() as tx:
        queued = await tx.rows(select(outbox.c.user_id, outbox.c.group_id, outbox.c.payload))
    private = [str(payload) for user_id, _, payload in queued if user_id == 10000]
    public = [payload["parts"][0]["text"] for _, group_id, payload in queued if group_id == 888888]
    ((held, _),) = await company.waiting()
    assert any("员工6" in text for text in private)
    assert public == [say.ASKED_PUBLIC.format(id=held)]


async def test_an_hour_later_there_is_room_again(company: Company, clock: StoppedClock) -> None:
    await company.gone(*range(5))
    clock.move(minutes=61)
    await company.gone(*range(5, 9))
    assert len(company.left()) == 9
    assert await company.waiting() == []


async def test_who_is_told_to_be_back_waits_no_longer(app: App, company: Company) -> None:
    await company.gone(*range(7))
    await company.patch(5, active=True)
    await company.patch(6, active=True)
    await follow(app)
    assert company.left() == [f"B{number:03}" for number in range(5)]
    assert await company.waiting() == []


async def test_what_staff_refuse_is_not_asked_again(app: App, company: Company) -> None:
    await company.gone(*range(6))
    ((held, _),) = await company.waiting()
    await imports.settle_import(app, held, approve=False, by=10000)
    await company.patch(8, title="专员")
    await follow(app)
    assert await company.waiting() == []
    assert "B005" not in company.left()


async def test_other_news_of_somebody_says_nothing_of_their_departure(app: App, company: Company) -> None:
    await staff.depart(app, "B002", None, by="terminal", source="terminal")
    await company.patch(2, title="专员")
    await follow(app)
    assert "B002" in company.left()
    await company.patch(2, active=False)
    await company.patch(2, active=True)
    await follow(app)


async def test_what_a_sender_does_not_say_stays(app: App, company: Company, sender: Sender) -> None:
    """Okta tells no department and no number: its departures must arrive all the same."""
    bare = {"schemas": user(0)["schemas"], "userName": "okta", "externalId": "B011", "active": False}
    status, _ = await sender.ask("POST", "/Users", bare)
    assert status == 201
    await follow(app)
    one = app.registry.by_no["B011"]
    assert (one.name, one.department, one.departed_on) == ("员工11", "市场部", TODAY)


async def test_a_probation_is_no_business_of_active(
    app: App, company: Company, take: Callable[..., Awaitable[Any]]
) -> None:
    await take([["B001", "员工1", "市场部", "试用", "", "", ""]])
    await company.patch(1, active=False)
    await company.patch(1, active=True)
    await follow(app)
    assert app.registry.by_no["B001"].employment is Status.PROBATION


async def test_a_departure_known_already_keeps_its_day(
    app: App, company: Company, clock: StoppedClock
) -> None:
    await staff.depart(app, "B002", None, by="terminal", source="terminal")
    clock.move(days=5)
    await company.gone(2)
    assert app.registry.by_no["B002"].departed_on == TODAY


async def test_where_every_change_is_asked_nothing_applies_by_itself(app: App, company: Company) -> None:
    app.policy = replace(app.policy, sources=replace(app.policy.sources, apply="ask"))
    await company.gone(1)
    assert company.left() == []
    assert [count for _, count in await company.waiting()] == [1]


async def test_many_renamed_at_once_are_asked_about(app: App, company: Company) -> None:
    for number in range(12):
        await company.patch(number, **{f"{ENTERPRISE}:department": "采购部"})
    await follow(app)
    moved = [no for no, one in app.registry.by_no.items() if one.department == "采购部"]
    assert (len(moved), len(await company.waiting())) == (10, 1)


async def test_who_cannot_be_in_the_registry_is_said_in_the_status(app: App, sender: Sender) -> None:
    bare = {"schemas": user(0)["schemas"], "userName": "printer"}
    assert (await sender.ask("POST", "/Users", bare))[0] == 201
    await follow(app)
    assert app.registry.by_no == {}
    assert (await reason(app)) == say.NUMBERLESS.format(count=1)
    # Somebody new without a department.
    assert (await sender.ask("POST", "/Users", bare | {"userName": "u", "externalId": "B099"}))[0] == 201
    await follow(app)
    assert (await reason(app)) not in ("", UNCHANGED, say.NUMBERLESS.format(count=1))


async def reason(app: App) -> str:
    async with app.database.reading() as tx:
        (row,) = await runs.all_rows(tx)
    return row.reason or ""


async def test_many_are_taken_over_in_parts_and_in_order(
    app: App, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST_AT_ONCE", 3)
    company = Company(app, sender)
    await company.told(*range(11))
    assert len(app.registry.by_no) == 11
    await company.gone(*range(10, 2, -1))
    assert company.left() == [f"B{number:03}" for number in range(6, 11)]
    ((held, _),) = await company.waiting()
    assert held


@pytest.mark.dialects
async def test_a_sender_that_is_heard_keeps_the_registry_fresh(
    app: App, company: Company, clock: StoppedClock
) -> None:
    clock.move(days=40)
    await renew(app)
    assert app.registry.as_of == clock.now() - timedelta(days=40)
    await company.sender.ask("GET", "/Users?count=1")
    await renew(app)
    assert app.registry.as_of == clock.now()
