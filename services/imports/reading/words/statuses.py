"""What a word in the status column means; `registry.status_words` adds words, or settles them otherwise."""

import re
import unicodedata
from collections.abc import Mapping

from regulation.model import Status

_WORDS: Mapping[Status, tuple[str, ...]] = {
    Status.REGULAR: (
        "正式", "在职", "转正", "在岗", "返聘", "产假", "病假", "停薪留职", "借调", "待离职", "正式员工",
        "已转正",
        "在职员工", "全职", "全职员工", "退休返聘", "产假中", "病假中", "哺乳假", "陪产假", "工伤假",
        "休假", "外派",
        "哺乳期", "长病假", "正式工", "在编", "正常", "已激活", "未激活", "regular", "active",
    ),
    Status.PROBATION: (
        "试用", "试用期", "实习", "见习", "实习生", "试用员工", "试用期员工", "试用中", "试用期内", "见习期",
        "实习期", "未转正",
        "probation",
    ),
    Status.DEPARTED: (
        "离职", "已离职", "辞职", "辞退", "退休", "解除", "终止", "已辞职", "已辞退", "已退休",
        "自动离职", "自离",
        "主动离职", "被动离职", "开除", "解聘",
        "除名", "裁员", "被裁", "离岗", "已离岗", "离司", "已离司",
        "解除合同", "合同终止", "终止合同", "解除劳动合同",
        "劳动合同终止",
        "身故", "去世", "病故", "已故", "协商解除", "departed", "resigned", "terminated",
    ),
}  # fmt: skip
# 在职（正式）, 正式-在职: what the more general word is beside another.
_GENERAL = frozenset({"在职", "在岗", "正常", "在编"})
_APART = re.compile(r"[-_/|()\[\]【】、·—]+")
_MONTHS = re.compile(r"\d{1,2}个?月")
_YES, _NO = ("是", "y", "yes", "1", "true", "√"), ("否", "n", "no", "0", "false", "×")
# Of columns that ask: header → what an answer means.
ASKED: Mapping[str, dict[str, Status]] = {
    header: dict.fromkeys(_YES, yes) | dict.fromkeys(_NO, no)
    for headers, yes, no in (
        (("是否在职", "在职", "在职标识", "在职标志"), Status.REGULAR, Status.DEPARTED),
        (("是否离职", "是否已离职", "离职标识", "离职标志"), Status.DEPARTED, Status.REGULAR),
    )
    for header in headers
}


def word_key(text: str) -> str:
    """Return the form in which two spellings of one status are equal."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def status_words(own: Mapping[str, str]) -> dict[str, Status]:
    """Return every word known and what it means; `own`: the operator's words, which come first."""
    known = {word_key(word): status for status, words in _WORDS.items() for word in words}
    return known | {word_key(word): Status(meaning) for word, meaning in own.items()}


def meaning(text: str, words: Mapping[str, Status]) -> Status | None:
    """Return what a status means by the words known, or None: one word, or several that agree."""
    key = word_key(text)
    parts = [part for part in _APART.split(key) if part and not _MONTHS.fullmatch(part)]
    if key in words or len(parts) < 2:
        return words.get(key, words.get(parts[0]) if parts else None)
    found = {words.get(part) for part in parts if part not in _GENERAL}
    return found.pop() if len(found) == 1 else None if found else Status.REGULAR
