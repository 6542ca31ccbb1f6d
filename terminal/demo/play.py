"""The play: a day at the invented company, scene by scene. A tour and a self-check in one."""

import asyncio
import tempfile
import time
from pathlib import Path

from rich.console import Console

from terminal.demo import scenes
from terminal.demo.browsing import keep_open
from terminal.demo.company import people, write_register, write_roster
from terminal.demo.stage import Stage
from terminal.demo.teller import Teller


async def play(speed: float, out: Console, *, console: bool = False) -> int:
    """Play the day; 0 when everything happened that should, else 1 with what did not.

    `console`: keep the company up afterwards, with a code of each kind of person to log in with.
    """
    company = people()
    teller = Teller(out, company)
    started = time.monotonic()
    keep = Path(tempfile.mkdtemp(prefix="qungui-demo-"))
    async with Stage(keep, speed) as stage:
        try:
            await _prologue(stage, teller)
            await stage.connect_qq(company)
            teller.note("模拟的 QQ（LLBot）已连上机器人")
            for scene in scenes.DAY:
                await scene(stage, teller, company)
                await stage.pause(0.6)
        except TimeoutError:
            teller.missing.append("等了很久，机器人还没有准备好；可能是电脑正忙，请过一会儿再试一次")
        except (RuntimeError, OSError) as error:
            teller.missing.append(f"机器人没有跑起来：{error}")
        code = _epilogue(teller, keep, time.monotonic() - started)
        if console and code == 0:
            await keep_open(stage, out)
        elif code == 0:
            out.print(f"控制台这时在 {stage.console}；想点进去看：uv run cli.py demo --console")
    return code


async def _prologue(stage: Stage, teller: Teller) -> None:
    teller.scene("开张：交名册和群登记表")
    roster, register = stage.folder / "名册.xlsx", stage.folder / "群登记表.csv"
    company = people()
    await asyncio.to_thread(write_roster, roster, company)
    await asyncio.to_thread(write_register, register)
    await _in_terminal(stage, teller, "导入名册", "import", roster)
    # The bot starts while the register is read: it finds what was filed at its first reading.
    started = asyncio.create_task(stage.start_bot())
    await _in_terminal(stage, teller, "接管群登记表", "filings", "import", register)
    teller.note("机器人正在启动；第一次要久一点，请稍候")
    await started


async def _in_terminal(stage: Stage, teller: Teller, what: str, *words: str | Path) -> None:
    *names, file = words
    teller.someone("运维", f"{what}（cli.py {' '.join(map(str, names))} {Path(file).name} --yes）")
    code, printed = await stage.terminal(*map(str, words), "--yes")
    for line in printed.splitlines()[:6]:
        teller.note(line)
    teller.expect(code == 0, f"{what}成功")


def _epilogue(teller: Teller, folder: Path, seconds: float) -> int:
    out = teller.out
    out.print()
    for name, what in (("违规汇总.png", "汇总图片"), ("违规汇总.xlsx", "汇总工作簿")):
        path = folder / name
        if path.exists():
            out.print(f"{what}：{path}")
    if teller.missing:
        out.print(f"[bold red]有 {len(teller.missing)} 件事没有按预期发生：[/]")
        for what in teller.missing:
            out.print(f"  × {what}")
        out.print(f"机器人的日志：{folder / 'bot.log'}")
        return 1
    out.print(f"[bold green]一天过完，该发生的都发生了[/]（{seconds:.0f} 秒）")
    return 0
