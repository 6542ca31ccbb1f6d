"""Memory that is free goes back to the machine, where the C library can give it."""

import ctypes
import subprocess
import sys

import pytest

from services.running import memory

# In a process of its own: how the heap is kept can't be taken back.
GROW_AND_GIVE_BACK = """
import asyncio, threading
from services.running import memory

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 2**20

assert memory.keep_few_heaps()
kept = []
def fill():
    # Between blocks that stay, so that nothing is given back by itself.
    for n in range(40_000):
        block = bytearray(1000)
        if n % 400 == 0:
            kept.append(block)
        else:
            rest.append(block)
rest = []
threads = [threading.Thread(target=fill) for _ in range(4)]
for one in threads:
    one.start()
for one in threads:
    one.join()
full = resident()
rest.clear()
asyncio.run(memory.give_back())
print(full, resident())
"""


def has_glibc() -> bool:
    return sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_trim")


@pytest.mark.skipif(not has_glibc(), reason="only glibc can be told to give memory back")
def test_what_is_free_is_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GROW_AND_GIVE_BACK], capture_output=True, text=True, check=True
    )
    full, after = (float(part) for part in done.stdout.split())
    assert full - after > 100


async def test_other_libraries_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_glibc", lambda: None)
    assert not memory.keep_few_heaps()
    assert not await memory.give_back()
