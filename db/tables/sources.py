"""Where the registry comes from by itself: when each source last ran, whom it lists, which files it took."""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from db.tables.base import Moment, metadata

# One row a source: ldap, dingtalk, scim, folder, or folder:PATTERN of several.
sources = Table(
    "sources",
    metadata,
    Column("source", String(200), primary_key=True),
    # The process that reads it now, and since when: never two at once.
    Column("running_by", String(64), nullable=True),
    Column("started_at", Moment, nullable=True),
    Column("ended_at", Moment, nullable=True),
    # How the last run ended: a value of services.imports.sources.model.Outcome.
    Column("outcome", String(16), nullable=True),
    Column("people", Integer, nullable=True),
    Column("import_id", Integer, nullable=True),
    # Why it failed, or what is to be said besides, in Chinese.
    Column("reason", String(300), nullable=True),
    # When it last gave everything it has.
    Column("good_at", Moment, nullable=True),
)

# Whom each source has listed, and what it said of them last.
source_people = Table(
    "source_people",
    metadata,
    Column("source", String(200), primary_key=True),
    Column("employee_no", String(64), primary_key=True, index=True),
    # A value of Said: here | left | missed | absent
    Column("said", String(8), nullable=False),
    # The source's own id of the entry they were last listed by, which stays whatever number it has.
    Column("entry_id", String(100), nullable=True),
)

# Files taken, by content: none is taken twice.
source_files = Table(
    "source_files",
    metadata,
    Column("source", String(200), primary_key=True),
    Column("file_hash", String(64), primary_key=True),
    Column("name", String(300), nullable=False),
    Column("size", BigInteger, nullable=False),
    # In nanoseconds, as the file system tells it.
    Column("modified", BigInteger, nullable=False),
    Column("taken_at", Moment, nullable=False),
)
