"""Answers are looked up at once."""

import pytest


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins.gateway.outgoing.verify.JOIN_PATIENCE", 2.5)
    monkeypatch.setattr("plugins.gateway.outgoing.verify.STILL_PENDING_AFTER", 0.6)
    monkeypatch.setattr("plugins.gateway.outgoing.verify._JOIN_STEPS", (0.1,) * 40)
