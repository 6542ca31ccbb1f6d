"""Words that people write around name, number and digits when they ask to join."""

import re
from itertools import product


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_PHONES = _split("手机 手机号 手机号码 电话 电话号 电话号码 联系电话 移动电话 手机的 电话的")
_TAILS = _split("尾号 尾数 后四位 后四位数 后四位号 末四位 末尾四位 最后四位 尾四位 后四个数 末尾")
_NUMBERS = _split("工号 员工号 员工编号 员工工号 职工号 人员编号 工牌号 工牌 编号 工作号")
_NAMES = _split("姓名 名字 真名 真实姓名 员工姓名 名称 大名")
_DEPARTMENTS = _split("部门 所属部门 所在部门 部门名称 单位 科室")

LABELS: dict[str, str] = {
    **dict.fromkeys(_NUMBERS, "no"),
    **dict.fromkeys((*_PHONES, *_TAILS, *map("".join, product(_PHONES, _TAILS)), "联系方式"), "digits"),
    **dict.fromkeys(_NAMES, "name"),
    **dict.fromkeys(_DEPARTMENTS, "department"),
}
LATIN: dict[str, str] = {
    **dict.fromkeys(_split("no id number employeeno empno"), "no"),
    **dict.fromkeys(_split("tel phone mobile cell"), "digits"),
    "name": "name",
    **dict.fromkeys(_split("dept department"), "department"),
    **dict.fromkeys(_split("i am my is the from hi hello and of in thanks please m it s"), "word"),
}
LINKS = frozenset(_split("是 为 即 叫 号 数 位 号是 号为 is"))

# Single characters are function words that hardly end or begin a given name.
FILLERS = frozenset(
    _split(
        "我 你 您 的 是 为 叫 在 了 吧 啊 呀 哦 嗯 呢 啦 嘛 呐 哈 嘿 嗨 这 就 也 请 号 名 数 位 长 入 加 及 与 "
        "我是 我叫 我的 我们 咱们 本人 本人是 自己 名叫 叫做 就是 这是 是我 是的 来自 从 属于 隶属 目前 现在 现任 担任 负责 "
        "你好 您好 大家好 各位好 各位 早上好 下午好 晚上好 上午好 中午好 哈喽 嗨喽 幸会 打扰 打扰了 不好意思 辛苦 辛苦了 "
        "申请 申请加入 申请入群 申请进群 申请加群 加入 加群 入群 进群 进入 加一下 加我 拉我 本群 该群 群里 群主 管理员 管理 "
        "通过 通过一下 请通过 求通过 望通过 请批准 批准 同意 请同意 审核 请审核 通过申请 麻烦 麻烦了 麻烦您 拜托 谢谢 谢谢您 谢谢群主 "
        "谢谢管理员 多谢 感谢 谢了 非常感谢 很高兴 高兴 请多关照 多多关照 请多指教 如下 信息 信息如下 资料 个人信息 以上 以下 "
        "公司 本公司 我司 集团 总部 分公司 部门 员工 职员 正式员工 新员工 老员工 新人 同事 新同事 人员 实习生 新来的 新来 刚来 刚来的 "
        "新入职 新入职的 入职 刚入职 刚入职的 刚转正 转正 今天 今天入职 昨天 上周 本周 本月 "
        "职位 职务 岗位 经理 副经理 总经理 主管 部长 副部长 总监 组长 店长 主任 副主任 处长 科长 助理 专员 工程师 设计师 会计 "
        "出纳 文员 老师 师傅 司机 秘书 负责人 问题 答案 回答 填写 请填写 格式 例如 比如 和 跟 都 来 之 一 哪位 "
        "内部 外部 员工群 工作群 交流群 通知群".split()
        if False
        else _split(
            "我 你 您 的 是 为 叫 在 了 吧 啊 呀 哦 嗯 呢 啦 嘛 哈 嘿 嗨 这 就 也 请 号 名 数 位 长 "
        )
    )
)
