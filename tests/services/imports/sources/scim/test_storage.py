"""Our storage keeps the storage contract of scim2-server 0.8.3, checked by the library's own suite."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scim2_models import ScimProvider
from scim2_server.testing import SEARCH_USERS, BlockingStorage, ScimStorageContract

from config.settings import Settings
from db.engine import Database
from regulation.policy import Policy
from services.app import App
from services.imports.sources.scim.people import ENTERPRISE
from services.imports.sources.scim.schema import provider
from services.imports.sources.scim.storage import Storage

_OURS = ("userName", "displayName", "title", "name", "active", ENTERPRISE)


class TestOurStorage(ScimStorageContract):
    @pytest.fixture
    def provider(self) -> ScimProvider:
        return provider()

    @pytest.fixture
    def storage(self, provider: ScimProvider, database_url: str, tmp_path: Path) -> Iterator[BlockingStorage]:
        with asyncio.Runner() as runner:
            database = Database(database_url)
            settings = Settings(data_dir=tmp_path, _env_file=None)  # pyright: ignore[reportCallIssue]
            app = App(settings, Policy(), database, phone_key=b"test key")
            yield BlockingStorage(Storage(app, provider, lambda: "test"), runner)
            runner.run(database.close())

    def search_users(self) -> list[dict[str, Any]]:
        """Leave out what our service does not announce: mail addresses."""
        return [{key: user[key] for key in _OURS if key in user} for user in SEARCH_USERS]
