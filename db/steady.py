"""A clock that nobody sets, and that goes on while the machine sleeps."""

import time

# Linux has a clock for it, on macOS this one does, unlike Python's `monotonic`; Windows has neither, and
# there `monotonic` does.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def seconds() -> float:
    """Return its seconds, since some moment."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)
