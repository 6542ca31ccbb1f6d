"""Rows and names that stand in a roster and are nobody: totals, sign-offs, vacancies, remarks on who left."""

import re
import unicodedata
from collections.abc import Collection

_TOTAL = re.compile(
    r"(?:.{0,20}?)(?:合计|总计|小计|共计|总人数|人数合计|合计人数|汇总)(?:人数|人员)?:?\d*人?"
    r"|(?:总|共|总共|合计|总计|小计|在职|现有|以上)*共?\d+[人名]"
)
_SIGN_OFF = re.compile(
    r"(?:制表|填表|填报|审核|复核|审批|批准|核准|经办|签字|签名|签章|盖章|公章|主管领导|分管领导|部门负责人|单位负责人"
    r"|负责人|部门领导|公司领导|人事|人力资源部?|总经理|打印|导出|统计|数据来源|备注|说明|注|附注|附|填报单位|编制单位|单位"
    r"|日期|时间|联系人|联系电话)(?:人|员|日期|时间|单位|意见|签字|签名)?(?:[（(].{0,10}[)）])?\s*[:：].*"
    r"|第?\s*\d+\s*页.*|[—－-]*以下(?:无正文|空白)[—－-]*"
    r"|.{0,12}(?:签字|签名|签章|盖章|[（(]章[)）])\s*[:：]?.{0,20}",
    re.DOTALL,
)
_VACANT = re.compile(
    r"[(（【\[]?(?:空|空缺|空岗|缺编|缺员|暂缺|待招|待聘|待补|待定|拟招|招聘中|在招|虚位|空编|vacant|tbd|tba|n/a)"
    r"(?:岗位?|人员|中)?\d*[人名]?(?:[(（].{0,10}[)）])?[)）】\]]?",
    re.IGNORECASE,
)
# A lost character, or one of a font of one's own (the private areas): it can't be typed again.
_MARKS = re.compile("[?*\ufffd□■〓▯�\ue000-\uf8ff\U000f0000-\U0010fffd]")
_BRACKETED = re.compile(r"[(\[{<【〔].*?[)\]}>】〕]")
_LEFT = re.compile(r"^离$|离职|辞职|辞退|离岗|已离|离任|退休|开除|解聘|已退|待入职|未入职|拟入职|停职")
_APART = re.compile(r"[-_/\\|,;:·、\s]+")


def is_total(head: str) -> bool:
    """Tell whether a row that begins with this text adds others up."""
    return _TOTAL.fullmatch("".join(unicodedata.normalize("NFKC", head).split())) is not None


def is_sign_off(head: str) -> bool:
    """Tell whether a row that begins with this text is signed or explains, below a table."""
    return len(head) < 400 and _SIGN_OFF.fullmatch(head.strip()) is not None


def is_vacancy(name: str) -> bool:
    """Tell whether what stands for a name says that there is nobody."""
    return _VACANT.fullmatch("".join(name.split())) is not None


def lost_characters(text: str) -> bool:
    """Tell whether an export has left a mark where it lost a character."""
    return _MARKS.search(unicodedata.normalize("NFKC", text)) is not None


def status_in(name: str, words: Collection[str]) -> str | None:
    """Return the remark on somebody's status that stands beside a name, if one does: 张三（已离职）.

    `words`: the statuses known. What merely tells namesakes apart (小, Tony) is none.
    """
    plain = unicodedata.normalize("NFKC", name)
    remarks = [found[1:-1].strip() for found in _BRACKETED.findall(plain)]
    parts = _APART.split(_BRACKETED.sub(" ", plain))
    remarks += parts if len([part for part in parts if part]) > 1 else []
    remarks = [remark for remark in remarks if remark != "离" or len("".join(plain.split())) > 2]
    for remark in remarks:
        if "".join(remark.casefold().split()) in words or _LEFT.search(remark):
            return remark
    found = _LEFT.search(plain)
    return found[0] if found is not None else None
