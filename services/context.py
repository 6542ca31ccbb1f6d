"""The running bot's App, where NoneBot's plugins find it. Set once by `bot.py`."""

from services.app import App

_current: list[App] = []


def use_app(app: App) -> None:
    """Make `app` the one that plugins find."""
    _current[:] = [app]


def get_app() -> App:
    """Return the running bot's App. Raises RuntimeError before `bot.py` set one."""
    if not _current:
        raise RuntimeError("bot.py has not set an App")
    return _current[0]
