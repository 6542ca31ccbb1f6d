"""`cli.py console-code`: a code to log into the console, for the day the bot's account is frozen."""

import sys

from rich.console import Console

from config.phrases import console as say
from services.app import App
from services.console import codes


async def give_code(app: App, user_id: int, *, out: Console) -> int:
    """Print a code; 1 where this QQ number has no page, or the console is off."""
    if not app.settings.console:
        sys.stderr.write(say.OFF + "\n")
        return 1
    code = await codes.give(app, user_id, by="terminal", source="terminal")
    if code is None:
        sys.stderr.write(say.NO_PAGE.format(qq=user_id) + "\n")
        return 1
    minutes = codes.VALID.seconds // 60
    out.print(
        say.PRINTED.format(code=code, minutes=minutes, qq=user_id, address=app.settings.console_address)
    )
    return 0
