"""Write what the documentation takes from the code: command tables, `docs/checks.md`, pictures.

Run from anywhere: `uv run python docs/generate.py`, with `--images` to draw the two pictures anew
(that plays the demo, half a minute). Says which files it changed.
"""

import asyncio
import io
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw, ImageFont
from rich.console import Console
from rich.style import Style
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
MARKED = re.compile(r"(<!-- commands -->\n).*?(<!-- /commands -->)", re.DOTALL)

Span = tuple[str, tuple[int, int, int], bool]
WIDTH, SIZE, LINE, MARGIN = 1200, 24, 40, 44
BACK, BAR, PLAIN, DIM = (24, 27, 34), (37, 41, 51), (222, 226, 234), (139, 147, 163)
# The terminal's colours by their numbers: red, green, yellow, blue, magenta, cyan.
SHADES = {
    1: (240, 119, 122),
    2: (124, 204, 122),
    3: (230, 192, 102),
    4: (118, 171, 247),
    5: (209, 152, 232),
    6: (103, 203, 214),
}
LIGHTS = ((237, 106, 94), (244, 191, 79), (97, 197, 84))
# Which scenes of the demo the picture shows, and how many lines of each (None: all).
SCENES = (
    ("入群：填对了", None),
    ("入群：对不上", None),
    ("入群：试用期，等部门主管同意", 2),
    ("名片提醒", 6),
    ("离职：当天退出全部群", 3),
)


def main() -> None:
    """Write every file whose text is out of date."""
    sys.path.insert(0, str(ROOT))
    from cli import cli
    from plugins.commands.page import render_commands_table
    from regulation.checks.page import render_checks_page
    from terminal.page import render_terminal_page

    table = render_commands_table()
    for name in ("README.md", "README.zh.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        write(name, MARKED.sub(lambda found: f"{found[1]}{table}\n{found[2]}", text).encode())
    write("docs/checks.md", render_checks_page().encode())
    write("docs/checks.zh.md", checks_in_chinese().encode())
    write("docs/terminal.zh.md", render_terminal_page(cli).encode())
    if "--images" in sys.argv[1:]:
        write("docs/images/summary.png", summary_picture())
        write("docs/images/demo.png", demo_picture())


CHECKS_HEAD = """# 各条规定怎么检查

由 `docs/generate.py` 从程序里写出。期限和罚款是默认值，可以在 `config/regulation.toml` 里改。
期限都从通知送到负责的人算起，没通知到就不算逾期。
X1 是每月的抽查，把下面各条查一遍。

| 条款 | 事项 | 制度 | 罚款（元） |
|---|---|---|---|
"""


def checks_in_chinese() -> str:
    """Return the page of all duties for those who run the bot: what is recorded, what to do about it."""
    from config.phrases.findings import FINDINGS
    from config.phrases.mine import ADVICE, OFFICER_ADVICE
    from regulation.duties import DUTIES, Code
    from regulation.policy import Policy

    duties = [duty for duty in DUTIES.values() if duty.code is not Code.X1]
    fines = Policy().fines
    page = [
        f"| {one.code} | {one.title} | {one.clause} | {fines.get(one.code, '另议')} |\n" for one in duties
    ]
    for one in duties:
        said = [text for key, text in FINDINGS.items() if key.startswith(f"{one.code}.")]
        page.append(f"\n## {one.code} {one.title}\n\n会这样记录：\n\n")
        page += [f"- {re.sub(r'[{][^}]*[}]', '…', text)}\n" for text in said]
        who = "本人" if one.about_member else "群主"
        page.append(f"\n{who}怎么办：{re.sub(r'[{][^}]*[}]', '…', ADVICE[one.code])}。\n")
        if one.code in OFFICER_ADVICE:
            page.append(f"群主怎么办：{OFFICER_ADVICE[one.code]}。\n")
    return CHECKS_HEAD + "".join(page)


def write(name: str, data: bytes) -> None:
    """Write one file if it differs, and say so."""
    path = ROOT / name
    if not path.exists() or path.read_bytes() != data:
        path.write_bytes(data)
        sys.stdout.write(f"wrote {name}\n")


def summary_picture() -> bytes:
    """Return the picture that admin staff get, drawn by the bot's own code from invented figures."""
    from regulation.periods import month_of
    from regulation.summary import Figures, Fines
    from services.reports import picture

    made_at = datetime(2026, 11, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    opened, ended = (118, 97, 74, 61, 52, 46), (92, 101, 83, 66, 55, 44)
    months = [f"2026-{month:02}" for month in range(5, 11)]
    figures = Figures(
        month_of(date(2026, 10, 1)),
        opened=46,
        cured=39,
        overdue=5,
        open=12,
        by_clause={"C1": 24, "M1": 8, "F2": 4, "L1": 3, "M2": 3, "S1": 2, "T1": 2},
        by_department={
            "市场部": 15,
            "技术部": 11,
            "生产部": 8,
            "采购部": 5,
            "客服部": 4,
            "财务部": 2,
            "人力资源部": 1,
        },
        fines=Fines(Decimal("40.00"), Decimal("60.00"), Decimal("10.00")),
        trend=tuple(zip(months, opened, ended, strict=True)),
    )
    return picture.draw(picture.content(figures, "2026-10", made_at))


def demo_picture() -> bytes:
    """Play the demo, and return some of its scenes as a picture of a terminal."""
    from terminal.demo import play

    out = Console(record=True, file=io.StringIO(), width=200, highlight=False, soft_wrap=True)
    if asyncio.run(play(10, out)) != 0:
        raise SystemExit(out.export_text())
    lines = [spans(Text.from_ansi(line)) for line in excerpt(out.export_text(styles=True).splitlines())]
    lines = [[("$ uv run cli.py demo", PLAIN, True)], *lines]
    return draw([part for line in lines for part in wrapped(line)])


def excerpt(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the scenes wanted; a dim ellipsis where the rest of a scene is left out."""
    wanted = dict(SCENES)
    left: int | None = 0
    for line in lines:
        plain = Text.from_ansi(line).plain
        if plain.startswith("── "):
            title = plain.strip("─ ")
            left = wanted.get(title, 0)
            if title in wanted:
                yield ""
                yield line
        elif plain.strip() and left is None:
            yield line
        elif plain.strip() and left:
            left -= 1
            yield line
            if not left:
                yield "\x1b[2m      ……\x1b[0m"
        elif not plain.strip():
            left = 0


def spans(line: Text) -> list[Span]:
    """Return a line as pieces of text, each with its colour and whether it is bold."""
    return [
        (piece.text, colour_of(piece.style), bool(piece.style and piece.style.bold))
        for piece in line.render(Console())
        if piece.text
    ]


def colour_of(style: Style | None) -> tuple[int, int, int]:
    """Return the shade of a terminal style on the picture's dark ground."""
    if style is not None and style.color is not None and style.color.number in SHADES:
        return SHADES[style.color.number]
    return DIM if style is not None and style.dim else PLAIN


def wrapped(line: list[Span]) -> Iterator[list[Span]]:
    """Yield a line in parts that fit the picture; what is carried over stands under its beginning."""
    face = font()
    indent, used, part = "        ", 0.0, list[Span]()
    for words, colour, bold in line:
        held = ""
        for character in words:
            if used + face.getlength(held + character) > WIDTH - 2 * MARGIN:
                if character == "─":  # a rule needs no second line
                    continue
                yield [*part, (held, colour, bold)]
                part, used, held = [(indent, PLAIN, False)], face.getlength(indent), ""
            held += character
        part.append((held, colour, bold))
        used += face.getlength(held)
    yield part


def font() -> ImageFont.FreeTypeFont:
    """Return the face of the picture; it has one weight, so bold is drawn with a stroke."""
    from services.reports import drawing

    return drawing.font(SIZE)


def draw(lines: Sequence[list[Span]]) -> bytes:
    """Return lines of coloured text as a PNG that looks like a terminal's window."""
    top = 56
    image = Image.new("RGB", (WIDTH, top + 24 + LINE * len(lines) + MARGIN // 2), BACK)
    pen, face = ImageDraw.Draw(image), font()
    pen.rectangle((0, 0, WIDTH, top - 1), fill=BAR)
    for index, light in enumerate(LIGHTS):
        pen.ellipse((MARGIN - 16 + index * 30, 19, MARGIN + 2 + index * 30, 37), fill=light)
    y = top + 24 + LINE // 2
    for line in lines:
        x = float(MARGIN)
        for words, colour, bold in line:
            pen.text((x, y), words, colour, face, "lm", stroke_width=0.4 if bold else 0)
            x += face.getlength(words)
        y += LINE
    held = io.BytesIO()
    palette = image.quantize(200, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    palette.save(held, "PNG", optimize=True)
    return held.getvalue()


if __name__ == "__main__":
    main()
