"""`cli.py simulate`: the simulator alone, to try the bot by hand."""

import asyncio
import sys

from config.settings import SettingsError, load_settings
from simulator.console.by_hand import run_simulator
from simulator.profiles import PROFILES


def simulate(groups: int, members: int, port: int, profile: str) -> int:
    """Run until interrupted; the token is the bot's own, from `.env`."""
    if profile not in PROFILES:
        sys.stderr.write(f"没有这种实现：{profile}；可用 {'、'.join(PROFILES)}\n")
        return 2
    try:
        token = load_settings().onebot_access_token
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        asyncio.run(run_simulator(groups, members, port, token, profile))
    except KeyboardInterrupt:
        return 0
    return 0
