"""`cli.py simulate`: the simulator alone, to try the bot by hand, with a company of its own beside it."""

import asyncio
import csv
import sys
from pathlib import Path

from config.oserrors import said
from config.settings import Settings, SettingsError, load_settings
from simulator import World
from simulator.console.by_hand import FIRST_OWNER, populate, run_simulator
from simulator.profiles import PROFILES

BOT = 10001
_STEPS = """\
模拟的公司在 {folder}：名册、群登记表和一份 .env；真实的数据库不会碰到。
另开一个窗口，依次执行：
  cd {folder}
  uv run {root}/cli.py import 名册.csv --yes
  uv run {root}/cli.py filings import 群登记表.csv --yes
  uv run {root}/bot.py
试用时您的 QQ 号是 {boss}（超级用户）。"""


def simulate(groups: int, members: int, port: int, profile: str) -> int:
    """Run until interrupted; the token is the bot's own, from `.env`."""
    if profile not in PROFILES:
        sys.stderr.write(f"没有这种接入程序：{profile}；可用 {'、'.join(PROFILES)}\n")
        return 2
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    folder = settings.data_dir.absolute() / "simulate"
    try:
        write_company(folder, settings, groups, members, port)
    except OSError as error:
        sys.stderr.write(f"{folder} 写不进去（{said(error)}）\n")
        return 1
    root = Path(__file__).resolve().parents[1]
    sys.stdout.write(_STEPS.format(folder=folder, root=root, boss=FIRST_OWNER) + "\n")
    sys.stdout.flush()
    try:
        asyncio.run(run_simulator(groups, members, port, settings.onebot_access_token, profile, self_id=BOT))
    except KeyboardInterrupt:
        return 0
    return 0


def write_company(folder: Path, settings: Settings, groups: int, members: int, port: int) -> None:
    """Write a roster and a register that match the simulated groups, and settings for a trial."""
    world = World()
    staff = populate(world, BOT, groups, members)
    folder.mkdir(parents=True, exist_ok=True)
    roster = [("工号", "姓名", "部门", "状态", "主管", "QQ", "手机")]
    roster += [
        (f"S{n:04}", name, department, "正式", "是" if n <= groups else "否", str(user_id), f"1390000{n:04}")
        for n, (user_id, name, department) in enumerate(staff, start=1)
    ]
    register = [("群号", "群名称", "用途", "成员范围", "群主")]
    register += [
        (str(one.group_id), one.name, "试用", "全员", str(FIRST_OWNER + n))
        for n, one in enumerate(world.groups.values())
    ]
    for name, rows in (("名册.csv", roster), ("群登记表.csv", register)):
        with (folder / name).open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)
    lines = {
        "HOST": "127.0.0.1",
        "PORT": port,
        "ONEBOT_ACCESS_TOKEN": settings.onebot_access_token,
        "SUPERUSERS": FIRST_OWNER,
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder.as_posix()}/qungui.db",
        "DATA_DIR": folder.as_posix(),
        "POLICY_FILE": settings.policy_file.absolute().as_posix(),
    }
    text = "".join(f"{key}={value}\n" for key, value in lines.items())
    (folder / ".env").write_text(text, encoding="utf-8")
