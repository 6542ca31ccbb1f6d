"""How the demo tells what happens: who did what in QQ, what the bot decided and why, what it sent."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from simulator import Shown, World
from terminal.demo.company import BOT, NAMES, Person


class Teller:
    """Prints the transcript, and keeps the record of what should have happened and did not."""

    def __init__(self, out: Console, company: Mapping[str, Person]) -> None:
        self.out = out
        self.names = {one.qq: one.name for one in company.values() if one.qq} | {BOT: "群规"}
        self.missing: list[str] = []
        self._seen = 0

    def scene(self, title: str) -> None:
        """Begin a scene."""
        self.out.print()
        self.out.print(Text.assemble((f"── {title} ", "bold cyan"), ("─" * 30, "cyan")))

    def someone(self, who: str, what: str) -> None:
        """Tell what a person did."""
        self.out.print(Text.assemble(("  人  ", "bold green"), f"{who}：{what}"))

    def verdict(self, word: str, why: str) -> None:
        """Tell what the bot decided, and why."""
        style = {"通过": "green", "拒绝": "red", "待审": "yellow"}.get(word, "magenta")
        self.out.print(Text.assemble((" 群规 ", "bold magenta"), (word, f"bold {style}"), f"：{why}"))

    def note(self, text: str) -> None:
        """Tell something in passing."""
        self.out.print(Text(f"      {text}", style="dim"))

    def sent(self, world: World) -> None:
        """Tell every message the bot sent since the last time."""
        new = world.shown[self._seen :]
        self._seen = len(world.shown)
        for shown in new:
            self._message(shown)

    def _message(self, shown: Shown) -> None:
        if shown.group_id is not None:
            where = f"在「{NAMES.get(shown.group_id, shown.group_id)}」说"
        else:
            where = f"私聊 {self.names.get(shown.user_id or 0, str(shown.user_id))}"
        self.out.print(Text.assemble((" 群规 ", "bold magenta"), (where, "blue")))
        text = "".join(self._segment(segment) for segment in shown.segments)
        if text.strip():
            for line in text.strip().split("\n"):
                self.out.print(Text(f"      │ {line}"))
        if shown.image:
            self.out.print(Text(f"      │ [图片 {len(shown.image) // 1024} KB]", style="dim"))
        if shown.file:
            self.out.print(Text(f"      │ [文件 {shown.filename}]", style="dim"))

    def _segment(self, segment: Mapping[str, Any]) -> str:
        data = segment["data"]
        if segment["type"] == "at":
            return "@" + self.names.get(int(data["qq"]), str(data["qq"]))
        return str(data["text"]) if segment["type"] == "text" else ""

    def expect(self, happened: bool, what: str) -> None:
        """Note whether what should happen did."""
        if happened:
            self.out.print(Text.assemble(("   √  ", "green"), (what, "dim")))
        else:
            self.missing.append(what)
            self.out.print(Text.assemble(("   ×  ", "bold red"), (what, "red")))
