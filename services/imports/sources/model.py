"""What a source of the registry is, and what it gives: the very rows that a roster file gives."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from config.phrases.sources import NAMES
from db.queries.work.sources import TakenFile
from services.imports.reading.listed import ReadRoster

# Sources in which whoever left is no longer listed: absent is departed. Of others, as the policy says.
DIRECTORIES = frozenset({"ldap", "dingtalk"})
# Sources of accounts: that one is open says nothing of a departure which others told of.
ACCOUNTS = DIRECTORIES | {"scim"}
# Sources that tell of people one by one: their brake counts over an hour.
PUSHING = frozenset({"scim"})


def kind_of(source: str) -> str:
    """Return which of `sources.order` a source is: `folder:华东*.xlsx` is a folder."""
    return source.partition(":")[0]


def name_of(source: str) -> str:
    """Return what a source is called: `folder:华东*.xlsx` is 文件夹（华东*.xlsx）."""
    kind, _, pattern = source.partition(":")
    return f"{NAMES[kind]}（{pattern}）" if pattern else NAMES[kind]


class SourceError(Exception):
    """A source gave nothing that may be used; the text says why, in one Chinese line without a secret."""


class Outcome(StrEnum):
    """How a run of a source ended."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    WAITING = "waiting"
    REFUSED = "refused"
    NOTHING_NEW = "nothing_new"
    FAILED = "failed"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one reading brought. `import_id`: the import that was applied, or waits for 同意."""

    outcome: Outcome
    text: str
    people: int = 0
    import_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source gave at one time.

    `rows`: as a roster file is read, see `reading.listed.read_rows` and `reading.guard.read_guarded`.
    `complete`: nothing was lost on the way; what isn't changes nothing. `origin`: where the rows came
    from, as the preview shows it (a file's name, a directory's address). `everybody`: the source lists
    all it has, so that who was listed before and is missing now is absent (see `DIRECTORIES`).
    `why_incomplete`: Chinese, "" when complete. `aside`: Chinese, what else is to be said in the status.
    `file`: to be remembered once the reading is taken.
    """

    rows: ReadRoster
    complete: bool
    origin: str
    everybody: bool = True
    why_incomplete: str = ""
    aside: str = ""
    file: TakenFile | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing new. `why`: Chinese, where there will be; `again`: the last file, there once more."""

    why: str = ""
    again: TakenFile | None = None


class Source(Protocol):
    """Something that can be read again and again. `name`: ldap, folder, or folder:PATTERN of several."""

    @property
    def name(self) -> str:
        """Return what it is called in the settings, for people and in the database."""
        ...

    async def read(self) -> Reading | Nothing:
        """Return what there is now. Raises `SourceError`."""
        ...
