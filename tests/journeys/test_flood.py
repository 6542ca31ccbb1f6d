"""2,000 messages a second at the socket: bounded memory, no request or command lost, then all as before."""

from pathlib import Path

from bench.flood import pour


async def test_a_flood_of_messages_holds_up_no_request_for_good_and_costs_no_memory(tmp_path: Path) -> None:
    """The thirty seconds' version is the part `flood` of the bench."""
    found = await pour(tmp_path, seconds=3)
    assert found["memory at most"] <= 100
    assert (found["requests lost"], found["requests unanswered"], found["commands lost"]) == (0, 0, 0)
    assert found["renames lost"] == 0
    assert not found["connection broken"]
    assert found["messages looked at"] >= found["messages"] == 6000
