"""What the employee registry costs with 5,000 and 100,000 people: commands whole, index, look-ups.

Every command is a process of its own; beside each reading of a file stands what python-calamine alone needs
for the same file, measured in turn with it. Times are of the processor (others may be using the machine),
peaks of resident memory.
"""

import gc
import io
import random
import re
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from bench.page.figures import Figure
from bench.scene.apart import Run, call, run

SMALL, LARGE = 5_000, 100_000
_HEADER = (
    "工号", "姓名", "部门", "状态", "职务", "主管", "QQ", "手机", "入职日期", "转正日期", "离职日期",
    "移交完成日期", "兼任部门",
)  # fmt: skip
_LOOKUPS = 1_000_000
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲斌宇浩凯琳雪晨梅云"
# 2010-01-01 as Excel counts days.
_DAY_ONE = 40_179


def roster(path: str, count: int, seed: int) -> None:
    """Write a roster of `count` people; another seed gives the same people other departments and names."""
    chance = random.Random(seed)
    book = xlsxwriter.Workbook(path)
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, _HEADER)
    for n in range(count):
        hired = _DAY_ONE + chance.randrange(5000)
        sheet.write_row(n + 1, 0, _person(n, chance))
        sheet.write_number(n + 1, 8, hired, day)
        sheet.write_number(n + 1, 9, hired + 90, day)
        if chance.random() < 0.05:
            sheet.write_string(n + 1, 3, "离职")
            sheet.write_number(n + 1, 10, hired + 800, day)
    book.close()


def _person(n: int, chance: random.Random) -> tuple[str, ...]:
    name = chance.choice("王李张刘陈杨赵黄周吴徐孙") + "".join(chance.choices(_GIVEN, k=2))
    department = f"第{chance.randrange(40)}部/第{chance.randrange(8)}组"
    title = chance.choice(("工程师", "专员", "经理助理", ""))
    head = "否" if n % 200 else "是"
    return (
        f"E{n:06d}", name, department, "正式", title, head, str(100_000_000 + n),
        f"138{chance.randrange(10**8):08d}",
    )  # fmt: skip


def measure(repeats: int) -> list[Figure]:
    """Return every figure of the registry, each measured `repeats` times, in turn with its baseline."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kinds = {"small": (SMALL, 1), "large": (LARGE, 1), "moved": (LARGE, 2)}
        files = {kind: folder / f"{kind}.xlsx" for kind in kinds}
        for kind, (count, seed) in kinds.items():
            # In a process of its own: a child's peak counts what its parent has grown to.
            call(roster, str(files[kind]), count, seed, database=folder / "none.db", folder=folder)
        stored = {size: folder / f"{size}.db" for size in ("small", "large")}
        for size, database in stored.items():
            _import(files[size], database, folder, "--yes")
        return [
            *_previews(files, stored, folder, repeats),
            *_applied(files, folder, repeats),
            *_index(stored["large"], folder, repeats),
        ]


def _import(file: Path, database: Path, folder: Path, *options: str) -> Run:
    return run("cli.py", "import", str(file), *options, database=database, folder=folder)


def _calamine(file: Path, folder: Path) -> float:
    return call(read_plainly, str(file), database=folder / "none.db", folder=folder)


def _previews(files: dict[str, Path], stored: dict[str, Path], folder: Path, repeats: int) -> list[Figure]:
    kinds = {
        ("small", "small"): f"preview of {SMALL:,} rows, {SMALL:,} people stored",
        ("small", "large"): f"preview of {SMALL:,} rows, {LARGE:,} people stored",
        ("large", "large"): f"preview of {LARGE:,} rows, {LARGE:,} people stored, nothing changed",
        ("moved", "large"): f"preview of {LARGE:,} rows, {LARGE:,} people stored, nearly all changed",
    }
    runs: dict[tuple[str, str], list[Run]] = {kind: [] for kind in kinds}
    plain: dict[tuple[str, str], list[float]] = {kind: [] for kind in kinds}
    for _ in range(repeats):
        for kind in kinds:
            plain[kind].append(_calamine(files[kind[0]], folder))
            runs[kind].append(_import(files[kind[0]], stored[kind[1]], folder))
    found: list[Figure] = []
    for kind, name in kinds.items():
        bounds = ("≤ 2 s", "≤ 2 s") if kind[0] == "small" else ("≤ 8×", "")
        found += _spent(name, runs[kind], plain[kind], *bounds)
    return found


def _spent(name: str, runs: Sequence[Run], plain: Sequence[float], cpu: str, wall: str) -> list[Figure]:
    return [
        Figure(name, "s CPU", tuple(one.cpu for one in runs), tuple(plain), cpu),
        Figure(name, "s wall", tuple(one.wall for one in runs), (), wall),
        Figure(name, "MiB peak", tuple(one.peak for one in runs), (), "≤ 500 MiB"),
    ]


def _applied(files: dict[str, Path], folder: Path, repeats: int) -> list[Figure]:
    """Apply everything new, then nearly everything changed, then undo both."""
    names = ("all new", "nearly all changed", "undo of the changes", "undo of all")
    runs: dict[str, list[Run]] = {name: [] for name in names}
    plain: list[float] = []
    for n in range(repeats):
        plain.append(_calamine(files["large"], folder))
        database = folder / f"apply{n}.db"
        runs[names[0]].append(_import(files["large"], database, folder, "--yes"))
        # The exact number is what a preview says; here it is read from one.
        seen = _import(files["moved"], database, folder).out
        accept = ("--yes", *" ".join(re.findall(r"--accept-\w+ \d+", seen)).split())
        runs[names[1]].append(_import(files["moved"], database, folder, *accept))
        for name, undone in ((names[2], "I3"), (names[3], "I1")):
            how = ("cli.py", "import", "--undo", undone)
            runs[name].append(run(*how, database=database, folder=folder))
        database.unlink()
    found: list[Figure] = []
    for name, each in runs.items():
        title = (
            f"import of {LARGE:,} rows applied: {name}" if "undo" not in name else f"{name} {LARGE:,} rows"
        )
        found += _spent(title, each, plain, "≤ 30 s", "≤ 30 s on a machine of its own")
    return found


def _index(database: Path, folder: Path, repeats: int) -> list[Figure]:
    runs = [call(index_cost, database=database, folder=folder) for _ in range(repeats)]
    size = tuple(one["mib"] for one in runs)
    name = f"index of {LARGE:,} people with their QQ numbers"
    found = [Figure(name, "MiB", size, (), "≤ 150 MiB")]
    for what in ("qq", "number", "name", "department"):
        each, base = tuple(one[what] for one in runs), tuple(one["dict"] for one in runs)
        found.append(Figure(f"look-up by {what}", "µs", each, base, "≤ 2 µs"))
    return found


def read_plainly(path: str) -> float:
    """Return the processor time that python-calamine needs to read every row of a file, in seconds."""
    from python_calamine import CalamineWorkbook

    data = Path(path).read_bytes()
    start = time.process_time()
    for _ in CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).iter_rows():
        pass
    return time.process_time() - start


async def index_cost() -> dict[str, float]:
    """Return the index's memory in MiB, and look-ups in microseconds."""
    from services.people import registry
    from services.running.startup import open_app

    app = await open_app(with_registry=False)
    await registry.refresh(app)
    known = app.registry
    qqs, numbers = random.sample(sorted(known.identities), 1000), random.sample(sorted(known.by_no), 1000)
    names = [known.by_no[number].name for number in numbers]
    plain = dict.fromkeys(known.identities, 1)
    paths = sorted(known.tree.paths)
    looked = {
        "qq": _timed(known.employee_of, qqs),
        "number": _timed(known.by_no.get, numbers),
        "name": _timed(known.named, names),
        "department": _timed(known.tree.find, paths),
        "dict": _timed(plain.get, qqs),
    }
    del plain, known, qqs, numbers, names, paths
    app.registry = app.registry.build((), (), app.policy.departments, version=0)
    gc.collect()
    # What Python allocates and keeps: resident memory would count what reading it took, or hide it.
    tracemalloc.start()
    await registry.load(app)
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await app.database.close()
    return {"mib": kept / 2**20, **looked}


def _timed(look: object, keys: Sequence[object]) -> float:
    assert callable(look)
    start = time.process_time()
    for _ in range(_LOOKUPS // len(keys)):
        for key in keys:
            look(key)
    return (time.process_time() - start) / _LOOKUPS * 1e6
