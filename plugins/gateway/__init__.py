"""The QQ side, as a NoneBot plugin. Imported without NoneBot running (tests, tools) it wires nothing."""

from nonebot import get_driver
from nonebot.drivers import Driver


def _driver() -> Driver | None:
    try:
        return get_driver()
    except ValueError:
        return None


if (_running := _driver()) is not None:
    from plugins.gateway.wiring import wire

    comings = wire(_running)
