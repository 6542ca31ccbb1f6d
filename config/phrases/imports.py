"""What is said about files of employees and of groups: read, previewed, applied, undone."""

FILE_FAULTS = {
    "empty": "文件是空的，什么也没有改动。",
    "password": "文件有密码保护，读不出来；请去掉密码另存后再发。",
    "broken": "文件已损坏，或不是 Excel／CSV 文件；请在 Excel 里打开另存为 .xlsx 后再发。",
    "bomb": "文件解压后超过 {limit} MB，不读取；请只保留名册所在的工作表。",
    "too_big": "文件超过 {limit} MB，不读取。",
    "utf16": "文件是 UTF-16 编码，读不了；请在 Excel 里另存为“CSV UTF-8”或 .xlsx。",
    "encoding": "文件的编码既不是 UTF-8 也不是 GB18030；请在 Excel 里另存为“CSV UTF-8”或 .xlsx。",
    "quotes": "第 {line} 行附近的引号没有成对，整个文件无法按列读取，什么也没有改动。",
    "columns": "前十行里没有找到完整的表头，缺少：{missing}。什么也没有改动；请补上缺的列再发。",
    "no_rows": "表头下面一行数据也没有，什么也没有改动。",
    "all_bad": "{count} 行没有一行能读（第 {row} 行：{reason}），什么也没有改动。",
    "double_no": "工号 {no} 在{first}和{second}重复",
    "double_qq": "QQ {qq} 在{first}和{second}属于不同的人",
    "double_group": "群号 {group} 在第 {first} 行和第 {second} 行重复",
    "and_more": "……共 {count} 处",
    "stopped": "{reason}。什么也没有改动；请改好再发。",
    "save_as": "读不出表格：文件已损坏，或不是 .xlsx、.xls、CSV；请在 Excel 或 WPS 里打开，另存为 .xlsx 后再发。",
    "second_header": "第 {row} 行又有一个表头，列的位置不同，不能当一张表读；请分成两个工作表。",
    "several_kinds": "文件里既有员工名册又有群登记表（工作表“{name}”），请分成两个文件。",
    "in_sheet": "工作表“{name}”{where}",
    "too_long": "读这个文件超过了 {seconds} 秒，已经停止；请只保留名册所在的工作表，另存为 .xlsx 后再发。",
    "reader_died": "读这个文件的程序中途停了（文件可能已损坏，或要的内存太多）；请在 Excel 里打开，另存为 .xlsx 后再发。",
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
    "lost": "{field}“{value}”里有 ? * 一类的符号，字不全；请补上原来的字",
    "exponent": "{field}“{value}”是科学计数法，末几位已经丢了；请把这一列设为文本再填",
    "digits": "姓名“{value}”是数字",
    "vacant": "“{value}”不是人名，这一行没有人",
    "status_in_name": "姓名“{value}”里写着“{word}”；请写进状态或离职日期一列，这一行没有采用",
    "several": "部门“{value}”看不出是一个部门还是几个；几个部门请用 ; 隔开",
    "empty_date": "{field}“{value}”像是系统的空值；没有请留空",
    "formula": "{field}像公式（{value}），不能以 = + - @ 开头",
    "excel_error": "{field}是公式错误 {value}",
    "spaces": "{field}“{value}”中间有空格",
    "numbers": "{field}“{value}”里像有几个号，一行只写一个",
    "no_number": "没有{field}（写着“{value}”）",
    "names": "姓名“{value}”里像有几个人，请每人写一行",
    "imprecise": "数字太长，Excel 已经丢失末位；请把这一列设为文本再填",
    "many": "一格里的内容太多",
    "qq": "QQ 号“{value}”不对，应为 5–11 位数字，多个用 ; 隔开",
    "phone": "手机号不对，至少要有后四位数字",
    "truth": "{field}“{value}”不认识，应为 是／否",
    "date": "{field}“{value}”不是日期，应如 2026-03-02",
    "status": "状态“{value}”不认识，没有当作正式员工；这个词算什么，请写进 config/regulation.toml 的 registry.status_words",
}

ROW_FAULTS = {
    "cut": "文件到这一行就断了，最后一格可能不完整，这一行没有采用；请重新导出（最后一行后面要有换行）",
    "merged_number": "工号和第 {row} 行是合并的单元格，姓名却不同；请给每个人填自己的工号",
    "merged_name": "姓名和第 {row} 行是合并的单元格，工号却不同；请给每个人填自己的姓名",
    "merged_more": "和第 {row} 行是同一个人（合并的单元格），这一行多出来的内容没有采用；请合成一行",
    "left_sheet": "工作表“{name}”既没有状态也没有离职日期，看不出是不是离职；请加上离职日期一列",
    "zeros": "工号 {no} 与名册里的 {known} 同名而少了前面的 0；请把工号一列设为文本，再补上前面的 0",
    "qq_taken": "QQ {qq} 已由本人或行政部核实给另一位员工，名册里的这个 QQ 没有采用；这一行其余内容照常",
    "qq_at_work": "QQ {qq} 是一位在职员工的，没有改到已离职的人名下；这一行其余内容照常",
    "anothers_number": "工号 {no} 在名册里是 {known}，这个账号原来的工号是 {old}；这一行没有采用，请核对",
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

# How something was read that stands otherwise. {rows}: the rows it happened in.
NOTES = {
    "row": "第 {named} 行",
    "rows": "第 {named} 行等 {count} 行",
    "shown": "工号按单元格显示的样子读（补上前面的 0）：{rows}",
    "guarded": '去掉了单引号或 ="…"：{rows}',
    "totals": "合计行没有读：{rows}",
    "sign_offs": "签字、说明行没有读：{rows}",
    "headers": "重复的表头没有读：{rows}",
    "cleaned": "姓名去掉了对齐的空格，换成了通用的字和点：{rows}",
    "no_phone": "手机号是占位或分机，没有采用：{rows}",
    "blank_date": "1900 年的日期是空值，当作没填：{rows}",
    "company": "部门前面的公司名不算一级部门：{rows}",
    "several": "一格里有几个部门，第一个是所在部门，其余算兼任：{rows}",
    "dashes": "部门里的横线当作上下级：{rows}",
    "twice": "两行写了同一个 QQ，一人已离职，QQ 归在职的：{rows}",
    "1904": "工作簿从 1904 年起算日期，没有日期格式的数字也照此读",
}

READING = {
    "sheets": "读了工作表：{names}",
    "no_sheets": "没有读（没有完整的表头）：{names}",
    "unused": "没有用到的列：{names}",
    "of_names": "{title}（里面是人名）",
    "unnumbered": "{count} 个账号没有工号，没有读：{names}",
    "called": "列名：{names}",
    "called_one": "“{title}”读作{field}",
    "says_left": "注意：没有用到的地方写着“离职”一类的字（{where}），这些人却都会按在职处理。",
    "says_left_row": "第 {row} 行“{title}”",
}

DIFF_NOTES = {
    "another_number": "工号 {old} → {new}",
    "renumbered": "→ {now}",
    "no_number": "{department}；账号还在，没有能用的工号，不作离职",
    "another_name": "姓名 {old} → {new}",
    "another_qq": "QQ 改为 {qq}",
    "qq_passes": "{qq}，改归 {name}（{no}）",
    "lost_qq": "QQ {qq} 移除",
    "contested": "QQ {qq} 已核实给别人，要由行政部定",
    "move": "{old} → {new}",
    "handover": "移交完成",
    "here": "在职",
    "gone": "{day} 离职",
    "added_gone": "{department}，{day} 离职",
    "missing_departed": "{day}（名册里没有）",
    "overruled": "{source}另说“{text}”，以{winner}为准",
    "still_listed": "{source}里没有了，{other}里还有，不作离职",
    "same_name": "{department}；有同名的一行没有能用的工号，不作离职",
    "wins": "其中 {count} 人在{others}里也有，以{winner}为准",
    "chat_wins": "群里记为“{chat}”，名册为“{roster}”：群里的较晚，保留“{chat}”",
    "roster_wins": "群里记为“{chat}”，名册为“{roster}”：名册的较晚，改为“{roster}”",
}

CHANGED_FIELDS = {
    "title": "职务",
    "is_head": "主管",
    "hired_on": "入职日期",
    "regularized_on": "转正日期",
    "departed_on": "离职日期",
    "phone_hash": "手机",
    "also_in": "兼任部门",
    "department": "部门",
}

KINDS = {"roster": "员工名册", "filings": "群登记表"}
# An import that changes nothing: said as it is, in place of a row of noughts.
NOTHING = {"roster": "和名册一样，没有变化", "filings": "和现有的备案一样，没有变化"}

COUNTED = {
    "added": "新增",
    "departed": "离职",
    "transferred": "调岗",
    "rehired": "复职",
    "changed": "变更",
    "renamed": "部门改名",
    "conflict": "与群里不同",
    "overruled": "几处不同",
    "missing": "未列出",
    "renumbered": "工号变更",
    "qq_added": "QQ 新增",
    "qq_removed": "QQ 移除",
    "errors": "错误",
}

CATEGORIES = {
    "departed": "离职",
    "transferred": "调岗",
    "rehired": "复职",
    "conflict": "与群里说的不同",
    "overruled": "几处来源说法不同",
    "added": "新增",
    "changed": "变更",
    "renamed": "部门改名（不算调岗）",
    "missing": "名册里没有（只报告，不作离职）",
    "renumbered": "工号变了（旧工号不作离职；请把 QQ 绑定到新工号，再把旧工号记为离职）",
    "qq_added": "新增 QQ",
    "qq_removed": "移除 QQ",
}

PREVIEW = {
    "head": "导入 I{id}：{counts}",
    "file": "{kind} {name}",
    "people": "{category}：{named}{rest}",
    "person": "{name}（{no}）{text}",
    "one": "· {category} {name}（{no}）{text}",
    "rest": "……共 {count}",
    "fault": "第 {row} 行：{reason}",
    "more_faults": "……共 {count} 行有错误，其余各行照常。",
    "note": "· {note}",
    "departures": "有 {count} 人新离职，超过一次 {allowed} 人的上限，需要再确认一次。",
    "changes": "有 {count} 人的工号、QQ、姓名或部门改变，超过一次 {allowed} 人的上限，需要再确认一次。",
    "fewer": "上次有、这次没有的有 {count} 人，到了三分之一，需要再确认一次。",
    "doubts": "有地方写着“离职”而没有用到，需要再确认一次。",
    "ask": "回复“同意 I{id}”生效，“驳回 I{id}”放弃；“待办 I{id}”看全部名单。",
    "ask_nothing": "没有要改的。回复“同意 I{id}”记为今天核对过，“驳回 I{id}”放弃。",
}

OUTCOMES = {
    "applied": "导入 I{id} 已生效：{counts}。要撤销请发“撤销导入 I{id}”。",
    "checked": "导入 I{id} 已记为今天核对过：{counts}。",
    "confirm": "导入 I{id} 要再确认一次：{why}核对无误请再发一次“同意 I{id}”。",
    "confirm_departures": "{count} 人离职，超过一次 {allowed} 人的上限：{named}。",
    "confirm_changes": "{count} 人的工号、QQ、姓名或部门改变，超过一次 {allowed} 人的上限：{named}。",
    "confirm_fewer": "上次有、这次没有的有 {count} 人，到了三分之一：{named}。",
    "confirm_doubts": "没有用到的地方写着“离职”：{named}，这些人会按在职处理。",
    "confirm_terminal": "{why}没有改动；核对无误请加 {options}",
    "wrong_departures": "新离职的是 {count} 人，不是 {given} 人，没有改动",
    "wrong_doubts": "写着“离职”而没有用到的是 {count} 处，不是 {given} 处，没有改动",
    "wrong_fewer": "上次有、这次没有的是 {count} 人，不是 {given} 人，没有改动",
    "wrong_changes": "工号、QQ、姓名或部门改变的是 {count} 人，不是 {given} 人，没有改动",
    "changed": "预览之后数据有变化，导入 I{id} 的结果和刚才不同，没有生效。新的预览：\n{preview}",
    "unknown": "没有导入 I{id}。",
    "not_open": "导入 I{id} 已经{state}，不能再办。",
    "dropped": "导入 I{id} 已放弃，什么也没有改动。",
    "undone": "导入 I{id} 已撤销：{back}。",
    "later": "导入 I{later} 在它之后生效，要先撤销 I{later} 才能撤销 I{id}。",
    "not_applied": "I{id} {why}。",
}

STATES = {
    "previewed": "还没有生效",
    "confirming": "还没有生效",
    "applied": "生效",
    "undone": "撤销",
    "dropped": "放弃",
}

UNDONE = {
    "departed": "{n} 人的离职已改回在职",
    "added": "新增的 {n} 人已去掉",
    "transferred": "{n} 人的调岗已改回",
    "rehired": "{n} 人的复职已改回离职",
    "changed": "{n} 人的资料已改回",
    "renamed": "{n} 个部门改名已改回",
    "qq_added": "{n} 个新增的 QQ 已去掉",
    "qq_removed": "{n} 个移除的 QQ 已恢复",
}
UNDONE_FILINGS = {"added": "新增的 {n} 个群备案已去掉", "changed": "{n} 个群备案已改回"}
UNDONE_NOTHING = "没有要改回的"
NOT_APPLIED = {
    "previewed": "只预览过，没有生效，不用撤销",
    "confirming": "只预览过，没有生效，不用撤销",
    "undone": "已经撤销过了，不用再撤销",
    "dropped": "已经放弃，没有生效，不用撤销",
    "applied": "没有留下可以恢复的内容，不能撤销",
}

RECEIVED = {
    "too_big": "文件超过 {limit} MB，没有读取。",
    "unreachable": "文件没有取到（{why}），请再发一次。",
    "failed": "文件没有读成，已经记下，什么也没有改动。",
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
    "ask_nothing": "没有要改的。加 --yes 记为今天核对过",
    "ask_more": "生效还要加 {options}：{why}",
    "note": "  {note}",
}
