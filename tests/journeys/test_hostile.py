"""Hostile input over the wire: nothing crashes, hangs, grows or is forgotten.

Six thousand seeded frames here; all hundred thousand in the part `hostile` of the bench.
"""

from pathlib import Path

from bench.hostile import torment

FRAMES = 6_000


async def test_thousands_of_hostile_frames_leave_the_bot_as_it_was(tmp_path: Path) -> None:
    found = await torment(tmp_path, FRAMES)
    assert found["process alive"]
    assert found["connection kept"], "a frame has broken the connection"
    assert found["memory afterwards"] <= 20
    assert found["errors in the log"] == 0
    assert found["frames that were nothing"] > FRAMES / 50, "the frames were none"
