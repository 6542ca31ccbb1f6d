"""The QQ side, as a NoneBot plugin. Imported without NoneBot running (tests, tools) it wires nothing."""

from plugins.edge import running_driver

if (_running := running_driver()) is not None:
    from plugins.gateway.wiring import wire

    comings = wire(_running)
