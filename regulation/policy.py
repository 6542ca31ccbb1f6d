"""Policy: the regulation's parameters, as an operator sets them in `config/regulation.toml`.

Frozen and complete: every value has the default that the regulation settles. Reading and
validating the file is `config.policy`'s work; nothing in here looks at a file or a clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import StrEnum


class Mode(StrEnum):
    """How far the bot goes in a group. Of two modes the milder counts: see `milder`."""

    OBSERVE = "观察"
    REMIND = "提醒"
    ENFORCE = "执行"


_MILDNESS = (Mode.OBSERVE, Mode.REMIND, Mode.ENFORCE)


def milder(one: Mode, other: Mode) -> Mode:
    """Return the milder of a group's mode and the general one."""
    return min(one, other, key=_MILDNESS.index)


@dataclass(frozen=True, slots=True)
class Company:
    name: str = "XY"
    keywords: tuple[str, ...] = ("XY",)
    admin_department: str = "行政部"
    default_mode: Mode = Mode.ENFORCE


@dataclass(frozen=True, slots=True)
class DepartmentNames:
    """`aliases`: department name → other names people use. `renamed`: old path → new path."""

    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])
    head_titles: tuple[str, ...] = ("经理", "部门经理", "主管", "部长", "总监")
    # The aliases by the names of today: a renamed department keeps those that stand under its old name.
    _aliases_today: Mapping[str, tuple[str, ...]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        found: dict[str, tuple[str, ...]] = {}
        for name, others in self.aliases.items():
            for today in (name, self.renamed_last(name), *self._renamed_below(name)):
                found[today] = tuple(dict.fromkeys((*found.get(today, ()), *others)))
        object.__setattr__(self, "_aliases_today", found)

    def aliases_of(self, path: str) -> tuple[str, ...]:
        """Return what else the department of this path (as called today) is called, by its name or path."""
        leaf = path.rsplit("/", 1)[-1]
        others = self._aliases_today.get(leaf, ())
        return others if leaf == path else (*others, *self._aliases_today.get(path, ()))

    def formerly(self, path: str) -> tuple[str, ...]:
        """Return the names, without what lies above, that the department of this path had before."""
        leaf = path.rsplit("/", 1)[-1]
        ends = {path, leaf}
        return tuple(old.rsplit("/", 1)[-1] for old in self.renamed if self.renamed_last(old) in ends)

    def renamed_last(self, path: str) -> str:
        """Return a path by its last name, where it was renamed more than once."""
        for _ in range(len(self.renamed) + 1):
            before, path = path, self.renamed_once(path)
            if path == before:
                break
        return path

    def renamed_once(self, path: str) -> str:
        """Apply the rename of the longest path that this is, or lies below; a lone name counts anywhere."""
        for old in sorted(self.renamed, key=len, reverse=True):
            new = self.renamed[old]
            if path == old or path.startswith(old + "/"):
                return new + path[len(old) :]
            if "/" not in old + new and old in (parts := path.split("/")):
                return "/".join(new if part == old else part for part in parts)
        return path

    def _renamed_below(self, name: str) -> list[str]:
        """Return the last part of each new path whose old one ended with this lone name."""
        olds = [old for old in self.renamed if old.endswith("/" + name) and "/" not in name]
        return [self.renamed_last(old).rsplit("/", 1)[-1] for old in olds]


@dataclass(frozen=True, slots=True)
class RegistryLimits:
    """`status_words`: what a roster's words mean, beside and before those known anyway."""

    max_age_days: int = 45
    missing_means_departed: bool = False
    status_words: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class CardFormat:
    """`strictness`: tolerant | exact. `department`: top | leaf | path.

    `max_bytes`: bytes of UTF-8 that QQ keeps of a card. `auto_fix`: never | after_due | at_once.
    """

    format: str = "{department}-{name}"
    strictness: str = "tolerant"
    department: str = "top"
    allow_suffix: bool = True
    due_days: int = 3
    max_bytes: int = 60
    auto_fix: str = "after_due"


@dataclass(frozen=True, slots=True)
class ReminderPace:
    per_group_minutes: int = 60
    per_person_hours: int = 24


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours for reminders, reports and spot checks; `workdays`/`holidays` override the calendar."""

    start: time = time(9, 0)
    end: time = time(18, 0)
    workdays_only: bool = True
    workdays: frozenset[date] = frozenset()
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class DeadlineDays:
    """Whole days; a deadline falls at 24:00 of its day. `count`: calendar | workday."""

    count: str = "calendar"
    departed_days: int = 3
    transferred_days: int = 1
    unfiled_days: int = 3
    supervisor_days: int = 7
    drift_days: int = 3
    member_days: int = 3
    discussion_days: int = 7


@dataclass(frozen=True, slots=True)
class Membership:
    early_admission_days: int = 180


@dataclass(frozen=True, slots=True)
class Discussion:
    active_days: int = 10
    window_days: int = 30


def _default_fines() -> dict[str, Decimal]:
    amounts = {"F1": "50", "F3": "50", "C1": "10", "L1": "20", "T1": "10", "D2": "20"}
    return {code: Decimal(amount) for code, amount in amounts.items()}


@dataclass(frozen=True, slots=True)
class Safety:
    """Brakes. `import_departures`: a whole number, or None for max(5, 10 % of the employees).

    `import_changes`: the same, None for max(10, 20 %).
    """

    max_removals: int = 5
    max_removal_ratio: float = 0.2
    max_removals_total: int = 30
    import_departures: int | None = None
    import_changes: int | None = None

    def departures_allowed(self, employees: int) -> int:
        """Return how many new departures one import of a company of `employees` may bring unasked."""
        if self.import_departures is not None:
            return self.import_departures
        return max(5, employees // 10)

    def changes_allowed(self, employees: int) -> int:
        """Return how many people one import may give another QQ, name or department unasked."""
        return self.import_changes if self.import_changes is not None else max(10, employees // 5)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between acts of one QQ account, and its kicks a day."""

    send_seconds: float = 2.0
    kick_seconds: float = 4.0
    card_seconds: float = 2.0
    kicks_per_day: int = 80
    verify_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class Poll:
    requests_seconds: float = 180
    groups_seconds: float = 600
    audit_time: time = time(2, 30)


@dataclass(frozen=True, slots=True)
class Join:
    wave_limit: int = 30
    lapse_days: int = 30


@dataclass(frozen=True, slots=True)
class IdentityLimits:
    attempts_per_qq: int = 5
    attempts_per_employee: int = 10


@dataclass(frozen=True, slots=True)
class Kick:
    batch: bool = False


@dataclass(frozen=True, slots=True)
class Privacy:
    keep_days: int = 365


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder that rosters are dropped into; of each of `pattern` the newest file counts.

    `everybody`: a file lists all people, and not only changes.
    """

    path: str = ""
    pattern: tuple[str, ...] = ("*.xlsx",)
    every_minutes: float = 10
    everybody: bool = True


@dataclass(frozen=True, slots=True)
class LdapSource:
    """A directory. `attributes`: field of a roster → attribute, where it isn't the usual one."""

    url: str = ""
    base: str = ""
    filter: str = ""
    bind_dn: str = ""
    ca_file: str = ""
    every_hours: float = 6
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class ScimSource:
    enabled: bool = False


@dataclass(frozen=True, slots=True)
class DingTalkSource:
    app_key: str = ""
    base_url: str = "https://oapi.dingtalk.com"
    every_hours: float = 6


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the registry comes from. `order`: whose word counts first; `apply`: within_limits | ask."""

    order: tuple[str, ...] = ("scim", "ldap", "dingtalk", "folder")
    apply: str = "within_limits"
    folder: FolderSource = FolderSource()
    ldap: LdapSource = field(default_factory=LdapSource)
    scim: ScimSource = ScimSource()
    dingtalk: DingTalkSource = DingTalkSource()


@dataclass(frozen=True, slots=True)
class Policy:
    """All parameters of the regulation and of its enforcement, one field a table of the file."""

    company: Company = Company()
    departments: DepartmentNames = field(default_factory=DepartmentNames)
    registry: RegistryLimits = field(default_factory=RegistryLimits)
    card: CardFormat = CardFormat()
    reminders: ReminderPace = ReminderPace()
    hours: Hours = Hours()
    deadlines: DeadlineDays = DeadlineDays()
    membership: Membership = Membership()
    discussion: Discussion = Discussion()
    fines: Mapping[str, Decimal] = field(default_factory=_default_fines)
    safety: Safety = Safety()
    pace: Pace = Pace()
    poll: Poll = Poll()
    join: Join = Join()
    identity: IdentityLimits = IdentityLimits()
    kick: Kick = Kick()
    privacy: Privacy = Privacy()
    sources: Sources = field(default_factory=Sources)
