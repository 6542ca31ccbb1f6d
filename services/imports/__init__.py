"""Imports of rosters and of registers of groups: read, preview, apply, undo."""
