"""Cards: the look at an unchanged right card, judging one card, and an audit's 500,000."""

import time
import unicodedata
from datetime import UTC, datetime
from functools import partial
from typing import Any

from nonebot.adapters.onebot.v11 import GroupMessageEvent

from bench.page.figures import Figure
from bench.scene import company
from bench.scene.qq import ACCOUNT, OWNER, group_id
from config.settings import Settings
from db.engine import Database
from plugins.gateway.incoming import talk
from regulation.cards.group_card import judge_card
from regulation.claims.identity import Identity
from regulation.claims.proofs import read_claim
from regulation.model import Employee
from regulation.policy import Policy
from regulation.registry import Registry
from services.app import App
from services.groups import cards_seen

PEOPLE = 2000
LOOKS = 20_000
CARDS = 500_000
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
FORMS = (
    "{d}-{n}",
    "{d}—{n}",
    "{d}{n}",
    "【{d}】{n}",
    "{n}（{d}）",
    "{n}",
    "{d}_{n}",
    "{d} {n} 华东",
    "小{n}",
    "",
)


def registry() -> Registry:
    """Return a company's registry."""
    people = [
        Employee(company.number_of(n), company.name_of(n), company.department_of(n)) for n in range(PEOPLE)
    ]
    bound = [Identity(company.qq_of(n), company.number_of(n), "roster", NOW) for n in range(PEOPLE)]
    return Registry.build(people, bound, Policy().departments, as_of=NOW)


def event(n: int) -> dict[str, Any]:
    """Return an ordinary message of person `n`."""
    sender: dict[str, Any] = {"user_id": company.qq_of(n), "nickname": "u", "card": company.card_of(n)}
    return {
        "time": 1_760_000_000, "self_id": ACCOUNT, "post_type": "message", "message_type": "group",
        "sub_type": "normal", "message_id": n, "group_id": group_id(n % 50), "font": 0,
        "user_id": company.qq_of(n), "anonymous": None, "raw_message": "大家下午好", "sender": sender,
        "message": [{"type": "text", "data": {"text": "大家下午好"}}],
    }  # fmt: skip


def look_at_messages(app: App) -> float:
    """Return what our own code costs for a message with an unchanged right card (µs CPU)."""
    events = [event(n) for n in range(1000)]
    for one in events:
        assert cards_seen.known_right(app, one["group_id"], one["user_id"], one["sender"]["card"])
    begun = time.process_time()
    for n in range(LOOKS):
        assert talk.is_talk(events[n % 1000], str(ACCOUNT))
        talk.look(app, events[n % 1000])
    return (time.process_time() - begun) / LOOKS * 1e6


def build_events() -> float:
    """Return what the adapter takes to build the same message's event (µs CPU)."""
    given = event(1)
    begun = time.process_time()
    for _ in range(LOOKS):
        GroupMessageEvent.model_validate(given)
    return (time.process_time() - begun) / LOOKS * 1e6


def cards_of(known: Registry) -> list[tuple[str, Employee]]:
    """Return everybody's card, in ten forms."""
    return [
        (
            FORMS[n % 10].format(d=company.department_of(n), n=company.name_of(n)),
            known.by_no[company.number_of(n)],
        )
        for n in range(PEOPLE)
    ]


def normalise_cards(known: Registry) -> float:
    """Return what normalising one of these cards takes (µs CPU)."""
    made = cards_of(known)
    begun = time.process_time()
    for n in range(CARDS):
        unicodedata.normalize("NFKC", made[n % PEOPLE][0])
    return (time.process_time() - begun) / CARDS * 1e6


def judge_cards(known: Registry) -> float:
    """Return what an audit's cards cost (s CPU)."""
    policy, day, made = Policy(), NOW.date(), cards_of(known)
    begun = time.process_time()
    for n in range(CARDS):
        card, employee = made[n % PEOPLE]
        judge_card(card, employee, known, policy, day)
    return time.process_time() - begun


def read_comments() -> float:
    """Return what reading a request's comment takes beside 100,000 employees (µs CPU)."""
    people = [Employee(f"{n:06d}", company.name_of(n), f"部门{n % 300}部") for n in range(100_000)]
    known = Registry.build(people, [], Policy().departments)
    made = [
        f"我是{one.department}的{one.name}，工号{one.employee_no}，手机后四位5678" for one in people[:2000]
    ]
    read_claim(made[0], known)
    begun = time.process_time()
    for comment in made:
        read_claim(comment, known)
    return (time.process_time() - begun) / len(made) * 1e6


def slowest_text(known: Registry) -> float:
    """Return the longest that a card of 200 or a comment of 1,000 spiteful characters takes (ms CPU)."""
    one, policy, day = Employee("9", "AB", "A"), Policy(), NOW.date()
    cards = ("A" * 190 + "B", "A-" * 90 + "B", "AB" * 100, " A" * 95 + "AB")
    comments = [(part * 1000)[:1000] for part in ("张", "张三", "1-", "·张", "a ", "不", "问题：答案：")]
    works = [partial(judge_card, card, one, known, policy, day) for card in cards]
    works += [partial(read_claim, comment, known) for comment in comments]
    taken: list[float] = []
    for work in works:
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return max(taken) * 1e3


def measure(repeats: int) -> list[Figure]:
    """Measure."""
    known = registry()
    settings = Settings(_env_file=None, superusers=frozenset({OWNER}))  # pyright: ignore[reportCallIssue]
    # Never opened: nothing measured here asks a database.
    app = App(settings, Policy(), Database("sqlite+aiosqlite:///unused.db"), phone_key=b"x")
    app.registry = known
    looked = [(look_at_messages(app), build_events()) for _ in range(repeats)]
    looks, built = (tuple(column) for column in zip(*looked, strict=True))
    cost = [(judge_cards(known), normalise_cards(known)) for _ in range(repeats)]
    judged, plain = (tuple(column) for column in zip(*cost, strict=True))
    comments = tuple(read_comments() for _ in range(repeats))
    slowest = tuple(slowest_text(known) for _ in range(repeats))
    return [
        Figure("card: the look at an unchanged right one", "µs CPU", looks, built, "≤ 20 µs"),
        Figure("card: judging one", "µs CPU", tuple(one / CARDS * 1e6 for one in judged), plain, "≤ 15 µs"),
        Figure("comment: reading one of 100,000", "µs CPU", comments, (), "≤ 200 µs"),
        Figure("text: the slowest we know", "ms CPU", slowest, (), "≤ 100 ms"),
        Figure(f"card: {CARDS:,} of an audit", "s CPU", judged, (), "≤ 10 s"),
    ]
