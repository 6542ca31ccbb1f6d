"""What settling an item of the inbox answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settled:
    """`ok`: it was settled by this call. `text`: the Chinese line for whoever asked."""

    ok: bool
    text: str
