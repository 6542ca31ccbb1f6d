"""Terminal entry. Each command's work is in `terminal/`; here are only names, options and exit codes."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from config.consoles import any_console
from terminal import scim_token, sources
from terminal.edge import existing, file_or_undo, run, wrong_usage
from terminal.usage import Commands

cli = Commands("群规：QQ 群管理规定的执行机器人")
filings = Commands("群备案")
regulation = Commands("规定参数")
db = Commands("数据库")
cli.add_typer(filings, name="filings")
trail = Commands("操作记录")
cli.add_typer(db, name="db")
cli.add_typer(trail, name="trail")
cli.add_typer(scim_token.commands, name="scim-token")
cli.add_typer(regulation, name="regulation")
cli.add_typer(sources.commands, name="sources")

EmployeeNo = Annotated[str, typer.Argument(metavar="工号", help="如 00123")]
Yes = Annotated[bool, typer.Option("--yes", help="直接生效；不写只预览")]
Undo = Annotated[str | None, typer.Option("--undo", metavar="编号", help="撤销一次导入，如 I7")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Departures = Annotated[
    int | None,
    typer.Option("--accept-departures", metavar="人数", help="新增离职人数超限时，写上确切人数以确认"),
]
Changes = Annotated[
    int | None,
    typer.Option(
        "--accept-changes", metavar="人数", help="QQ、姓名、部门改变的人数超限时，写上确切人数以确认"
    ),
]
Doubts = Annotated[
    int | None,
    typer.Option("--accept-doubts", metavar="处数", help="没有用到的地方写着“离职”时，写上确切处数以确认"),
]


@cli.command("demo")
def demo(
    speed: Annotated[float, typer.Option(metavar="倍数", help="快放倍数", min=0.1, max=1000)] = 1.0,
    console: Annotated[bool, typer.Option("--console", help="演完不关，打开控制台随便点")] = False,
) -> None:
    """不用 QQ，模拟一家公司的一天，边做边讲。"""
    from terminal.demo import play

    raise typer.Exit(asyncio.run(play(speed, Console(highlight=False, soft_wrap=True), console=console)))


@cli.command("import")
def import_roster(
    file: Annotated[Path | None, typer.Argument(metavar="名册文件", help="xlsx、xls 或 csv")] = None,
    yes: Yes = False,
    full: Annotated[bool, typer.Option("--full", help="这是全公司的名册")] = False,
    accept_departures: Departures = None,
    accept_changes: Changes = None,
    accept_doubts: Doubts = None,
    undo: Undo = None,
    as_json: Json = False,
) -> None:
    """导入名册：先预览，--yes 生效。"""
    from terminal.importing import Accepted
    from terminal.importing import import_roster as work

    path = file_or_undo(file, undo, "名册")
    accepted = Accepted(accept_departures, accept_changes, accept_doubts)
    run(
        lambda app, out: work(
            app, path, yes=yes, full=full, accepted=accepted, undo=undo, as_json=as_json, out=out
        ),
        with_registry=False,
    )


@filings.command("import")
def import_filings(
    file: Annotated[Path | None, typer.Argument(metavar="登记表文件", help="xlsx、xls 或 csv")] = None,
    yes: Yes = False,
    undo: Undo = None,
    as_json: Json = False,
) -> None:
    """接管现有的群登记表：先预览，--yes 生效。"""
    from terminal.importing import import_filings as work

    path = file_or_undo(file, undo, "登记表")
    run(lambda app, out: work(app, path, yes=yes, undo=undo, as_json=as_json, out=out))


@cli.command("audit")
def audit(
    group: Annotated[int | None, typer.Option("--group", metavar="群号", help="只看一个群")] = None,
    as_json: Json = False,
) -> None:
    """按最近一次读到的成员列表检查，不用 QQ。"""
    from terminal.auditing import audit as work

    run(lambda app, out: work(app, group=group, as_json=as_json, out=out))


@cli.command("summary")
def summary(
    month: Annotated[str | None, typer.Option("--month", metavar="月份", help="如 2026-11；默认本月")] = None,
    as_json: Json = False,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="文件", help="另存工作簿")] = None,
    png: Annotated[Path | None, typer.Option("--png", metavar="文件", help="另存图片")] = None,
) -> None:
    """违规汇总。"""
    from terminal.summary import summary as work

    run(lambda app, out: work(app, month=month, as_json=as_json, xlsx=xlsx, png=png, out=out))


@cli.command("export")
def export(
    what: Annotated[str, typer.Argument(metavar="哪种表", help="violations、fines、filings 或 employees")],
    file: Annotated[Path, typer.Argument(metavar="文件", help="要写的 xlsx")],
) -> None:
    """导出表格。"""
    from terminal.export import TABLES
    from terminal.export import export as work

    if what not in TABLES:
        sys.stderr.write(f"没有这种表：{what}；可用 {'、'.join(TABLES)}\n")
        raise typer.Exit(2)
    if file.suffix.lower() != ".xlsx":
        sys.stderr.write(f"只写 .xlsx 工作簿：{file.with_suffix('.xlsx')}\n")
        raise typer.Exit(2)
    run(lambda app, out: work(app, what, file, out=out))


@cli.command("forget")
def forget(employee_no: EmployeeNo, yes: Yes = False) -> None:
    """清除离职已久的人的个人信息；事项以代号保留。"""
    from terminal.forgetting import forget as work

    run(lambda app, out: work(app, employee_no, yes=yes, out=out))


@cli.command("depart")
def depart(
    employee_no: EmployeeNo,
    on: Annotated[str | None, typer.Option("--on", metavar="日期", help="离职日期，默认今天")] = None,
) -> None:
    """记录离职。"""
    from terminal.staffing import depart as work

    run(lambda app, out: work(app, employee_no, on=on, out=out))


@cli.command("rehire")
def rehire(employee_no: EmployeeNo) -> None:
    """记录复职。"""
    from terminal.staffing import rehire as work

    run(lambda app, out: work(app, employee_no, out=out))


@cli.command("transfer")
def transfer(
    employee_no: EmployeeNo,
    department: Annotated[str, typer.Argument(metavar="新部门", help="部门名，或完整路径")],
) -> None:
    """记录转岗。"""
    from terminal.staffing import transfer as work

    run(lambda app, out: work(app, employee_no, department, out=out))


@cli.command("handover")
def handover(
    employee_no: EmployeeNo,
    on: Annotated[str | None, typer.Option("--on", metavar="日期", help="完成日期，默认今天")] = None,
) -> None:
    """记录移交完成。"""
    from terminal.staffing import hand_over as work

    run(lambda app, out: work(app, employee_no, on=on, out=out))


@cli.command("doctor")
def doctor() -> None:
    """检查设置、数据库、令牌、时钟、字体、连接；每个毛病都说怎么办。"""
    from terminal.doctor import examine

    raise typer.Exit(asyncio.run(examine(Console(highlight=False, soft_wrap=True))))


@cli.command("console-code")
def console_code(qq: Annotated[int, typer.Argument(metavar="QQ号", help="5–11 位数字")]) -> None:
    """给一个 QQ 号发控制台的验证码：机器人的账号用不了时用。"""
    from terminal.console import give_code as work

    run(lambda app, out: work(app, qq, out=out))


@db.command("upgrade")
def db_upgrade() -> None:
    """升级数据库结构。"""
    from terminal.database import upgraded

    run(upgraded)


@db.command("backup")
def db_backup(file: Annotated[Path, typer.Argument(metavar="备份文件", help="文件的路径")]) -> None:
    """备份，运行中也可以。"""
    from terminal.database import back_up

    raise typer.Exit(asyncio.run(back_up(file)))


@db.command("restore")
def db_restore(
    file: Annotated[Path, typer.Argument(metavar="备份文件", help="文件的路径")],
    yes: Yes = False,
    keep_messages: Annotated[
        bool | None,
        typer.Option("--keep-messages/--drop-messages", help="备份里没发出的消息：照旧发出，或丢弃（默认）"),
    ] = None,
) -> None:
    """用备份恢复；先验证，再替换。"""
    from config.phrases.copies import ASK_WAITING
    from terminal.database import restore

    if keep_messages is None and sys.stdin.isatty():
        keep_messages = typer.confirm(ASK_WAITING, default=False)
    raise typer.Exit(asyncio.run(restore(existing(file), yes=yes, keep_messages=bool(keep_messages))))


@trail.command("verify")
def trail_verify(
    head: Annotated[
        str | None, typer.Option("--head", metavar="末行", help="以前报过的末行，如 128:9f86…")
    ] = None,
) -> None:
    """记录有没有被人动过；对不上时退出码 1，并指出第一处。"""
    from terminal.trail import verify

    run(lambda app, out: verify(app, out, head=head), with_registry=False)


@trail.command("export")
def trail_export(file: Annotated[Path, typer.Argument(metavar="文件", help="要写的 CSV")]) -> None:
    """导出整条记录链，末行即链头。"""
    from terminal.trail import export

    run(lambda app, out: export(app, out, file=file), with_registry=False)


@regulation.command("try")
def regulation_try(
    file: Annotated[Path, typer.Argument(metavar="参数文件", help="写几项也行")], as_json: Json = False
) -> None:
    """换一套参数会怎样：按最近一次读到的成员试算，什么都不改。"""
    from terminal.regulation import try_file as work

    path = existing(file)
    run(lambda app, out: work(app, path, as_json=as_json, out=out))


@cli.command("simulate")
def simulate(
    groups: Annotated[int, typer.Option(metavar="群数", help="群数", min=1, max=2000)] = 3,
    members: Annotated[int, typer.Option(metavar="人数", help="每群人数", min=3, max=2000)] = 30,
    port: Annotated[int, typer.Option(metavar="端口", help="机器人的端口", min=1, max=65535)] = 8080,
    profile: Annotated[
        str, typer.Option(metavar="程序", help="学哪种接入程序：napcat、llbot、lagrange、snowluma、go-cqhttp")
    ] = "napcat",
) -> None:
    """只开模拟器：带着模拟的群连上机器人，供手工试用。"""
    from terminal.simulating import simulate as work

    raise typer.Exit(work(groups, members, port, profile))


def main() -> None:
    """Run the command that was typed; wrong usage is one line on stderr and exit code 2."""
    any_console()
    try:
        code = cli(standalone_mode=False)
    except typer.Abort:
        code = 130
    except typer.TyperException as error:
        sys.stderr.write(wrong_usage(error) + "\n")
        code = 2
    sys.exit(code or 0)


if __name__ == "__main__":
    main()
