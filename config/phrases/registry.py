"""What is said about rosters, registers of groups, employees and identities."""

FILE_FAULTS = {
    "empty": "文件是空的，什么也没有改动。",
    "password": "文件有密码保护，读不出来；请去掉密码另存后再发。",
    "broken": "文件已损坏，或不是 Excel／CSV 文件；请在 Excel 里打开另存为 .xlsx 后再发。",
    "bomb": "文件解压后超过 {limit} MB，不读取；请只保留名册所在的工作表。",
    "too_big": "文件超过 {limit} MB，不读取。",
    "utf16": "文件是 UTF-16 编码，读不了；请在 Excel 里另存为“CSV UTF-8”或 .xlsx。",
    "encoding": "文件的编码既不是 UTF-8 也不是 GB18030；请在 Excel 里另存为“CSV UTF-8”或 .xlsx。",
    "quotes": "第 {line} 行附近的引号没有成对，整个文件无法按列读取，什么也没有改动。",
    "columns": "前十行里没有找到完整的表头，缺少：{missing}。什么也没有改动。",
    "no_rows": "表头下面一行数据也没有，什么也没有改动。",
    "all_bad": "{count} 行没有一行能读（第 {row} 行：{reason}），什么也没有改动。",
    "double_no": "工号 {no} 在第 {first} 行和第 {second} 行重复",
    "double_qq": "QQ {qq} 在第 {first} 行和第 {second} 行属于不同的人",
    "double_group": "群号 {group} 在第 {first} 行和第 {second} 行重复",
    "and_more": "……共 {count} 处",
    "stopped": "{reason}。什么也没有改动。",
    "is_register": "这是群登记表，不是员工名册；请用 cli.py filings import。",
    "is_roster": "这是员工名册，不是群登记表；请用 cli.py import。",
}

FIELDS = {
    "employee_no": "工号",
    "name": "姓名",
    "department": "部门",
    "status": "状态",
    "title": "职务",
    "is_head": "主管",
    "qq": "QQ",
    "phone": "手机",
    "hired_on": "入职日期",
    "regularized_on": "转正日期",
    "departed_on": "离职日期",
    "handover_on": "移交完成日期",
    "also_in": "兼任部门",
    "group_id": "群号",
    "scope": "成员范围",
    "group_name": "群名称",
    "purpose": "用途",
    "established_on": "成立日期",
    "owner": "群主",
    "admins": "管理员",
    "kind": "类型",
    "issue": "议题",
    "ends_on": "截止",
    "mode": "模式",
}

CELL_FAULTS = {
    "missing": "没有{field}",
    "too_long": "{field}超过 {limit} 个字",
    "control": "{field}里有看不见的控制字符",
    "formula": "{field}像公式（{value}），不能以 = + - @ 开头",
    "excel_error": "{field}是公式错误 {value}",
    "spaces": "{field}“{value}”中间有空格",
    "imprecise": "数字太长，Excel 已经丢失末位；请把这一列设为文本再填",
    "many": "一格里的内容太多",
    "qq": "QQ 号“{value}”不对，应为 5–11 位数字，多个用 ; 隔开",
    "phone": "手机号不对，至少要有后四位数字",
    "truth": "{field}“{value}”不认识，应为 是／否",
    "date": "{field}“{value}”不是日期，应如 2026-03-02",
    "status": "状态“{value}”不认识，应为 正式、在职、转正、试用、实习、离职、已离职",
}

ROW_FAULTS = {
    "zeros": "工号 {no} 与名册里的 {known} 同名而少了前面的 0；请把工号一列设为文本",
    "qq_taken": "QQ {qq} 已由本人或行政部核实给另一位员工，名册里的这个 QQ 没有采用；这一行其余内容照常",
    "group": "群号“{value}”不对，应为 5–11 位数字",
    "scope": "成员范围看不懂：{why}",
    "unknown_scope": "没有{words}这样的部门或工号{near}",
    "unknown_department": "没有“{name}”这个部门{near}",
    "ambiguous_department": "“{name}”有好几个：{paths}，请写完整路径",
    "near": "，是不是“{name}”",
    "owner": "群主“{value}”不对，应为 QQ 号或名册里的工号",
    "person_ambiguous": "“{value}”既是一个人的 QQ 又是另一个人的工号，请写成 QQ:{value} 或 工号:{value}",
    "admin": "管理员“{value}”不对，应为 QQ 号或名册里的工号",
    "admin_no_qq": "管理员工号 {value} 还没有核实的 QQ，请改填 QQ 号",
    "kind": "类型“{value}”不认识，应为 QQ群 或 讨论组",
    "mode": "模式“{value}”不认识，应为 观察、提醒 或 执行",
}

DIFF_NOTES = {
    "move": "{old} → {new}",
    "handover": "移交完成",
    "here": "在职",
    "gone": "{day} 离职",
    "missing_departed": "{day}（名册里没有）",
    "chat_wins": "群里记为“{chat}”，名册为“{roster}”：群里的较晚，保留“{chat}”",
    "roster_wins": "群里记为“{chat}”，名册为“{roster}”：名册的较晚，改为“{roster}”",
}

CHANGED_FIELDS = {
    "name": "姓名",
    "title": "职务",
    "is_head": "主管",
    "hired_on": "入职日期",
    "regularized_on": "转正日期",
    "departed_on": "离职日期",
    "phone_hash": "手机",
    "also_in": "兼任部门",
    "employment": "转正／试用",
    "department": "部门",
}

KINDS = {"roster": "员工名册", "filings": "群登记表"}

COUNTED = {
    "added": "新增",
    "departed": "离职",
    "transferred": "调岗",
    "rehired": "复职",
    "changed": "变更",
    "renamed": "部门改名",
    "conflict": "与群里不同",
    "missing": "未列出",
    "qq_added": "QQ 新增",
    "qq_removed": "QQ 移除",
    "errors": "错误",
}

CATEGORIES = {
    "departed": "离职",
    "transferred": "调岗",
    "rehired": "复职",
    "conflict": "与群里说的不同",
    "added": "新增",
    "changed": "变更",
    "renamed": "部门改名（不算调岗）",
    "missing": "名册里没有（只报告，不作离职）",
    "qq_added": "新增 QQ",
    "qq_removed": "移除 QQ",
}

PREVIEW = {
    "head": "导入 I{id}：{counts}",
    "file": "{kind} {name}",
    "people": "{category}：{named}{rest}",
    "person": "{name}（{no}）{text}",
    "rest": "……共 {count}",
    "fault": "第 {row} 行：{reason}",
    "more_faults": "……共 {count} 行有错误，其余各行照常。",
    "too_many": "有 {count} 人新离职，超过一次 {allowed} 人的上限，需要再确认一次。",
    "ask": "回复“同意 I{id}”生效，“驳回 I{id}”放弃。",
}

OUTCOMES = {
    "applied": "导入 I{id} 已生效：{counts}。要撤销请发“撤销导入 I{id}”。",
    "confirm": "导入 I{id} 会让 {count} 人离职，超过一次 {allowed} 人的上限：{named}。"
    "核对无误请再发一次“同意 I{id}”。",
    "confirm_terminal": "有 {count} 人新离职，超过一次 {allowed} 人的上限，没有改动；"
    "核对无误请加 --accept-departures {count}",
    "wrong_number": "新离职的是 {count} 人，不是 {given} 人，没有改动",
    "changed": "预览之后数据有变化，导入 I{id} 的结果和刚才不同，没有生效。新的预览：\n{preview}",
    "unknown": "没有导入 I{id}。",
    "not_open": "导入 I{id} 已经{state}，不能再办。",
    "dropped": "导入 I{id} 已放弃，什么也没有改动。",
    "undone": "导入 I{id} 已撤销，恢复到导入之前：{counts}。",
    "later": "导入 I{later} 在它之后生效，要先撤销 I{later} 才能撤销 I{id}。",
    "not_applied": "导入 I{id} {state}，没有什么可撤销的。",
}

STATES = {
    "previewed": "还没有生效",
    "confirming": "还没有生效",
    "applied": "生效",
    "undone": "撤销",
    "dropped": "放弃",
}

IDENTITY = {
    "refused": "没能核实。请核对姓名、工号、手机后四位后再试；多次不成请联系行政部。",
    "incomplete": "请按这样写：绑定 姓名 工号 手机后四位，例如：绑定 张三 1024 0012",
    "ask_staff": "这次不能自动核实，请联系行政部办理。",
    "bound": "{name}，您的 QQ 已核实。",
    "already": "您的 QQ 已经核实过了。",
    "locked_qq": "QQ {qq} 在 24 小时内多次核实不成，已锁定 24 小时。",
    "locked_no": "工号 {no} 在 24 小时内多次被人核实不成，已锁定 24 小时（已核实的 QQ 不受影响）。",
    "locked_public": "有人多次核实身份不成，已锁定 24 小时，详情已私聊行政部。",
    "second_qq": "QQ {qq} 用正确的信息要求绑定 {name}（{no}），但此人已有核实过的 QQ，没有绑定。"
    "确是本人请发：绑定 {qq} {no}",
    "second_qq_known": "有另一个 QQ 用您的信息要求核实身份，没有通过。若是您本人，请联系行政部；若不是，请留意。",
    "staff_bound": "已绑定：QQ {qq} ↔ {name}（{no}）。",
    "staff_moved": "已绑定：QQ {qq} ↔ {name}（{no}）；原来属于 {before}。",
    "unbound": "已解绑 QQ {qq}（{name}，{no}）。",
    "nobody": "QQ {qq} 没有绑定任何人。",
    "departed": "{name}（{no}）已离职，不能绑定。",
}

STAFF = {
    # What every line begins with that records something.
    "recorded": "已记录",
    "unknown": "名册里没有工号 {no}。",
    "not_an_import": "请写导入的编号，如：撤销导入 I7",
    "nobody": "名册里没有“{value}”。",
    "several": "“{value}”有 {count} 人：{listed}。请用工号。",
    "departed": "已记录：{name}（{no}）{day} 离职，已在清退出群。",
    "departs": "已记录：{name}（{no}）{day} 离职，到那天 0 时生效。",
    "departed_already": "{name}（{no}）已记为 {day} 离职。",
    "is_departed": "{name}（{no}）已离职。",
    "not_departed": "{name}（{no}）没有离职记录。",
    "rehired": "已记录：{name}（{no}）复职。",
    "transferred": "已记录：{name}（{no}）{old} → {new}，移交未完成期间两个部门都算。",
    "there_already": "{name}（{no}）已在 {path}。",
    "handed_over": "已记录：{name}（{no}）{day} 移交完成，{old} 的群会按规定退出。",
    "hands_over": "已记录：{name}（{no}）将于 {day} 移交完成（{old}）。",
    "no_transfer": "{name}（{no}）没有未完成的移交。",
    "not_yours": "没有这一项，或不归您办理。发送“帮助”可以看到您能用的命令。",
    "no_department": "没有“{name}”这个部门{near}。",
    "which_department": "“{name}”有好几个：{paths}，请写完整路径。",
    "near": "，是不是“{name}”",
    "not_admin_department": "{name}（{no}）不在{department}，不能授权。",
    "not_verified": "{name}（{no}）还没有核实的 QQ，不能授权。",
    "granted": "已授权：{name}（{no}）。",
    "granted_already": "{name}（{no}）已有授权。",
    "revoked": "已撤权：{name}（{no}）。",
    "not_granted": "{name}（{no}）没有授权。",
}

CARD = {
    "who": "{name}（{no}）{department} · {title}",
    "head": "部门主管",
    "also_in": "兼任：{paths}",
    "hired": "入职 {day}",
    "regularized": "转正 {day}",
    "departed": "离职 {day}",
    "known": "得知 {day}",
    "contact": "手机：{phone}；QQ：{qqs}",
    "phone_known": "有",
    "phone_unknown": "无",
    "no_qq": "无",
    "qq": "{qq}（{method}，{day}）",
    "roster": "名册",
    "proof": "本人核实",
    "admin": "行政部",
    "move": "调岗：{old} → {new}（{since} 起，{done}）",
    "open": "移交未完成",
    "done": "{day} 移交完成",
    "no_groups": "没有在任何群里见过。",
    "left_all": "已退出全部 {count} 个群：{times}",
    "inside": "在 {count} 个群：{groups}",
    "left": "已退出 {count} 个群：{times}",
    "cases": "未结：{cases}",
    "role_owner": "（群主）",
    "role_admin": "（管理员）",
}

FILING_FIELDS = {
    "name": "群名称",
    "purpose": "用途",
    "scope": "成员范围",
    "department": "部门",
    "owner_id": "群主",
    "admin_ids": "管理员",
    "established_on": "成立日期",
    "kind": "类型",
    "issue": "议题",
    "ends_on": "截止",
    "mode": "模式",
}

RECEIVED = {
    "too_big": "文件超过 {limit} MB，没有读取。",
    "unreachable": "文件没有取到（{why}），请再发一次。",
    "failed": "文件没有读成，已经记下，什么也没有改动。",
}

FORGET = {
    "unknown": "没有工号 {no} 的记录",
    "active": "{name}（{no}）没有离职，不能清除",
    "too_early": "{name}（{no}）{day} 离职，要满 {days} 天才能清除（{until} 起）",
    "ask": "将清除 {name}（{no}）的个人信息，{cases} 项事项以代号保留；不能恢复。确认请加 --yes",
    "done": "已清除 {name}（{no}）的个人信息，{cases} 项事项以代号 {pseudonym} 保留",
}

TERMINAL = {
    "reading": "正在读取",
    "no_file": "请写要导入的文件",
    "unreadable": "文件读不出来：{path}（{why}）",
    "bad_date": "“{text}”不是日期，应如 2026-11-02",
    "bad_id": "“{text}”不是导入编号，应如 I7",
    "person": "  {category}：{name}（{no}）{text}",
    "rest": "  {category}：……共 {count}",
    "fault": "  第 {row} 行：{reason}",
    "ask": "这是预览，没有改动。生效请加 --yes",
    "ask_departures": "有 {count} 人新离职，超过一次 {allowed} 人的上限，生效还要加 --accept-departures {count}",
}
