"""Imports of rosters and of registers of groups: read, preview, apply, undo."""

from services.imports.apply import (
    apply_import,
    preview_file,
    preview_roster,
    settle_import,
    undo_import,
)
from services.imports.model import Outcome, Preview, Refusal

__all__ = [
    "Outcome",
    "Preview",
    "Refusal",
    "apply_import",
    "preview_file",
    "preview_roster",
    "settle_import",
    "undo_import",
]
