"""2,000 messages a second at the socket: bounded memory, no request or command lost, then all as before."""

from pathlib import Path

from bench.flood import pour


async def test_a_flood_of_messages_holds_up_no_request_for_good_and_costs_no_memory(tmp_path: Path) -> None:
    """The thirty seconds' version is `python -m bench.flood`."""
    found = await pour(tmp_path, seconds=3)
    assert found.said == 6000
    assert found.memory <= 100
    assert (found.lost, found.commands_lost) == (0, 0)
    assert len(found.waits) == found.asked - 1, "everyone was answered"
    assert found.renamed
    assert not found.reconnected
    assert found.looked_at >= found.said
