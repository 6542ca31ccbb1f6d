"""`demo --console`: the invented company stays up, so that a newcomer can click through a day of it."""

import asyncio
import sys

from rich.console import Console

from terminal.demo.company import ADMIN
from terminal.demo.stage import Stage

# One of each kind: admin staff, who owns a group, who heads a department, anybody.
ROLES = (
    (ADMIN, "行政部 周静"),
    (20009, "群主 孙磊"),
    (20002, "部门主管 李敏"),
    (20005, "员工 陈晨"),
)


async def keep_open(stage: Stage, out: Console) -> None:
    """Say where the console is, with a code for each role; Enter gives new codes, Ctrl+C ends it."""
    out.print(f"\n[bold]控制台：{stage.console}[/]（这家公司一直开着，按 Ctrl+C 结束）")
    while True:
        given = await asyncio.gather(*(stage.terminal("console-code", str(qq)) for qq, _ in ROLES))
        for (qq, who), (code, printed) in zip(ROLES, given, strict=True):
            shown = printed.split("（")[0] if code == 0 else printed
            out.print(f"  {who}：QQ {qq}，验证码 [bold]{shown}[/]")
        out.print("验证码五分钟内有效，各用一次；按回车换一批。", style="dim")
        if not await asyncio.to_thread(sys.stdin.readline):
            await asyncio.Event().wait()
