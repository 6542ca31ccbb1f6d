"""The reader of files without a process of its own, for the hundreds of tests that are about what it read."""

import io
import pickle
from contextlib import ExitStack
from unittest import mock

from services.imports import apply
from services.imports.reading import child, guard
from services.imports.reading.how import LENGTH, How, Progress
from services.imports.reading.noted import Refusal
from services.imports.sources import folder


def read_here(data: bytes, how: How, progress: Progress | None = None) -> guard.ReadFile | Refusal:
    """Read a file as `read_guarded` does, what is said on the way included, in this process."""
    packed, out = pickle.dumps(how), io.BytesIO()
    child.answer(io.BytesIO(len(packed).to_bytes(LENGTH) + packed + data), out)
    out.seek(0)
    read = guard.hear(out, progress)
    assert read is not None
    return read


def reading(how: object) -> ExitStack:
    """Let all who read files read them by `read_here` or by `read_guarded`, until it is closed."""
    stack = ExitStack()
    for caller in (apply, folder):
        stack.enter_context(mock.patch.object(caller, "read_guarded", how))
    return stack
