"""The tables that can be exported: violations, fines, filings, employees; and a summary's sheets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from config.phrases import penalties as fine_words
from config.phrases import reports as say
from config.phrases.mine import EMPLOYMENT
from db.engine import Transaction
from db.queries.cases import case_reports
from db.queries.cases.case_reports import Wanted
from db.queries.groups import last_seen as group_rows
from regulation.deadlines import due_text
from regulation.duties import DUTIES, Code
from regulation.summary import Figures, Period
from services.app import App
from services.imports.register import REGISTER_COLUMNS, register_rows
from services.naming import sentence_of, who
from services.people.roles import actor_name
from services.reports import liable
from services.reports.filters import Filters, period_label
from services.reports.workbook import Cell, Column, Table, build, table_of

KINDS = ("violations", "fines", "filings", "employees")
# Of these a period makes a difference.
OF_A_PERIOD = ("violations", "fines")
_TITLES = say.COLUMNS


@dataclass(frozen=True, slots=True)
class Export:
    """A finished workbook: its Chinese `name`, the xlsx, and how many rows it has."""

    name: str
    data: bytes
    rows: int


def _columns(*wanted: tuple[str, str, int]) -> tuple[Column, ...]:
    return tuple(Column(_TITLES[key], kind, width) for key, kind, width in wanted)


_VIOLATIONS = _columns(
    ("id", "text", 9), ("code", "text", 6), ("title", "text", 14), ("status", "text", 8),
    ("closed_as", "text", 14), ("group_id", "text", 12), ("group", "text", 22), ("user_id", "text", 13),
    ("employee_no", "text", 11), ("name", "text", 11), ("department", "text", 18), ("detail", "text", 46),
    ("liable", "text", 18), ("opened_at", "time", 17), ("due_at", "text", 17), ("overdue_at", "time", 17),
    ("closed_at", "time", 17),
)  # fmt: skip
_FINES = _columns(
    ("id", "text", 9), ("case", "text", 9), ("code", "text", 6), ("title", "text", 14),
    ("group_id", "text", 12), ("group", "text", 22), ("user_id", "text", 13), ("employee_no", "text", 11),
    ("name", "text", 11), ("amount", "money", 11), ("state", "text", 8), ("proposed_at", "time", 17),
    ("settled_at", "time", 17), ("settled_by", "text", 12), ("paid_at", "time", 17),
    ("refunded_at", "time", 17), ("reason", "text", 36),
)  # fmt: skip
_EMPLOYEES = (
    Column("工号", width=12), Column("姓名", width=12), Column("部门", width=22), Column("状态", width=8),
    Column("职务", width=14), Column("主管", width=6), Column("QQ", width=24), Column("入职日期", "date", 12),
    Column("转正日期", "date", 12), Column("离职日期", "date", 12), Column("兼任部门", width=18),
)  # fmt: skip


async def export(app: App, kind: str, period: Period | None, now: datetime) -> Export:
    """Return the workbook of one of `KINDS`; `period` narrows violations and fines, None: all of them."""
    notes = _notes(app, say.SHEETS[kind], period if kind in OF_A_PERIOD else None, "", now)
    async with app.database.reading() as tx:
        data, rows = await build([await _TABLES[kind](app, tx, period)], notes)
    return Export(say.SHEETS[kind], data, rows)


async def summary_workbook(
    app: App,
    figures: Figures,
    filters: Filters,
    now: datetime,
    *,
    spot_checked: Mapping[int, datetime | None] | None = None,
) -> bytes:
    """Return the workbook of a summary: the same figures as its text and picture.

    `spot_checked`: each filed group with the time of its spot check, as a further sheet.
    """
    async with app.database.reading() as tx:
        names = await group_rows.names(tx)
    notes = _notes(app, say.PICTURE["title"], figures.period, filters.words, now)
    sheets = summary_tables(figures, names)
    if spot_checked is not None:
        sheets.append(_spot_checks(spot_checked, names))
    data, _ = await build(sheets, notes)
    return data


def _spot_checks(done: Mapping[int, datetime | None], names: Mapping[int, str]) -> Table:
    columns = _columns(("group_id", "text", 13), ("group", "text", 28), ("checked_at", "time", 18))
    return table_of(
        say.SHEETS["spot_checks"], columns, [(str(g), names.get(g), at) for g, at in done.items()]
    )


def summary_tables(figures: Figures, group_names: dict[int, str]) -> list[Table]:
    """Return the sheets of a summary."""
    numbers = zip(say.TILES, (figures.opened, figures.cured, figures.overdue, figures.open), strict=True)
    fines = (figures.fines.proposed, figures.fines.confirmed, figures.fines.waived)
    count = Column(_TITLES["count"], "number", 10)
    sheets = say.SHEETS
    titled = [(code, DUTIES[Code(code)].title, n) for code, n in figures.by_clause.items()]
    grouped = [(str(g), group_names.get(g, ""), n) for g, n in figures.by_group.items()]
    figure, amount = Column(_TITLES["figure"], width=18), Column(_TITLES["amount"], "money", 12)
    rows: list[Sequence[Cell]] = [(label, n, None) for label, n in numbers]
    rows += [(label, None, value) for label, value in zip(say.FINES, fines, strict=True)]
    opened, closed = Column(_TITLES["opened"], "number", 10), Column(_TITLES["closed"], "number", 10)
    departments = list(figures.by_department.items())
    by_code = (*_columns(("code", "text", 8), ("title", "text", 18)), count)
    by_group = (*_columns(("group_id", "text", 13), ("group", "text", 28)), count)
    return [
        table_of(sheets["summary"], (figure, count, amount), rows),
        table_of(sheets["by_clause"], by_code, titled),
        table_of(sheets["by_department"], (*_columns(("department", "text", 26)), count), departments),
        table_of(sheets["by_group"], by_group, grouped),
        table_of(sheets["trend"], (*_columns(("month", "text", 10)), opened, closed), figures.trend),
    ]


def _notes(app: App, what: str, period: Period | None, filters: str, now: datetime) -> list[tuple[str, str]]:
    words = say.NOTES
    return [
        (words["what"], what),
        (words["period"], words["all_time"] if period is None else period_label(period)),
        (words["filters"], filters or words["no_filters"]),
        (words["made_at"], f"{now:%Y-%m-%d %H:%M}"),
        (words["registry"], words["version"].format(version=app.registry.version)),
    ]


async def _violations(app: App, tx: Transaction, period: Period | None) -> Table:
    names = await group_rows.names(tx)
    wanted = Wanted() if period is None else Wanted(since=period.start, until=period.end)
    parts = case_reports.export_cases(tx, wanted)
    known = await liable.load(app, tx)
    return Table(say.SHEETS["violations"], _VIOLATIONS, parts, lambda row: _violation(known, row, names))


def _violation(known: liable.Liable, row: Any, names: Mapping[int, str]) -> tuple[Cell, ...]:
    i, code, group, user, no, department, status, how, reason, data, opened, told, due, overdue, closed = row
    return (
        f"V{i}",
        code,
        DUTIES[code].title,
        say.STATUS[status],
        say.CLOSURES[how] if how else None,
        str(group),
        names.get(group),
        None if user is None else str(user),
        no,
        who(known.app, user, no),
        department,
        sentence_of(code, reason, data),
        known.of_fined(i) if how else known.names(i, Code(code), group, user, no),
        opened,
        # Before anybody was told nothing is due, however old it is.
        say.NOT_TOLD if told is None else due_text(due) if due is not None else None,
        overdue,
        closed,
    )


async def _fines(app: App, tx: Transaction, period: Period | None) -> Table:
    names = await group_rows.names(tx)
    since, until = (None, None) if period is None else (period.start, period.end)
    parts = case_reports.export_fines(tx, since, until)
    return Table(say.SHEETS["fines"], _FINES, parts, lambda row: _fine(app, row, names))


def _fine(app: App, row: Any, names: Mapping[int, str]) -> tuple[Cell, ...]:
    i, case, code, group, user, no, amount, state, proposed, settled, by, paid, refunded, reason = row
    return (
        f"P{i}",
        f"V{case}",
        code,
        DUTIES[code].title,
        str(group),
        names.get(group),
        None if user is None else str(user),
        no,
        who(app, user, no),
        Decimal(amount),
        fine_words.STATES[state],
        proposed,
        settled,
        actor_name(app, by) if by else None,
        paid,
        refunded,
        reason,
    )


async def _filings(app: App, tx: Transaction, period: Period | None) -> Table:
    """Return the register of groups in the very form that `cli.py filings import` takes."""
    del period
    kinds = {"成立日期": "date", "截止": "date"}
    columns = tuple(Column(title, kinds.get(title, "text"), 18) for title in REGISTER_COLUMNS)
    rows = [tuple(row[title] for title in REGISTER_COLUMNS) for row in await register_rows(app, tx)]
    return table_of(say.SHEETS["filings"], columns, rows)


async def _employees(app: App, tx: Transaction, period: Period | None) -> Table:
    del tx, period
    numbers = [(no,) for no in sorted(app.registry.by_no)]
    plain = table_of(say.SHEETS["employees"], _EMPLOYEES, numbers)

    def cells(row: Any) -> tuple[Cell, ...]:
        return _employee(app, row[0])

    return replace(plain, cells=cells)


def _employee(app: App, no: str) -> tuple[Cell, ...]:
    one = app.registry.by_no[no]
    status = EMPLOYMENT[one.status(app.now().date()).value]
    qqs = ";".join(map(str, app.registry.qqs_of(no)))
    return (
        no,
        one.name,
        one.department,
        status,
        one.title,
        say.YES if one.is_head else None,
        qqs,
        one.hired_on,
        one.regularized_on,
        one.departed_on,
        ";".join(one.also_in),
    )


_TABLES = {"violations": _violations, "fines": _fines, "filings": _filings, "employees": _employees}
