"""The process that reads one file and ends: what a file can do to its reader, it does to this process alone.

Its input is what `guard` sends: a pickled `How` behind its length, then the file. Its output is a line
`progress DONE TOTAL` now and then, last `refused JSON` or `found JSON`, and behind the latter what was
read, packed.
"""

import gc
import json
import pickle
import sys
from typing import BinaryIO

from services.imports.reading import groups, packed
from services.imports.reading.find import Found, read_file
from services.imports.reading.how import LENGTH, How
from services.imports.reading.person import Roster

MEMORY = 1024 * 1024 * 1024


def bound(memory: int, seconds: int) -> None:
    """Bound what this process may take, where the system can (Windows cannot)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def answer(source: BinaryIO, out: BinaryIO) -> None:
    """Read the file that comes in, and write what is in it."""
    how: How = pickle.loads(source.read(int.from_bytes(source.read(LENGTH))))

    def progress(done: int, total: int) -> None:
        out.write(f"progress {done} {total}\n".encode())
        out.flush()

    found = read_file(source.read(), how, progress)
    if isinstance(found, Found):
        content = found.content
        rows = packed.pack_rows(content) if isinstance(content, Roster) else groups.pack_rows(content)
        head = json.dumps({"kind": found.kind, "file_hash": found.file_hash, "size": len(rows)})
        out.write(f"found {head}\n".encode())
        out.write(rows)
    else:
        head = json.dumps({"reason": found.reason, "faults": found.faults})
        out.write(f"refused {head}\n".encode())
    out.flush()


if __name__ == "__main__":
    bound(MEMORY, int(sys.argv[1]))
    # Hundreds of thousands of small values are made, and the process ends before they are garbage.
    gc.disable()
    answer(sys.stdin.buffer, sys.stdout.buffer)
