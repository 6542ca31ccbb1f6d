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
    **dict.fromkeys((*_NAMES, *map("".join, product(_NAMES, "为是叫"))), "name"),
    **dict.fromkeys(_DEPARTMENTS, "department"),
}
LATIN: dict[str, str] = {
    **dict.fromkeys(_split("no id number employeeno empno"), "no"),
    **dict.fromkeys(_split("tel phone mobile cell"), "digits"),
    "name": "name",
    **dict.fromkeys(_split("dept department"), "department"),
    **dict.fromkeys(_split("i am my is the from hi hello and of in thanks please m it s"), "word"),
}
LINKS = frozenset(_split("是 为 即 叫 号 数 位 号码 号是 号为 is"))

# Of single characters only such as hardly stand in a given name: they bound one on its right.
_GREETINGS = """
    你好 您好 大家好 各位好 各位 早上好 上午好 中午好 下午好 晚上好 哈喽 打扰 打扰了 不好意思 辛苦 辛苦了
    麻烦 麻烦了 麻烦您 拜托 谢谢 谢谢您 谢谢群主 谢谢管理员 多谢 感谢 非常感谢 很高兴 高兴 请多关照 多多关照
    请多指教
"""
_ASKING = """
    申请 申请加入 申请入群 申请进群 申请加群 加入 加群 入群 进群 进入 加一下 加我 拉我 本群 群里 群主 管理员
    通过 通过一下 请通过 求通过 望通过 请批准 批准 同意 请同意 审核 请审核 一下 如下 信息 信息如下 资料
    个人信息
    以上 以下 问题 答案 回答 填写 请填写 格式 例如 比如 员工群 工作群 交流群 通知群
"""
_SELF = """
    我 你 您 的 是 叫 在 了 吧 啊 呀 哦 嗯 呢 啦 嘛 哈 嘿 嗨 请 我是 我叫 我的 我在 我们 本人 本人是 自己
    名叫 叫做 就是 这是 是我
    来自 从属 属于 隶属 目前 现在 现任 担任 负责 公司 本公司 我司 集团 总部 分公司 员工 职员 正式员工 新员工
    老员工 新人 同事 新同事 人员
    实习生 新来的 新来 刚来 刚来的 新入职 新入职的 入职 刚入职 刚入职的 刚转正 转正 今天 今天入职 昨天 上周
    本周 本月 内部
    职位 职务 岗位 经理 副经理 总经理 主管 部长 副部长 总监 组长 店长 主任 副主任 处长 科长 助理 专员 工程师
    设计师 会计 出纳 文员
    老师 师傅 司机 秘书 负责人
"""
FILLERS = frozenset(_split(_GREETINGS + _ASKING + _SELF))

# Before somebody else's name.
TOGETHER = frozenset("和跟与同及帮替代给找")

# What is left of an unknown department before a name: 技术部王小二.
UNITS = re.compile(r"^.*(?:[部组处科室队厂店]|中心|公司)(?=..)")

SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦"
    "昌马苗凤花方俞任袁柳酆鲍史唐费"
    "廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成"
    "戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝"
    "闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁"
    "单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆"
    "荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘斜厉戎"
    "祖武符刘景詹束龙叶幸司韶郜黎蓟薄印"
    "宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍郤璩桑桂濮牛寿通边扈燕冀"
    "郏浦尚农温别庄晏柴瞿阎充慕连茹习宦"
    "艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东殴殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶"
    "空曾毋沙乜养鞠须丰巢关蒯相查后荆红游"
    "竺权逯盖益桓公肖闫付代覃岳苑苟佟区仝亓冼尧"
) | frozenset(
    _split(
        "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 司空 夏侯 独孤 南宫 端木 轩辕 "
        "申屠 太史 闻人 呼延 万俟 百里 西门 "
        "东郭 赫连 澹台 公冶 宗政 濮阳 淳于 单于 鲜于 闾丘 拓跋 纳兰 完颜 耶律 爱新觉罗 钟离"
    )
)
