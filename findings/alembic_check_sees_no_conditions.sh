#!/usr/bin/env bash
# Alembic's comparison (alembic check, --autogenerate, compare_metadata) finds a changed ON DELETE and a changed default,
# but neither the condition of a partial index nor a CHECK: a unique index over state = 1 in the database and state = 2 in
# the model are "no new upgrade operations", as are one with and one without a condition.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet alembic==1.20.1 sqlalchemy==2.1.9
venv/bin/python - <<'PY'
from importlib.metadata import version

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext


def declared(condition="state = 1", check="state IN (1, 2)", ondelete="CASCADE", index=True):
    metadata = sa.MetaData()
    sa.Table("groups", metadata, sa.Column("id", sa.Integer, primary_key=True))
    cases = sa.Table(
        "cases", metadata,
        sa.Column("code", sa.String(10)), sa.Column("state", sa.Integer),
        sa.Column("group_id", sa.ForeignKey("groups.id", ondelete=ondelete)),
        sa.CheckConstraint(check, name="known"),
    )  # fmt: skip
    if index:
        where = None if condition is None else sa.text(condition)
        sa.Index("one_open", cases.c.code, unique=True, sqlite_where=where)
    return metadata


with sa.create_engine("sqlite://").begin() as connection:
    declared().create_all(connection)
    others = {
        "another condition": declared(condition="state = 2"),
        "no condition": declared(condition=None),
        "another CHECK": declared(check="state IN (1, 2, 3)"),
        "no index": declared(index=False),
        "another ON DELETE": declared(ondelete=None),
    }
    context = MigrationContext.configure(connection)
    seen = {name: [found[0] for found in compare_metadata(context, other)] for name, other in others.items()}
print("Alembic", version("alembic"), "SQLAlchemy", version("sqlalchemy"), seen)
assert seen == {
    "another condition": [], "no condition": [], "another CHECK": [],
    "no index": ["remove_index"], "another ON DELETE": ["remove_fk", "add_fk"],
}  # fmt: skip
PY
