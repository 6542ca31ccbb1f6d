"""The house keeps its own promises: contracts that bite, tables that are true, rooms that stay small."""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
from grimp import build_graph

from config.policy import ALLOWED, read_policy
from config.settings import Settings
from plugins.commands.page import render_commands_table
from regulation.policy import Policy

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("regulation", "config", "db", "services", "plugins", "simulator", "terminal")
OURS = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "versions" not in path.parts]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("regulation", "import db.engine"),
        ("regulation", "import time"),
        ("services", "import sqlalchemy"),
        ("services", "import nonebot"),
        ("simulator", "import regulation.model"),
        ("db", "import services.app"),
        ("services/people", "import services.running.status"),
        ("services/people", "import services.cases.plan_acts"),
        ("plugins/console", "import services.imports.reading.words.cells"),
    ],
)
def test_a_deliberate_breach_of_the_import_contracts_is_caught(tmp_path: Path, room: str, line: str) -> None:
    for name in ROOMS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / room / "breach.py").write_text(line + "\n")
    linter = str(Path(sys.executable).with_name("lint-imports"))
    done = subprocess.run([linter, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_command_table_of_each_readme_is_the_real_one(name: str) -> None:
    assert render_commands_table().strip() in (ROOT / name).read_text("utf-8")


def test_every_setting_stands_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    missing = [name.upper() for name in Settings.model_fields if f"\n{name.upper()}=" not in "\n" + example]
    assert missing == []


def test_every_parameter_stands_in_the_policy_file_with_its_default() -> None:
    table = tomllib.loads((ROOT / "config/regulation.toml").read_text("utf-8"))
    assert set(_keys(table)) == set(ALLOWED)
    assert read_policy(table, "regulation.toml") == Policy()


def _keys(table: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict) and above + key not in ALLOWED:
            yield from _keys(value, f"{above}{key}.")
        else:
            yield above + key


def test_there_is_one_matcher_in_the_whole_bot() -> None:
    made = Counter(
        node.func.id
        for path in (ROOT / "plugins").rglob("*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("on_")
    )
    assert made == {"on_message": 1}


# Many small things of one kind, each found by its name: checks, sentences, the terminal's commands.
CATALOGUES = {"regulation/checks", "config/phrases", "terminal"}


def test_no_room_has_more_than_a_dozen_files() -> None:
    rooms = Counter(str(path.parent.relative_to(ROOT)) for path in OURS if path.name != "__init__.py")
    assert [f"{room} {n}" for room, n in rooms.items() if n > 12 and room not in CATALOGUES] == []


# Loaded only where it is needed, since it is large: a reader of old workbooks, a writer of them, pictures.
LOADED_LATE = {
    "services/imports/reading/files/sheets.py",
    "services/reports/send.py",
    "services/reports/workbook.py",
}


def test_no_use_case_imports_another_inside_a_function() -> None:
    late = {
        str(path.relative_to(ROOT))
        for path in OURS
        if path.is_relative_to(ROOT / "services")
        for function in ast.walk(tree_of(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("services")
    }
    assert late == LOADED_LATE


# Loaded by its name, and only where somebody pushes people.
BY_NAME = "services.imports.sources.scim.endpoint"


def test_whatever_only_its_own_room_knows_is_kept_inside_by_a_contract() -> None:
    graph = build_graph("services", "plugins", "terminal", cache_dir=None)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    inner = [name for one in contracts if one["type"] == "protected" for name in one["protected_modules"]]
    unsaid = []
    for path in OURS:
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[0] != "services" or len(parts) < 3 or parts[-1] == "__init__":
            continue
        name, room = ".".join(parts), ".".join(parts[:2]) + "."
        known = graph.find_modules_that_directly_import(name)
        if all(other.startswith(room) for other in known) and not any(
            f"{name}.".startswith(f"{one}.") for one in inner
        ):
            unsaid.append(name)
    assert unsaid == [BY_NAME]


def test_import_linter_looks_into_every_file() -> None:
    """It passes by a folder without an `__init__.py` that Python imports from, and says that all is kept."""
    seen = build_graph(*ROOMS, cache_dir=None).modules
    named = {
        path: ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in OURS
    }
    assert [str(path) for path, name in named.items() if name not in seen] == []


def circle_in(imports: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_files_import_one_another_in_a_circle() -> None:
    graph = build_graph(*ROOMS)
    assert circle_in({one: graph.find_modules_directly_imported_by(one) for one in graph.modules}) == []
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}}) != []


def test_no_file_is_above_300_lines_and_no_function_above_50() -> None:
    ours = [*OURS, ROOT / "bot.py", ROOT / "cli.py"]
    long = [str(path) for path in ours if path.read_text("utf-8").count("\n") > 300]
    for path in [*ours, *(ROOT / "bench").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        # Kept by nobody: a thousand trees at once keep the garbage collector busy longer than making them takes.
        for one in functions_of(ast.parse(path.read_text("utf-8"))):
            lines = (one.end_lineno or 0) - one.lineno + 1
            long += [f"{path}:{one.name} {lines}"] if lines > 50 else []
    assert long == []


def functions_of(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Give every function of a file, by its statements alone: no expression holds one."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        below = ast.iter_child_nodes(node)
        waiting += [one for one in below if isinstance(one, ast.stmt | ast.ExceptHandler | ast.match_case)]


def test_no_row_is_read_by_text_outside_of_db() -> None:
    shells = (path for path in OURS if path.relative_to(ROOT).parts[0] in ("services", "plugins", "terminal"))
    assert [str(path) for path in shells if 'row["' in path.read_text("utf-8")] == []
