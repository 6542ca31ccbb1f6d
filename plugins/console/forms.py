"""Forms as they come in: every field is text that anybody may have written."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException, Request
from starlette.datastructures import UploadFile

from services.context import get_app
from services.talk import typed

MOST_FIELDS = 400
_LONGEST_FIELD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Form:
    """A form that was sent. Unknown fields are passed over; missing ones are empty."""

    fields: Mapping[str, tuple[str, ...]]
    files: Mapping[str, tuple[str, bytes]]

    def text(self, name: str, longest: int = 500) -> str:
        """Return one field, cleaned and cut."""
        return typed.clean(next(iter(self.fields.get(name, ())), "")).strip()[:longest]

    def read(self, name: str, kind: str) -> Any:
        """Return one field as its kind reads it (`services.talk.typed`), or None."""
        text = self.text(name)
        return typed.read(kind, text, get_app().now().date()) if text else None

    def items(self, name: str) -> list[tuple[str, int]]:
        """Return the ids (`J12`) in all fields of this name; what is none is passed over."""
        return [item for item, _ in self._read_items(name)]

    def seen(self) -> dict[tuple[str, int], str]:
        """Return which version of each item the page showed: `I7.confirming-1f…` in its fields `seen`."""
        return dict(self._read_items("seen"))

    def _read_items(self, name: str) -> Iterator[tuple[tuple[str, int], str]]:
        today = get_app().now().date()
        for text in self.fields.get(name, ()):
            item, _, version = text.partition(".")
            read = typed.read("item", item[:20], today)
            if isinstance(read, tuple):
                yield read, version


async def form_of(request: Request) -> Form:
    """Return the form of a request; what can't be read as one is refused."""
    try:
        async with request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=_LONGEST_FIELD) as sent:
            fields: dict[str, tuple[str, ...]] = {}
            files: dict[str, tuple[str, bytes]] = {}
            for name, value in sent.multi_items():
                if isinstance(value, UploadFile):
                    files[name] = (value.filename or "", await value.read())
                else:
                    fields[name] = (*fields.get(name, ()), value)
    except (ValueError, AssertionError) as error:
        raise HTTPException(400) from error
    return Form(fields, files)


def query(request: Request, name: str, longest: int = 100) -> str:
    """Return a value of the address, cleaned and cut."""
    return typed.clean(request.query_params.get(name, "")).strip()[:longest]


def number(request: Request, name: str) -> int | None:
    """Return a number of the address, or None."""
    text = query(request, name, 10)
    return int(text) if text.isascii() and text.isdecimal() and int(text) < 2**31 else None


def item_of(letter: str) -> Callable[[str], Awaitable[int]]:
    """Return what reads the number of `V12` off an address; of anything else there is no page."""

    async def number_of(name: str) -> int:
        item = typed.read("item", name[:20], get_app().now().date())
        if not isinstance(item, tuple) or item[0] != letter:
            raise HTTPException(404)
        return item[1]

    return number_of
