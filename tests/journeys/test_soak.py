"""A short stretch of work under faults of every kind; the half-hour is the part `soak` of the bench."""

from pathlib import Path

from bench.soak import soak


async def test_ten_seconds_under_faults_of_every_kind_lose_nothing_and_do_nothing_wrong(
    tmp_path: Path,
) -> None:
    found = await soak(tmp_path, seconds=10)
    assert found.asked == 50
    assert found.said == 500
    assert found.struck.total() > 0
    assert found.lost == []
    assert found.wrong == []
    assert found.growth(after=5) <= 10
