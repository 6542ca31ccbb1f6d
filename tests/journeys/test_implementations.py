"""Six implementations connected to one bot: what each one's quirks must not cost.

One bot and one world serve all tests here; each test has people and groups of its own, so their order is free.
"""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from db.tables.groups import groups
from db.tables.requests import join_requests
from simulator import PROFILES as SIMULATED
from simulator.qq.model import Happened, Request
from tests.journeys.harness import BOSS, STAFF, Journey, Row

PROFILES = ("napcat", "llbot", "lagrange", "go-cqhttp", "snowluma", "snowluma-1.11")
RECOVERS = PROFILES[:4]
OWNER, STRANGER = 20001, 30077
# The farthest that any list reaches is 500 notices.
MORE_THAN_LISTED = 510
WAITING = [("waiting", None, None)]


class Six:
    """The bot with an account of each profile, and who asked to join while it was away."""

    def __init__(self, journey: Journey) -> None:
        self.j = journey
        self.asked: dict[tuple[str, str], Request] = {}

    def account(self, profile: str) -> int:
        return 88880010 + PROFILES.index(profile)

    def group(self, profile: str) -> int:
        return 710001 + PROFILES.index(profile)

    def person(self, profile: str, number: int) -> int:
        return 31000 + 100 * PROFILES.index(profile) + number

    def worker(self, profile: str, number: int) -> Row:
        """Return an employee; `number` 1 has no QQ yet, 2 is in the profile's group."""
        index = PROFILES.index(profile)
        name = "陈林"[number - 1] + "东南西北中上"[index]
        qq = None if number == 1 else self.person(profile, 90 + number)
        return Row(f"B{index}{number}", name, "市场部", qq, f"1390000{index}00{number}")

    def proof(self, profile: str) -> str:
        row = self.worker(profile, 1)
        return f"问题：部门 姓名 工号 手机后四位\n答案：{row.department} {row.name} {row.no} {row.phone[-4:]}"

    async def set_up(self) -> None:
        """Lay out QQ and company, raise what the bot is to miss, then start it and connect everybody."""
        j = self.j
        workers = [self.worker(profile, number) for profile in PROFILES for number in (1, 2)]
        await j.import_roster((*STAFF, *workers))
        for profile in PROFILES:
            group_id, account = self.group(profile), self.account(profile)
            leaver = self.worker(profile, 2)
            j.world.add_group(group_id, f"{profile}群", OWNER)
            j.world.add_member(group_id, 20005, nickname="x", card="市场部-陈晨")
            j.world.add_member(group_id, leaver.qq or 0, nickname="x", card=f"市场部-{leaver.name}")
            j.world.add_member(group_id, account, nickname="群规", card="群规", role="admin")
            j.world.set_card(group_id, OWNER, "市场部-王强", OWNER)
            for friend in (BOSS, OWNER):
                j.world.befriend(account, friend)
            for number in (1, 2, 3):
                j.world.add_group(group_id + number * 10_000, f"{profile}新群{number}", OWNER)
        await j.import_filings(*((self.group(p), f"{p}群", "全员", OWNER) for p in PROFILES))
        await j.start()
        for profile in PROFILES:
            await self._miss(profile)
        for profile in PROFILES:
            await j.connect(self.account(profile), replace(SIMULATED[profile], count_lags=True))
        for profile in PROFILES:
            await j.until(lambda profile=profile: self._heard(profile), f"{profile}: lists are read")

    async def _miss(self, profile: str) -> None:
        """Raise what happens while the bot is away."""
        world, group_id, account = self.j.world, self.group(profile), self.account(profile)
        for name, number, comment in (("good", 1, self.proof(profile)), ("bad", 2, "你好")):
            self.asked[profile, name] = await world.ask_to_join(
                group_id, self.person(profile, number), comment
            )
        self.asked[profile, "in"] = await world.ask_to_join(
            group_id, self.person(profile, 3), "王芳 A006 0006"
        )
        await world.invite_bot(group_id + 10_000, account, 20005)
        await world.invite_bot(group_id + 20_000, account, STRANGER)

    async def _heard(self, profile: str) -> bool:
        return len(await self.j.rows(select(join_requests.c.id).where(self._of(profile)))) >= 3

    def _of(self, profile: str) -> Any:
        return join_requests.c.group_id == self.group(profile)

    async def item(self, request: Request) -> str:
        """Return the name under which people settle a request."""
        key = str(request.sequence)
        flags = (f"%{key}%", f"%:u_{request.user_id}")
        c = join_requests.c
        found = await self.j.rows(
            select(c.id).where(c.group_id == request.group_id, c.flag.like(flags[0]) | c.flag.like(flags[1]))
        )
        return f"J{found[0].id}"

    async def state(self, request: Request) -> list[tuple[Any, ...]]:
        """Return how a request stands in the bot's books."""
        c = join_requests.c
        number = int((await self.item(request))[1:])
        found = await self.j.rows(select(c.state, c.settled_by, c.settled_as).where(c.id == number))
        return [tuple(row) for row in found]

    async def tell(self, profile: str, words: str) -> None:
        """Have the boss write to a profile's account."""
        await self.j.world.whisper(BOSS, self.account(profile), words)

    def answers(self, profile: str) -> list[Any]:
        """Return the answers to requests that an account sent."""
        return self._calls(profile, "set_group_add_request")

    def polls(self, profile: str) -> int:
        """Return how often a profile's list of requests was read."""
        return len(self._calls(profile, SIMULATED[profile].pending_action))

    def _calls(self, profile: str, action: str) -> list[Any]:
        account = self.account(profile)
        return [c for c in self.j.world.calls if c.self_id == account and c.action == action]

    def answered(self, profile: str, words: str) -> list[str]:
        """Return what a profile's account told the boss with these words in it."""
        shown = self.j.said(words, user_id=BOSS)
        return [one.text for one in shown if one.self_id == self.account(profile)]

    def told_to_do_it_in_qq(self, item: str) -> bool:
        """Tell whether the boss heard that this answer was not sent."""
        shown = self.j.said("请在 QQ 里直接处理", user_id=BOSS)
        return any(one.text.startswith(f"{item}：") for one in shown)


@pytest.fixture(scope="module")
async def six(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Six]:
    """Everybody connected, and all that was missed found in the lists."""
    made = Six(Journey(tmp_path_factory.mktemp("six")))
    try:
        await made.set_up()
        yield made
    finally:
        await made.j.close()


@pytest.mark.parametrize("profile", RECOVERS)
async def test_a_recovered_request_is_approved_or_rejected(six: Six, profile: str) -> None:
    good, bad = six.asked[profile, "good"], six.asked[profile, "bad"]
    await six.j.until(lambda: six.j.inside(good.group_id, good.user_id), "let in")
    await six.j.until(lambda: bad.verdict == "reject", "turned away")
    assert good.verdict == "approve"
    assert bad.reason


async def test_where_a_list_does_not_name_who_asks_people_answer_by_its_flag(six: Six) -> None:
    good, bad = six.asked["snowluma", "good"], six.asked["snowluma", "bad"]
    assert (good.verdict, bad.verdict) == (None, None)
    await six.tell("snowluma", f"同意 {await six.item(good)}")
    await six.tell("snowluma", f"驳回 {await six.item(bad)} 资料不全")
    await six.j.until(lambda: six.j.inside(good.group_id, good.user_id), "let in")
    await six.j.until(lambda: (bad.verdict, bad.reason) == ("reject", "资料不全"), "turned away")


async def test_where_a_flag_may_hit_another_nothing_recovered_is_ever_answered(six: Six) -> None:
    profile = "snowluma-1.11"
    good, bad = six.asked[profile, "good"], six.asked[profile, "bad"]
    for request, words in ((good, "同意"), (bad, "驳回")):
        item = await six.item(request)
        await six.tell(profile, f"{words} {item}")
        await six.j.until(lambda item=item: six.told_to_do_it_in_qq(item), "people are told why")
    assert (good.verdict, bad.verdict) == (None, None)
    assert await six.state(good) == WAITING
    assert not [call for call in six.answers(profile) if call.params.get("sub_type") != "invite"]


@pytest.mark.parametrize("profile", PROFILES)
async def test_who_is_in_the_group_no_longer_waits(six: Six, profile: str) -> None:
    request, how = six.asked[profile, "in"], "approve"
    if profile == "snowluma":
        # Its list doesn't say who asks, but that somebody has settled it.
        await six.j.world.settle_by_human(request, True, OWNER)
        how = None
    else:
        await six.j.world.pull_in(request.group_id, request.user_id)
    await six.j.world.at_bot(request.group_id, OWNER, six.account(profile), "群检查")

    async def closed() -> bool:
        return await six.state(request) == [("elsewhere", "qq", how)]

    await six.j.until(closed, "closed")


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_request_that_removals_push_off_the_lists_waits_and_is_answered(
    six: Six, profile: str
) -> None:
    world, group_id = six.j.world, six.group(profile)
    request = await world.ask_to_join(group_id, six.person(profile, 4), "王芳 A006 0006")

    async def waits() -> bool:
        c = join_requests.c
        where = (c.group_id == group_id, c.user_id == request.user_id)
        return bool(await six.j.rows(select(c.id).where(*where)))

    await six.j.until(waits, "held")
    begin = len(world.happened)
    for number in range(MORE_THAN_LISTED):
        world.record(Happened(world.now(), "left", group_id, 40_000 + number))
    end = len(world.happened)
    before = six.polls(profile)
    await six.j.until(lambda: six.polls(profile) >= before + 2, "the list is read some times")
    assert await six.state(request) == WAITING
    await six.tell(profile, f"驳回 {await six.item(request)}")
    if profile == "snowluma-1.11":
        item = await six.item(request)
        await six.j.until(lambda: six.told_to_do_it_in_qq(item), "people are told why")
        assert request.verdict is None
    else:
        await six.j.until(lambda: request.verdict == "reject", "answered")
    # What other tests look for in the lists is to be seen again.
    del world.happened[begin:end]


@pytest.mark.parametrize("profile", RECOVERS)
async def test_an_invitation_raised_while_away_is_judged_on_connecting(six: Six, profile: str) -> None:
    account, group_id = six.account(profile), six.group(profile)
    await six.j.until(lambda: six.j.inside(group_id + 10_000, account), "an employee's is accepted")
    (refused,) = [r for r in six.j.world.requests.values() if r.group_id == group_id + 20_000]
    await six.j.until(lambda: refused.verdict == "reject", "a stranger's is refused")


@pytest.mark.parametrize("profile", PROFILES)
async def test_it_says_who_it_is_at_once_when_it_is_invited(six: Six, profile: str) -> None:
    group_id, connections = six.group(profile) + 30_000, len(six.j.accounts)
    await six.j.world.invite_bot(group_id, six.account(profile), 20005)
    await six.j.until(lambda: six.j.said("我是群规机器人", group_id=group_id), "said who it is")
    assert len(six.j.said("我是群规机器人", group_id=group_id)) == 1
    assert sum(account.connections for account in six.j.accounts) == connections


@pytest.mark.parametrize("profile", PROFILES)
async def test_who_left_is_out_though_counts_lag_and_the_removal_is_said_to_have_failed(
    six: Six, profile: str
) -> None:
    group_id, leaver = six.group(profile), six.worker(profile, 2)
    await six.tell(profile, f"离职 {leaver.no}")
    await six.j.until(lambda: not six.j.inside(group_id, leaver.qq or 0), "removed")
    await six.j.world.at_bot(group_id, OWNER, six.account(profile), "群检查")
    await six.j.until(lambda: six.j.said("检查完毕", group_id=group_id), "read in whole")
    assert not six.j.said("不能下结论", group_id=group_id)
    assert not six.j.said("机器人没能移出")
    await six.j.stored(select(groups.c.unknown_because).where(groups.c.group_id == group_id), [(None,)])


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_command_whose_fields_have_odd_types_is_answered(six: Six, profile: str) -> None:
    sender = {"user_id": str(BOSS), "nickname": 5, "card": None, "level": 1, "title": 0, "age": ""}
    (account,) = [one for one in six.j.accounts if one.self_id == six.account(profile)]
    account.push({
        "time": 1795340000, "self_id": str(account.self_id), "post_type": "message", "message_type": "private",
        "sub_type": "friend", "message_id": "101", "user_id": str(BOSS), "font": None, "sender": sender,
        "message": [{"type": "text", "data": {"text": "帮助 状态"}}],
    })  # fmt: skip
    await six.j.until(lambda: six.answered(profile, "状态"), "answered")


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_refused_picture_leaves_its_words_and_is_named_among_what_does_not_work(
    six: Six, profile: str
) -> None:
    (account,) = [one for one in six.j.accounts if one.self_id == six.account(profile)]
    account.with_switches(sends_pictures=False)
    await six.tell(profile, "违规汇总")
    (summary,) = await six.j.until(lambda: six.answered(profile, "图片没有发出去"), "answered without it")
    assert len(summary.splitlines()) > 1
    await six.tell(profile, "状态")
    await six.j.until(lambda: six.answered(profile, f"{account.self_id} 暂时发不出图片"), "said in 状态")


@pytest.mark.parametrize("profile", ["napcat", "llbot"])
async def test_a_file_whose_bytes_stay_on_its_senders_machine_is_answered_with_what_to_do(
    six: Six, profile: str
) -> None:
    data = {"msgId": "17", "elementId": "70", "fileName": "名册.csv", "fileSize": "3", "isDir": False}
    await six.j.world.whisper(BOSS, six.account(profile), [{"type": "onlinefile", "data": data}])
    await six.j.until(lambda: six.answered(profile, "请改发离线文件"), "answered")
