"""The picture: small, 1080 wide, sensible with nothing and with very much, no empty boxes."""

import io
from datetime import datetime
from decimal import Decimal

import pytest
from PIL import Image

from db.tables.base import ZONE
from regulation.summary import Figures, Fines, Period
from services.reports import drawing, picture

NOW = datetime(2026, 3, 15, 10, 0, tzinfo=ZONE)
MONTH = Period(datetime(2026, 3, 1, tzinfo=ZONE), datetime(2026, 4, 1, tzinfo=ZONE))
TREND = tuple((f"2026-0{n}", 40 * n, 9) for n in range(1, 7))


def _figures(departments: dict[str, int], **values: object) -> Figures:
    count = sum(departments.values())
    return Figures(
        MONTH,
        opened=count,
        by_clause={"C1": count} if count else {},
        by_department=departments,
        fines=Fines(Decimal("12.50")),
        trend=TREND,
        **values,  # pyright: ignore[reportArgumentType]
    )


MANY = {f"第{n}业务部": 200 - n for n in range(200)}
LONG = {"华东区域客户成功与渠道合作管理中心综合部": 12, "🎉😀": 3, "a\nb\tc": 1}


@pytest.mark.parametrize("departments", [{}, {"市场部": 1}, MANY, LONG], ids=["none", "one", "many", "long"])
def test_is_a_small_png_1080_wide(departments: dict[str, int]):
    data = picture.draw(picture.content(_figures(departments), "2026-03", NOW))
    image = Image.open(io.BytesIO(data))
    assert image.format == "PNG"
    assert image.width == 1080
    assert len(data) <= 150_000


def test_sums_up_the_departments_beyond_the_first_twelve():
    bars = picture.content(_figures(MANY), "", NOW).departments
    assert len(bars) == 13
    assert bars[-1].label == "其他 188 个部门"
    assert sum(bar.value for bar in bars) == sum(MANY.values())


def test_replaces_what_the_font_cannot_draw():
    assert drawing.printable("欢乐😀🎉部门") == "欢乐·部门"
    assert drawing.printable("👨‍👩‍👧‍👦") == "·"
    assert drawing.printable("市场部️\u202e\n二组") == "市场部 二组"
    assert drawing.printable("龘𠮷ñ") == "龘𠮷ñ"


def test_cuts_a_long_name_with_an_ellipsis():
    name = "华东区域客户成功与渠道合作管理中心综合部"
    cut = drawing.fitted(name, 28, 300)
    assert cut.endswith("…")
    assert drawing.font(28).getlength(cut) <= 300
    assert drawing.fitted("市场部", 28, 300) == "市场部"


def test_says_how_many_groups_are_unknown():
    assert "2 个群未能读全" in picture.content(_figures({}, unknown_groups=(1, 2)), "", NOW).foot
    assert "未能读全" not in picture.content(_figures({}), "", NOW).foot


def test_text_stands_out_from_what_it_is_on():
    for colour in (drawing.INK, drawing.MUTED, drawing.RED):
        assert _contrast(colour, drawing.CARD) >= 4.5
    assert _contrast(drawing.MUTED, drawing.PAGE) >= 4.5


def _contrast(one: drawing.Colour, other: drawing.Colour) -> float:
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: drawing.Colour) -> float:
    parts = [c / 255 for c in colour]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
