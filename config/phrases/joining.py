"""Answers to join requests (at most 30 characters, the same for every wrong proof), and why for the inbox."""

REPLIES = {
    "wrong": "信息核对未通过，请核对后再申请或联系群主",
    "incomplete": "请写明：部门 姓名 工号 手机后四位",
    "departed": "仅限在职员工加入，如有疑问请联系行政部",
    "out_of_scope": "不在本群成员范围内，请联系群主",
}

# What a verdict rests on, and how each is said.
EVIDENCE = {
    "name": "姓名",
    "number": "工号",
    "digits": "尾号",
    "doubt": "疑点",
    "filing": "备案号",
    "identity": "身份来源",
}
EVIDENCE_VALUES = {
    "identity": {"roster": "名册", "proof": "本人核实", "admin": "行政部"},
    "doubt": {"denied": "自称不是", "other_names": "还写了别的姓名", "ambiguous": "对得上几个人"},
}
REASONS = {
    "registry_empty": "名册还没有导入",
    "registry_stale": "名册太久没有更新",
    "unreadable": "申请读不完整",
    "not_judged": "机器人没能判断这条申请，请人工处理",
    "identity_lost": "这个 QQ 核实过的工号已不在名册",
    "unfiled": "本群还没有备案",
    "exempt": "本群免备案，没有可依据的成员范围，请人工处理",
    "locked": "填错次数太多，暂停核对 24 小时",
    "locked_number": "这个工号被填错次数太多，暂停核对 24 小时",
    "incomplete": "附言没有写全姓名、工号、手机后四位",
    "wrong_proof": "姓名、工号、手机后四位对不上",
    "no_phone": "名册里没有这位员工的手机号，无法核对",
    "impersonation": "核对通过，但该员工已有另一个核实过的 QQ，可能是冒用",
    "contested": "这个 QQ 归谁还没有定，等行政部确认",
    "departed": "已离职",
    "out_of_scope": "不在本群备案的成员范围内",
    "probation": "试用期，等部门主管同意提前入群",
    "approved": "身份核实，在成员范围内",
    "recovered": "补查到的申请，这种接入程序可能答复到别人，请人工处理",
    "wave": "短时间内申请太多，转人工",
}
