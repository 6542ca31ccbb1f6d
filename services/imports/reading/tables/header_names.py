"""The words above columns: in HR's own files, and in what DingTalk, WeCom, Feishu and HR systems write.

Of several columns for one field the one counts whose header stands first here.
"""

from collections.abc import Mapping

ROSTER_HEADERS: Mapping[str, tuple[str, ...]] = {
    "employee_no": (
        "工号", "员工编号", "员工号", "employee_no", "员工工号", "职工号", "职工编号", "职工工号",
        "人员编号",
        "人员编码", "员工编码", "员工代码", "人员工号", "职员工号", "职员编号", "职员代码", "雇员编号",
        "雇员工号", "employee id", "employee no", "employee number", "staff id", "staff no", "员工ID",
        "员工UserID", "UserID",
        "账号",
    ),
    "name": ("姓名", "员工姓名", "name", "真实姓名", "中文名", "职工姓名", "人员姓名", "成员姓名", "雇员姓名",
        "职员姓名", "全名", "employee name", "full name"),
    "department": (
        "部门", "所属部门", "department", "所在部门", "部门名称", "主部门", "归属部门", "任职部门",
        "部门全称",
        "部门路径", "部门全路径", "所属组织", "组织", "所属机构", "所属团队", "行政组织", "组织单元",
        "组织单位", "部门名", "department name", "dept", "dept.",
    ),
    "status": (
        "状态", "员工状态", "status", "在职状态", "人员状态", "任职状态", "在职情况", "雇佣状态",
        "用工状态",
        "职工状态", "在离职状态", "是否在职", "在职", "在职标识", "在职标志", "是否离职", "是否已离职",
        "离职标识", "离职标志", "在职/离职", "在册状态", "岗位状态",
        "人员类型", "员工类型", "人员类别", "员工类别", "用工类型",
        "用工性质",
        "用工关系状态", "当前状态", "employee status", "employment status", "账号状态", "帐号状态",
        "账户状态", "帐户状态", "在岗状态", "在岗情况",
    ),
    "title": ("职务", "职位", "岗位", "title", "职务名称", "职位名称", "岗位名称", "任职岗位", "job title",
        "position"),
    "is_head": (
        "主管", "是否主管", "部门负责人", "is_head", "是否部门主管", "是否此部门主管", "是否负责人",
        "是否部门负责人", "是否为部门负责人", "是否为负责人", "是否部门领导",
    ),
    "qq": ("QQ", "QQ号", "qq", "QQ号码", "QQ账号", "QQ帐号", "腾讯QQ"),
    "phone": (
        "手机", "手机号", "联系电话", "phone", "手机号码", "移动电话", "联系方式", "电话", "电话号码",
        "个人手机",
        "本人手机", "联系手机", "工作手机", "mobile", "mobile phone", "phone number",
    ),
    "hired_on": (
        "入职日期", "hired_on", "入职时间", "入职日", "入司日期", "入司时间", "入公司日期", "到岗日期",
        "到岗时间",
        "聘用日期", "雇佣日期", "到职日期", "到职时间", "入厂日期", "进厂日期", "hire date", "join date",
        "入职",
    ),
    "regularized_on": ("转正日期", "regularized_on", "转正时间", "实际转正日期", "实际转正时间", "转正日"),
    "departed_on": (
        "离职日期", "departed_on", "离职时间", "离职日", "实际离职日期", "实际离职时间", "离司日期",
        "离岗日期",
        "离岗时间", "退出日期", "辞职日期", "离职生效日期", "预计离职日期", "计划离职日期",
        "termination date", "resignation date", "leave date", "离职",
    ),
    "handover_on": ("移交完成日期", "handover_on", "移交完成时间", "交接完成日期", "交接完成时间"),
    "also_in": ("兼任部门", "also_in", "兼职部门", "兼岗部门", "其他部门", "次要部门", "副部门"),
}  # fmt: skip
# Beside a column that lists all departments of somebody, it says which is the main one.
MAIN_DEPARTMENT = "主部门"
ROSTER_REQUIRED = ("employee_no", "name", "department")

# What stands above a department's levels, top first, where each has a column of its own.
LEVELS: tuple[tuple[str, ...], ...] = tuple(
    (
        f"{level}级部门", f"部门{level}", f"{level}级组织", f"第{level}级部门", f"{level}级部门名称",
        f"{level}级机构", f"部门({level}级)", f"{n}级部门", f"部门{n}", f"部门{level}级",
    )
    for n, level in enumerate("一二三四五六", start=1)
)  # fmt: skip

REGISTER_HEADERS: Mapping[str, tuple[str, ...]] = {
    "group_id": ("群号", "QQ群号", "群号码", "QQ群号码", "QQ群"),
    "scope": ("成员范围", "群成员范围", "入群范围", "适用范围"),
    "name": ("群名称", "群名", "QQ群名称", "QQ群名"),
    "purpose": ("用途", "建群目的", "群用途", "建群用途"),
    "established_on": ("成立日期", "建立日期", "建群日期", "建群时间", "成立时间"),
    "owner": ("群主", "群主QQ", "群主QQ号", "群主工号"),
    "admins": ("管理员", "群管理员", "管理员QQ", "管理员工号"),
    "department": ("部门", "所属部门", "群主部门"),
    "kind": ("类型", "群类型"),
    "issue": ("议题", "讨论议题"),
    "ends_on": ("截止", "截止日期", "截止时间"),
    "mode": ("模式",),
}
REGISTER_REQUIRED = ("group_id", "scope")
