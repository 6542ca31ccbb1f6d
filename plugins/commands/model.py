"""What a chat command is: one entry of the command table.

Nothing here knows NoneBot, so that the table can be read by tests, docs and the terminal.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from services.answer import Answer
from services.app import App
from services.people.roles import Who

__all__ = ["Ask", "Command", "Field", "Handler", "Reply", "Where", "Who", "reply"]


_Kind = TypeVar("_Kind")


class Where(StrEnum):
    """Where an entry may be used."""

    ANYWHERE = "anywhere"
    GROUP = "group"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `键=值`, or by position. `kind` names its reader: see `services.talk.typed`.

    `rest`: takes all words left (a reason, say). `required`: else one helpful line is the answer.
    `letters`: of which items an id may be, where it isn't any of the inbox. Where it would count for
    nothing, it is not taken: beside any of `not_with`, or unless another field has the value of `only_with`.
    """

    name: str
    kind: str = "text"
    required: bool = False
    rest: bool = False
    aliases: tuple[str, ...] = ()
    letters: str = ""
    not_with: tuple[str, ...] = ()
    only_with: tuple[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One use of a command. `group_id`: where it was asked, None in private.

    `values`: field name → the value as its kind reads it; absent when not given. `who`: what the
    asker is, here and now. `about`: the group it is about: `群=`, else where it was asked, else (in
    private, for commands of owners and admins) the only group where the asker is one; else None.
    """

    app: App
    account: int
    user_id: int
    who: frozenset[Who]
    group_id: int | None
    values: Mapping[str, object]
    text: str = ""
    about: int | None = None

    def given(self, name: str, kind: type[_Kind]) -> _Kind | None:
        """Return what a field's reader made of it, or None where it wasn't given."""
        value = self.values.get(name)
        return value if isinstance(value, kind) else None

    def required(self, name: str, kind: type[_Kind]) -> _Kind:
        """Return what the reader of a required field made of it."""
        value = self.values[name]
        assert isinstance(value, kind)
        return value

    def words(self, name: str) -> str:
        """Return a field as text; empty where it wasn't given."""
        return str(self.values.get(name) or "")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. Asked in private, `text` (with picture and file) is the answer.

    Asked in a group, `public` is said there (counts only, nothing personal) and the rest goes by
    private message; `public` None means: `text` itself holds nothing personal and is said there.
    An empty reply says nothing at all.
    """

    text: str = ""
    public: str | None = None
    image: bytes | None = None
    file_name: str = ""
    file: bytes | None = None


def reply(answer: Answer) -> Reply:
    """Return what a use case answered, as chat says it."""
    return Reply(answer.text, public=answer.public)


Handler = Callable[[Ask], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Command:
    """One entry: `name` and `aliases`, who may use it where, its fields, help and handler."""

    name: str
    who: frozenset[Who]
    help: str
    handler: Handler
    where: Where = Where.ANYWHERE
    fields: tuple[Field, ...] = ()
    aliases: tuple[str, ...] = ()
    long_help: str = ""
    examples: tuple[str, ...] = field(default_factory=tuple[str, ...])
