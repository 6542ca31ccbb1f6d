#!/usr/bin/env bash
# Alembic's batch mode makes a SQLite table anew from what SQLAlchemy reads of it, to add one column. A partial unique
# index survives that; a unique index on lower(name) is gone with a warning only, and without a word: ON DELETE CASCADE
# of an unnamed foreign key, COLLATE NOCASE, AUTOINCREMENT and triggers.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet alembic==1.20.1 sqlalchemy==2.1.9
venv/bin/python - <<'PY'
import warnings
from importlib.metadata import version

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

MADE = (
    "CREATE TABLE groups (id INTEGER PRIMARY KEY)",
    "CREATE TABLE cases (id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL COLLATE NOCASE, state TEXT NOT NULL,"
    " group_id INTEGER REFERENCES groups (id) ON DELETE CASCADE)",
    "CREATE UNIQUE INDEX one_open ON cases (code, group_id) WHERE state = 'open'",
    "CREATE UNIQUE INDEX one_name ON cases (lower(state), group_id)",
    "CREATE TRIGGER kept AFTER DELETE ON cases BEGIN SELECT 1; END",
)


def told(connection):
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'cases'").all()
    text = " ".join(sql for _, sql in rows)
    words = ("ON DELETE CASCADE", "COLLATE NOCASE", "AUTOINCREMENT", "WHERE state = 'open'")
    return {*(name for name, _ in rows), *(word for word in words if word in text)}


with sa.create_engine("sqlite://").begin() as connection, warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    for statement in MADE:
        connection.exec_driver_sql(statement)
    before = told(connection)
    with Operations(MigrationContext.configure(connection)).batch_alter_table("cases") as batch:
        batch.alter_column("state", nullable=True)
    after = told(connection)
about = {str(warning.message) for warning in said}
print("Alembic", version("alembic"), "SQLAlchemy", version("sqlalchemy"), "| lost:", sorted(before - after), "| said:", about)
assert before - after == {"ON DELETE CASCADE", "COLLATE NOCASE", "AUTOINCREMENT", "one_name", "kept"}
assert "WHERE state = 'open'" in after and len(about) == 1 and "one_name" in about.pop()
PY
