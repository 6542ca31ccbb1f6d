"""The SCIM endpoint at `/scim/v2`, where `sources.scim.enabled`: nothing of it is even imported else."""

import importlib
import time

import nonebot
from fastapi import FastAPI
from nonebot.plugin import PluginMetadata

from services.context import get_app

__plugin_meta__ = PluginMetadata("scim", "People pushed by identity providers", "")


def mount() -> None:
    """Mount the endpoint on NoneBot's own server."""
    endpoint = importlib.import_module("services.imports.sources.scim.endpoint")
    server: FastAPI = nonebot.get_app()
    server.mount("/scim", endpoint.Endpoint(get_app(), time.monotonic))


if get_app().policy.sources.scim.enabled:
    mount()
