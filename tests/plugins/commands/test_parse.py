"""Lines as people write them, read as fields; whatever the text, nothing raises."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.commands import parse, words
from plugins.commands.model import Ask, Command, Field, Reply, Who
from plugins.commands.table import BY_NAME
from regulation.duties import Code
from regulation.model import Kind
from services.talk.typed import clean

TODAY = date(2026, 3, 2)


async def _nothing(ask: Ask) -> Reply:
    return Reply()


def _command(name: str, *fields: Field, examples: tuple[str, ...] = ()) -> Command:
    return Command(name, frozenset({Who.ANYONE}), "", _nothing, fields=fields, examples=examples)


FILE = _command(
    "备案",
    Field("用途", required=True),
    Field("范围", "scope", required=True),
    Field("成立", "date"),
    Field("类型", "kind"),
    Field("议题"),
    Field("截止", "date"),
    Field("群", "group"),
)
WAIVE = _command(
    "豁免",
    Field("QQ", "qq", required=True),
    Field("条款", "code", required=True),
    Field("天数", "days", required=True),
    Field("理由", required=True, rest=True),
    Field("群", "group"),
)
AGREE = _command("同意", Field("编号", "items", required=True), Field("理由", rest=True))
CONTEST = _command("申诉", Field("编号", "item", required=True, letters="VP"), Field("理由", rest=True))
CASES = _command("违规", Field("编号", "item"), Field("条款", "code"), Field("部门", "department"))
PS = (("P", 3), ("P", 4), ("P", 5))
TRIP = {"QQ": 123456789, "条款": Code.C1, "天数": 30}


@pytest.mark.parametrize(
    ("command", "text", "values"),
    [
        (FILE, "用途=日常沟通 范围=市场部,采购部", {"用途": "日常沟通", "范围": "市场部,采购部"}),
        (FILE, "日常沟通 全员", {"用途": "日常沟通", "范围": "全员"}),
        (FILE, "范围＝全员 用途＝日常沟通", {"用途": "日常沟通", "范围": "全员"}),
        (FILE, "用途=“项目 沟通” 范围=全员", {"用途": "项目 沟通", "范围": "全员"}),
        (FILE, '用途="项目 沟通" 范围=全员', {"用途": "项目 沟通", "范围": "全员"}),
        (FILE, "用途=「项目 沟通」 范围=全员", {"用途": "项目 沟通", "范围": "全员"}),
        (FILE, "用途=项目 沟通 范围=市场部， 采购部", {"用途": "项目 沟通", "范围": "市场部，采购部"}),
        (
            FILE,
            "用途=项目沟通 范围=工号:A001、工号:A002",
            {"用途": "项目沟通", "范围": "工号:A001、工号:A002"},
        ),
        (
            FILE,
            "用途=定价\n范围=全员\n类型=讨论组\n议题=怎么定价 好\n截止=5月1日",
            {
                "用途": "定价",
                "范围": "全员",
                "类型": Kind.DISCUSSION,
                "议题": "怎么定价 好",
                "截止": date(2026, 5, 1),
            },
        ),
        (FILE, "用途：定价 范围:市场部，采购部", {"用途": "定价", "范围": "市场部，采购部"}),
        (
            FILE,
            "\n用途： 定价：新旧 两版\n范围： 市场部 工号：A001\n类型：讨论组\n群：700001",
            {
                "用途": "定价：新旧 两版",
                "范围": "市场部,工号：A001",
                "类型": Kind.DISCUSSION,
                "群": 700001,
            },
        ),
        (
            FILE,
            "用途：定价，范围=工号：A001，市场部；群：700001",
            {"用途": "定价", "范围": "工号：A001，市场部", "群": 700001},
        ),
        (AGREE, "J12 理由：他说：群：是他的", {"编号": (("J", 12),), "理由": "他说：群：是他的"}),
        (WAIVE, "123456789 C1 30 长期 出差", {**TRIP, "理由": "长期 出差"}),
        (WAIVE, "123456789，C1，30，长期出差，外派", {**TRIP, "理由": "长期出差，外派"}),
        (WAIVE, "123456789 群名片 30天 出差 群=700001", {**TRIP, "理由": "出差", "群": 700001}),
        (WAIVE, "@123456789 c1 ３０ a=b", {**TRIP, "理由": "a=b"}),
        (AGREE, "J12", {"编号": (("J", 12),)}),
        (AGREE, "j12，P3-P5", {"编号": (("J", 12), ("P", 3), ("P", 4), ("P", 5))}),
        (AGREE, "p3~5", {"编号": (("P", 3), ("P", 4), ("P", 5))}),
        (AGREE, "V 12", {"编号": (("V", 12),)}),
        (AGREE, "Ｊ１２ 资料不全，请重填", {"编号": (("J", 12),), "理由": "资料不全，请重填"}),
        (AGREE, "J12与J13 不认识", {"编号": (("J", 12), ("J", 13)), "理由": "不认识"}),
        (AGREE, 'B5 理由="已问过，理由：多余"', {"编号": (("B", 5),), "理由": "已问过，理由：多余"}),
        (AGREE, "B5，没有必要", {"编号": (("B", 5),), "理由": "没有必要"}),
        (AGREE, "B5没有 必要", {"编号": (("B", 5),), "理由": "没有 必要"}),
        (AGREE, "P3到P5、J1。金额不对，见 J2", {"编号": (*PS, ("J", 1)), "理由": "金额不对，见 J2"}),
        (AGREE, "J12 J13，不认识", {"编号": (("J", 12), ("J", 13)), "理由": "不认识"}),
        (AGREE, "J12 见P3说明", {"编号": (("J", 12),), "理由": "见P3说明"}),
        (AGREE, "J12 P3已说明", {"编号": (("J", 12),), "理由": "P3已说明"}),
        (AGREE, "J999999999999999999999", {"编号": (("J", 0),)}),
        (AGREE, f"J{2**31}", {"编号": (("J", 0),)}),
        (AGREE, f"J{2**31 - 1}", {"编号": (("J", 2**31 - 1),)}),
        (CASES, "L1 V12", {"条款": Code.L1, "编号": ("V", 12)}),
        (CASES, "市场部", {"部门": "市场部"}),
        (CASES, "", {}),
    ],
)
def test_reads_fields_named_in_order_quoted_and_with_any_punctuation(
    command: Command, text: str, values: dict[str, Any]
) -> None:
    assert parse.read(command, text, TODAY) == values


@pytest.mark.parametrize(
    ("command", "text", "says"),
    [
        (FILE, "用途=日常沟通", "还差“范围”"),
        (FILE, "用度=日常沟通 范围=全员", "是不是想写“用途”"),
        (FILE, "用途=a 用途=b 范围=全员", "写了两次"),
        (FILE, "用途=日常沟通 范围=全员 截止=很久", "年月日"),
        (FILE, f"用途={'长' * 600} 范围=全员", "最多 500 字"),
        (WAIVE, "张三 C1 30 出差", "QQ 号"),
        (WAIVE, "123456789 C9 30 出差", "条款"),
        (AGREE, "P9-P3", "编号"),
        (AGREE, "P1-P9999", "编号"),
        (AGREE, "X12", "编号"),
        (AGREE, "J12和13 不认识", "编号"),
        (CONTEST, "V3和V4", "编号"),
        (AGREE, "", "还差"),
    ],
)
def test_says_in_one_line_what_is_wrong_with_an_example(command: Command, text: str, says: str) -> None:
    wrong = parse.read(command, text, TODAY)
    assert isinstance(wrong, parse.Wrong)
    assert says in wrong.text
    assert "\n" not in wrong.text


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("/待办", "待办", ""),
        ("／同意 J12", "同意", "J12"),
        ("同意J12 好", "同意", "J12 好"),
        ("同意，J12", "同意", "J12"),
        ("待办。", "待办", ""),
        ("帮助 备案", "帮助", "备案"),
        ("  \n ", "", ""),
    ],
)
def test_takes_the_first_word_as_the_command(text: str, name: str, rest: str) -> None:
    assert words.split_name(text) == (name, rest)


def test_strips_direction_marks_and_control_characters() -> None:
    assert clean("同\u202e意\u0000 J12\u200f") == "同意 J12"


_NASTY = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "[CQ:at,qq=all]",
            "[CQ:reply,id=1]同意 J1",
            "\u202eJ12\u202c",
            "同意 J999999999999999999999",
            "P1-P99999999999999",
            "用途=" + "长" * 10_000,
            "“没有收尾",
            "==＝=",
            "群=99999999999999999999999",
            "２０２６年１３月４５日",
            "\ud800",
        ]
    ),
)


_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
_LINES = st.lists(
    st.tuples(st.sampled_from([*BY_NAME, "", "/", "同意J", "待办待办"]), st.lists(_NASTY, max_size=5)),
    min_size=20,
    max_size=20,
)


@settings(max_examples=3 * settings().max_examples, suppress_health_check=_SLOW)
@given(_LINES)
def test_no_line_ever_raises_and_every_value_has_its_fields_type(lines: list[tuple[str, list[str]]]) -> None:
    """500 examples of 20 lines: 10,000 lines."""
    for name, pieces in lines:
        found, rest = words.split_name(clean(" ".join([name, *pieces])))
        for command in BY_NAME.get(found, ()):
            values = parse.read(command, rest, TODAY)
            if isinstance(values, parse.Wrong):
                assert len(values.text) < 300
                assert "\n" not in values.text
            else:
                _check_types(command, values)


def _check_types(command: Command, values: Mapping[str, object]) -> None:
    kinds = {field.name: field.kind for field in command.fields}
    assert set(values) <= set(kinds)
    assert all(field.name in values for field in command.fields if field.required)
    for field_name, value in values.items():
        if kinds[field_name] in ("qq", "group", "days", "number"):
            assert isinstance(value, int)
        if kinds[field_name] == "items":
            assert isinstance(value, tuple)
            assert all(0 <= number < 2**31 for _, number in value)


@given(st.text(max_size=40))
def test_text_becomes_a_command_only_by_its_first_word(text: str) -> None:
    name, _ = words.split_name(clean(text))
    known = name in BY_NAME
    assert known == any(clean(text).strip().lstrip("/／").startswith(one) and name == one for one in BY_NAME)
