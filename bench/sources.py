"""What 100,000 people cost by a source, beside the same people as a file: reading and comparing.

`python -m bench.sources [REPEATS]`. Each reading is the command of the terminal in a process of its own
(`cli.py sources pull NAME`), in turn with `cli.py import FILE`, on a registry that has everybody; times are
of the processor, ours alone. The directory is a real slapd.
"""

import shutil
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

from bench.figures import Figure, show
from bench.registry import ROOT, run
from tests.services.imports.sources import slapd
from tests.services.imports.sources.slapd import BASE, PASSWORD, READER, Slapd

PEOPLE = 100_000
# Departments, of two levels, and who heads each: the first of them.
UPPER, LOWER = 40, 10
_HEADER = ("工号", "姓名", "部门", "职务", "主管", "手机")
_FAMILY, _GIVEN = "王李张刘陈杨赵黄周吴徐孙", "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰"
Person = tuple[str, str, tuple[str, str], str, bool, str]


def people() -> list[Person]:
    """Return invented people: number, name, department, title, head, phone."""
    many = UPPER * LOWER
    return [
        (
            f"E{n:06d}", _FAMILY[n % 12] + _GIVEN[n // 12 % 20] + _GIVEN[n // 240 % 20],
            (f"第{n % UPPER}部", f"第{n // UPPER % LOWER}组"), "经理" if n < many else "专员", n < many,
            f"138{n * 7919 % 10**8:08d}",
        )
        for n in range(PEOPLE)
    ]  # fmt: skip


def write_file(path: Path) -> Path:
    """Write everybody as a roster of ours."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, _HEADER)
    for n, (number, name, department, title, is_head, phone) in enumerate(people(), start=1):
        cells = (number, name, "/".join(department), title, "是" if is_head else "否", phone)
        sheet.write_row(n, 0, cells)
    book.close()
    return path


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


def _policies(folder: Path, file: Path, server: Slapd) -> dict[str, str]:
    """Write a policy for each source, with that one set; return source → file."""
    ldap = {"url": server.url, "base": BASE, "bind_dn": READER, "ca_file": str(server.ca_file)}
    wanted = {"folder": {"path": str(file)}, "ldap": ldap}
    plain = (ROOT / "config/regulation.toml").read_text("utf-8").partition("\n[sources]")[0]
    for name, given in wanted.items():
        lines = "\n".join(f'{key} = "{value}"' for key, value in given.items())
        (folder / f"{name}.toml").write_text(f"{plain}\n[sources.{name}]\n{lines}\n", "utf-8")
    return {name: str(folder / f"{name}.toml") for name in wanted}


def measure(repeats: int) -> list[Figure]:
    """Return what each source costs beside the file, in turn with it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, stored, work = folder / "people.xlsx", folder / "stored.db", folder / "work.db"
        run("-m", "bench.sources", "--roster", str(file), database=work, folder=folder)
        run("cli.py", "import", str(file), "--yes", database=stored, folder=folder)
        (folder / "slapd").mkdir()
        with slapd.running(folder / "slapd", list(entries())) as server:
            policies = _policies(folder, file, server)
            seen: dict[str, list[tuple[float, float, float]]] = {source: [] for source in policies}
            for _ in range(repeats):
                for source, policy in policies.items():
                    base = run("cli.py", "import", str(file), database=stored, folder=folder)
                    # What was taken once is not taken twice.
                    shutil.copy(stored, work)
                    how = {"POLICY_FILE": policy, "LDAP_PASSWORD": PASSWORD}
                    pulled = run("cli.py", "sources", "pull", source, database=work, folder=folder, **how)
                    seen[source].append((pulled.cpu, base.cpu, pulled.peak))
    found: list[Figure] = []
    for source, rows in seen.items():
        cpu, base, peak = zip(*rows, strict=True)
        name = f"{source}: {PEOPLE:,} people pulled and compared"
        found += [Figure(name, "s CPU", cpu, base, "≤ 1.5×"), Figure(name, "MiB peak", peak, (), "≤ 500 MiB")]
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["--roster"]:
        write_file(Path(sys.argv[2]))
    else:
        show(measure(int((sys.argv[1:] or ["5"])[0])))
