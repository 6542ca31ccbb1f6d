"""Hostile input over the wire: nothing crashes, hangs, grows or is forgotten.

Six thousand seeded frames here; all hundred thousand in `python -m bench.hostile`.
"""

from pathlib import Path

from bench.hostile import torment

FRAMES = 6_000


async def test_thousands_of_hostile_frames_leave_the_bot_as_it_was(tmp_path: Path) -> None:
    found = await torment(tmp_path, FRAMES)
    assert found.alive
    assert found.same_connection, "a frame has broken the connection"
    assert found.memory <= 20
    assert found.complaints == ()
    assert found.unread > FRAMES / 50, "the frames were none"
