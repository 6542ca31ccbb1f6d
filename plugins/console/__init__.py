"""The console under `/console/`: the work of the chat, in pages. They are loaded when first asked for."""

import asyncio
import importlib

import nonebot
from fastapi import FastAPI
from nonebot.plugin import PluginMetadata
from starlette.types import ASGIApp, Receive, Scope, Send

from services.context import get_app

__plugin_meta__ = PluginMetadata("console", "The pages of the console", "")


class Console:
    """Imports the pages at the first request: neither the start nor an idle bot pays for them."""

    def __init__(self) -> None:
        self._site: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if self._site is None:
            module = await asyncio.to_thread(importlib.import_module, "plugins.console.site")
            self._site = module.site
        assert self._site is not None
        await self._site(scope, receive, send)


server: FastAPI = nonebot.get_app()
if get_app().settings.console:
    server.mount("/console", Console())
