"""Pages for those who run the bot: in Chinese, written from the code where they can be, every link real."""

import re
from pathlib import Path

import pytest

from cli import cli
from terminal.page import render_terminal_page

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.zh.md", *sorted((ROOT / "docs").rglob("*.zh.md")))
# A change of language, said as such; what a machine reads.
ELSEWHERE = {"README.md", "deploy/qungui.service", "deploy/compose.yaml"}


def test_the_page_of_terminal_commands_is_what_they_say_of_themselves() -> None:
    assert (ROOT / "docs/terminal.zh.md").read_text() == render_terminal_page(cli), "run: uv run poe docs"


def test_the_readme_names_every_terminal_command() -> None:
    named = set(re.findall(r"^\| `([a-z -]+)", render_terminal_page(cli), re.MULTILINE))
    readme = (ROOT / "README.zh.md").read_text()
    missing = {one.strip() for one in named if not re.search(rf"{one.strip().replace(' ', '.*')}\b", readme)}
    assert missing == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_chinese_page_links_to_chinese_pages_that_exist(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
        target = (page.parent / link).resolve()
        assert target.exists(), link
        name = str(target.relative_to(ROOT))
        assert name.endswith((".zh.md", ".png")) or name in ELSEWHERE, link


MAPS = ("CONTRIBUTING.md", "docs/architecture.md")
# A file yet to be written has a name in angle brackets.
_PATH = re.compile(r"`((?:\w+/)+(?:\w+\.(?:py|toml|md|html))?)`(?: `(\w+)`)?")


@pytest.mark.parametrize("page", MAPS)
def test_every_path_on_the_map_exists_and_has_what_is_named_beside_it(page: str) -> None:
    text = re.sub(r"\s*\n", " ", (ROOT / page).read_text())
    found = _PATH.findall(text)
    assert len(found) > 5
    for path, name in found:
        rooms = (ROOT / room for room in ("config", "regulation", "db", "services", "plugins", "simulator"))
        inside = (one for room in rooms for one in room.rglob(path.rstrip("/")))
        there = ROOT / path if (ROOT / path).exists() else next(inside, None)
        assert there is not None, path
        assert not name or there.is_dir() or re.search(rf"\b{name}\b", there.read_text()), f"{path} {name}"


ROOMS = ("regulation", "config", "db", "services", "plugins", "terminal", "simulator")
_NAMED = re.compile(rf"`((?:{'|'.join(ROOMS)})(?:\.\w+)+)`")


def test_what_a_docstring_points_to_exists() -> None:
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py")]
    lost = [
        f"{file}: {name}" for file in files for name in _NAMED.findall(file.read_text()) if not _exists(name)
    ]
    assert lost == []


def _exists(name: str) -> bool:
    """Tell whether a dotted name is a module, or something in one."""
    path = ROOT.joinpath(*name.split("."))
    if path.is_dir() or path.with_suffix(".py").exists() or name.endswith(".toml"):
        return True
    word = re.compile(rf"\b{path.name}\b")
    homes = (path.parent.with_suffix(".py"), path.parent / "__init__.py", path.parents[1].with_suffix(".py"))
    return any(home.exists() and word.search(home.read_text()) for home in homes)
