"""The pages, one a file, each with its `router`."""

from plugins.console.pages import inbox

PAGES = (inbox.router,)
