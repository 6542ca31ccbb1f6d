"""Ten thousand rows in the outbox drain at the pace, and the bot stays awake meanwhile."""

from pathlib import Path

from bench.backlog import drain


async def test_a_backlog_drains_at_the_pace_and_leaves_the_loop_free(tmp_path: Path) -> None:
    """The measurement with its bound of 20 ms is `python -m bench.backlog`; other tests share this machine."""
    found = await drain(tmp_path, seconds=5)
    assert found.rate > 0.4
    assert found.lag_p99 <= 150
