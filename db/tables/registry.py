"""The employee registry: departments, employees, transfers, imports, and its version."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from db.tables.base import Moment, metadata

departments = Table(
    "departments",
    metadata,
    Column("path", String(400), primary_key=True),
    Column("parent", String(400), nullable=True),
)

employees = Table(
    "employees",
    metadata,
    Column("employee_no", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("department", String(400), nullable=False),
    Column("employment", String(16), nullable=False),
    Column("title", String(200), nullable=False, default=""),
    Column("is_head", Boolean, nullable=False, default=False),
    Column("also_in", JSON, nullable=False, default=list),
    Column("phone_hash", String(64), nullable=True),
    Column("hired_on", Date, nullable=True),
    Column("regularized_on", Date, nullable=True),
    Column("departed_on", Date, nullable=True),
    Column("departure_known_on", Date, nullable=True),
    # Effective date of the last word from chat or terminal: the later effective record wins.
    Column("decided_on", Date, nullable=True),
    Column("decided", JSON, nullable=True),
    Column("swept_on", Date, nullable=True),
    # When a roster last listed them: it renews those it lists.
    Column("listed_at", Moment, nullable=True),
    Index(None, "departed_on"),
)

transfers = Table(
    "transfers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "employee_no",
        String(64),
        ForeignKey("employees.employee_no", onupdate="CASCADE", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("from_department", String(400), nullable=False),
    Column("to_department", String(400), nullable=False),
    Column("since", Date, nullable=False),
    Column("handover_on", Date, nullable=True),
    Column("known_on", Date, nullable=True),
    Column("recorded_by", String(64), nullable=True),
)

registry_state = Table(
    "registry_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("as_of", Moment, nullable=True),
)

registry_changes = Table(
    "registry_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", BigInteger, nullable=False, index=True),
    # Whom the change was about; null: too many to tell.
    Column("employee_no", String(64), nullable=True),
)

imports = Table(
    "imports",
    metadata,
    Column("id", Integer, primary_key=True),
    # roster | filings
    Column("kind", String(16), nullable=False),
    # previewed | confirming | applied | undone | dropped
    Column("state", String(16), nullable=False),
    Column("file_name", String(300), nullable=False),
    Column("file_hash", String(64), nullable=False),
    # Which source it comes from by itself; null: somebody brought it.
    Column("source", String(200), nullable=True),
    Column("whole_company", Boolean, nullable=False, default=False),
    Column("made_by", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("settled_by", String(64), nullable=True),
    Column("settled_at", Moment, nullable=True),
    Column("based_on", BigInteger, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("errors", JSON, nullable=False),
    Column("preview", Text, nullable=False, default=""),
    # zlib-compressed JSON: what to write, and what to write back on undo.
    Column("diff", LargeBinary, nullable=False),
    Column("undo", LargeBinary, nullable=True),
    # The file's rows as read, packed likewise, until the import is settled.
    Column("rows", LargeBinary, nullable=True),
    # What was shown, as a hash: applying something else asks anew.
    Column("signature", String(64), nullable=False, default=""),
    # Order of application, within a kind.
    Column("applied_no", Integer, nullable=True),
)
