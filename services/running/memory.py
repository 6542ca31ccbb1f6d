"""Keeping the process's memory as small as what it holds: a bot runs for months.

What is short-lived here comes from many threads and in all sizes. The C library by itself keeps a
heap for each of up to 8 threads a core, and keeps in each what is free again; the more that is,
the longer the process runs. Only glibc has these calls; elsewhere they are left out.
"""

import asyncio
import ctypes
import gc
import sys
from functools import cache

# From glibc's malloc.h: which parameter mallopt(3) sets.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
_HEAPS = 2
# Larger blocks, such as the text of a long list, go back as they are freed. By itself glibc raises
# this to the size of whatever was freed.
_LARGE_BYTES = 128 * 1024


def spare_the_memory_walk() -> None:
    """Never look for garbage in what is loaded by now, and seldom elsewhere: each look costs the loop's time.

    The registry and the program are here to stay; Python by itself looks after 700 new objects. No last
    look is taken either: it would find half a MiB, and take a tenth of the start.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000)


def keep_few_heaps() -> bool:
    """Have the threads share heaps, before there are any; False where the C library can't."""
    library = _glibc()
    if library is None:
        return False
    done = library.mallopt(_M_ARENA_MAX, _HEAPS) == 1
    return library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES) == 1 and done


async def give_back() -> bool:
    """Give memory that is free here back to the machine, beside the work; True when there was any."""
    library = _glibc()
    return library is not None and await asyncio.to_thread(library.malloc_trim, 0) == 1


@cache
def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
