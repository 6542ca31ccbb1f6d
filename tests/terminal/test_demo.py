"""The demo: at whatever speed it may be played, its bot starts."""

import tomllib

import pytest

from config.policy import read_policy
from terminal.demo.stage import policy_at


@pytest.mark.parametrize("speed", [0.1, 1.0, 30.0, 31.0, 1000.0])
def test_the_bot_takes_the_policy_of_every_speed(speed: float) -> None:
    policy = read_policy(tomllib.loads(policy_at(speed)), "the demo's")
    assert policy.pace.send_seconds <= 0.6
