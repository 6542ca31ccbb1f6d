"""What 100,000 people cost by a source, beside the same people as a file: reading and comparing.

Each reading is the command of the terminal in a process of its own (`cli.py sources pull NAME`), in turn with
`cli.py import FILE`, on a registry that has everybody. What is counted is that process, from the start of
Python to its end, and its own reader of files: the processor's time is what is promised, the wall's is shown
beside it (of DingTalk it is what DingTalk's limits make it). The far side is never counted, and does little
meanwhile: a real slapd, and in a process of its own the tests' DingTalk with every answer made beforehand.
What SCIM costs is in `bench.scene.pushed`.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlsxwriter
from starlette.responses import Response

from bench.page.figures import Figure
from bench.scene import pushed
from bench.scene.apart import ROOT, Run, call, run
from bench.scene.people import LOWER, PEOPLE, UPPER, people
from tests.services.imports.sources.dingtalk.server import DingTalk, person, served
from tests.services.imports.sources.directory import slapd
from tests.services.imports.sources.directory.slapd import BASE, PASSWORD, READER

_HEADER = ("工号", "姓名", "部门", "职务", "主管", "手机")
# At DingTalk's pace, twenty calls a second, a reading of so many takes two minutes: no more than so often.
_DINGTALK_READINGS = 2


def write_file(path: str) -> None:
    """Write everybody as a roster of ours."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, _HEADER)
    for n, (number, name, department, title, is_head, phone) in enumerate(people(), start=1):
        cells = (number, name, "/".join(department), title, "是" if is_head else "否", phone)
        sheet.write_row(n, 0, cells)
    book.close()


def _ldif(**values: str) -> str:
    return "\n".join(f"{name}:: {b64encode(text.encode()).decode()}" for name, text in values.items())


def entries() -> Iterator[str]:
    """Give everybody as a directory has them, in units of their departments, below the units."""
    uppers, many = [f"第{n}部" for n in range(UPPER)], UPPER * LOWER
    for upper in uppers:
        yield _ldif(dn=f"ou={upper},{BASE}", objectClass="organizationalUnit", ou=upper)
        for lower in (f"第{n}组" for n in range(LOWER)):
            yield _ldif(dn=f"ou={lower},ou={upper},{BASE}", objectClass="organizationalUnit", ou=lower)
    for n, (number, name, (upper, lower), title, is_head, phone) in enumerate(people()):
        place = f"ou={lower},ou={upper},{BASE}"
        above = {} if is_head else {"manager": f"cn=E{n % many:06d},{place}"}
        yield _ldif(
            dn=f"cn={number},{place}", objectClass="inetOrgPerson", cn=number, sn=name[0], displayName=name,
            employeeNumber=number, title=title, mobile=phone, **above,
        )  # fmt: skip


class _Prepared(DingTalk):
    """The tests' DingTalk with its answers made beforehand."""

    def prepare(self) -> None:
        here: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for one in self.people:
            (dept,) = one["dept_id_list"]
            here[dept].append(one | {"leader": (dept, one["userid"]) in self.leads})
        self._pages: dict[tuple[int, int], bytes] = {}
        for dept in (1, *self.departments):
            for at in range(0, max(len(here[dept]), 1), self.page):
                after = at + self.page
                page = {"has_more": after < len(here[dept]), "list": here[dept][at:after]}
                page["next_cursor"] = after
                self._pages[dept, at] = json.dumps({"errcode": 0, "result": page}).encode()

    def _user_list(self, asked: Any) -> Any:
        return Response(self._pages[asked["dept_id"], asked["cursor"]], media_type="application/json")


def _dingtalk() -> DingTalk:
    """Return everybody in a DingTalk."""
    uppers = {f"第{n}部": 10 + n for n in range(UPPER)}
    lowers = {(upper, f"第{n}组"): dept * 100 + n for upper, dept in uppers.items() for n in range(LOWER)}
    there = _Prepared(departments={dept: (name, 1) for name, dept in uppers.items()})
    there.departments |= {dept: (name, uppers[upper]) for (upper, name), dept in lowers.items()}
    for number, name, department, title, is_head, phone in people():
        dept = lowers[department]
        there.people.append(person(f"d{number}", name, number, dept, title=title, mobile=phone))
        there.leads |= {(dept, f"d{number}")} if is_head else set()
    there.prepare()
    return there


@contextmanager
def _elsewhere() -> Iterator[str]:
    """Serve DingTalk in a process of its own; give its address."""
    words = [sys.executable, "-c", "from bench.sources import serve; serve()"]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        yield child.stdout.readline().strip()
        # Its input ends.
        child.communicate()


def serve() -> None:
    """Be that process."""
    with served(_dingtalk().app()) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        sys.stdin.read()


def _policies(folder: Path, sources: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Write a policy for each source, with that one set; return source → file."""
    plain = (ROOT / "config/regulation.toml").read_text("utf-8").partition("\n[sources]")[0]
    for name, given in sources.items():
        lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in given.items())
        (folder / f"{name}.toml").write_text(f"{plain}\n[sources.{name}]\n{lines}\n", "utf-8")
    return {name: str(folder / f"{name}.toml") for name in sources}


def measure(repeats: int) -> list[Figure]:
    """Return what each source costs beside the file, in turn with it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, stored = folder / "people.xlsx", folder / "stored.db"
        call(write_file, str(file), database=folder / "none.db", folder=folder)
        run("cli.py", "import", str(file), "--yes", database=stored, folder=folder)
        (folder / "slapd").mkdir()
        entered = list(entries())
        with slapd.running(folder / "slapd", entered) as server, _elsewhere() as address:
            ldap = {"url": server.url, "base": BASE, "bind_dn": READER, "ca_file": str(server.ca_file)}
            dingtalk = {"app_key": "key", "base_url": address}
            given = {"folder": {"path": str(file)}, "ldap": ldap, "dingtalk": dingtalk}
            policies = _policies(folder, given)
            pulled = _pulled(folder, policies, repeats)
        return [*pulled, *_pushed(folder, repeats)]


def _pulled(folder: Path, policies: Mapping[str, str], repeats: int) -> list[Figure]:
    file, stored, work = folder / "people.xlsx", folder / "stored.db", folder / "work.db"
    seen: dict[str, list[tuple[Run, Run]]] = {source: [] for source in policies}
    for n in range(repeats):
        for source, policy in policies.items():
            if source == "dingtalk" and n >= _DINGTALK_READINGS:
                continue
            base = run("cli.py", "import", str(file), database=stored, folder=folder)
            # What was taken once is not taken twice.
            shutil.copy(stored, work)
            how = {"POLICY_FILE": policy, "LDAP_PASSWORD": PASSWORD, "DINGTALK_APP_SECRET": "secret"}
            one = run("cli.py", "sources", "pull", source, database=work, folder=folder, **how)
            seen[source].append((one, base))
    return [
        figure for source, rows in seen.items() for figure in _figures(f"{source}: pulled and compared", rows)
    ]


def _pushed(folder: Path, repeats: int) -> list[Figure]:
    """Return what SCIM costs: a request, and following everybody."""
    file, stored, filled = folder / "people.xlsx", folder / "stored.db", folder / "filled.db"
    shutil.copy(stored, filled)
    asked = call(pushed.push, database=filled, folder=folder)
    call(pushed.fill, database=filled, folder=folder)
    rows: list[tuple[Run, Run]] = []
    for _ in range(repeats):
        base = run("cli.py", "import", str(file), database=stored, folder=folder)
        shutil.copy(filled, folder / "work.db")
        one = call(pushed.follow, database=folder / "work.db", folder=folder)
        rows.append((Run(**one, out=""), base))
    return [
        *_figures("scim: pushed before, taken over and compared", rows),
        Figure("scim: somebody pushed (POST)", "ms CPU", (asked["post"],)),
        Figure("scim: a change pushed (PATCH)", "ms CPU", (asked["patch"],)),
    ]


def _figures(name: str, rows: Sequence[tuple[Run, Run]]) -> list[Figure]:
    ours, base = zip(*rows, strict=True)
    title = f"{PEOPLE:,} people, {name}"
    return [
        Figure(title, "s CPU", tuple(one.cpu for one in ours), tuple(one.cpu for one in base), "≤ 1.5×"),
        Figure(title, "s wall", tuple(one.wall for one in ours), tuple(one.wall for one in base)),
        Figure(title, "MiB peak", tuple(one.peak for one in ours), (), "≤ 500 MiB"),
    ]
