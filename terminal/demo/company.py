"""The invented company of the demo: about forty people, four groups, and the files it hands over."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

BOT = 88880001
ADMIN = 10001
SALES, TECH, ALL, LUNCH = 700001, 700002, 700003, 700004
NAMES = {SALES: "市场部工作群", TECH: "技术部工作群", ALL: "公司公共群", LUNCH: "午餐拼单群"}

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "伟芳娜敏静磊洋艳勇军杰娟涛超明霞平刚桂英晨曦雨桐子涵思远嘉怡"


@dataclass(frozen=True, slots=True)
class Person:
    """One invented employee. `qq` is 0 for somebody whose QQ nobody has verified yet."""

    no: str
    name: str
    department: str
    title: str
    qq: int
    phone: str
    status: str = "正式"
    is_head: bool = False

    @property
    def card(self) -> str:
        """Return the card the company wants."""
        return f"{self.department.split('/')[0]}-{self.name}"


def people() -> dict[str, Person]:
    """Return everyone by employee number."""
    cast = [
        Person("A001", "王强", "市场部", "经理", 20001, "13900000001", is_head=True),
        Person("A002", "李敏", "技术部", "经理", 20002, "13900000002", is_head=True),
        Person("A003", "周静", "行政部", "主管", ADMIN, "13900000003", is_head=True),
        Person("A004", "张三", "市场部", "专员", 0, "13900005678"),
        Person("A005", "陈晨", "市场部/华东组", "专员", 20005, "13900000005"),
        Person("A006", "王芳", "市场部", "专员", 20006, "13900000006"),
        Person("A007", "刘洋", "技术部", "工程师", 20007, "13900000007"),
        Person("A008", "赵小雨", "技术部", "工程师", 0, "13900008888", status="试用"),
        Person("A009", "孙磊", "市场部", "专员", 20009, "13900000009"),
    ]
    for i in range(10, 41):
        name = _SURNAMES[i % len(_SURNAMES)] + _GIVEN[i * 7 % len(_GIVEN)] + _GIVEN[i * 3 % len(_GIVEN)]
        department = ("市场部", "技术部", "财务部")[i % 3]
        cast.append(Person(f"A{i:03}", name, department, "专员", 20000 + i, f"139000001{i:02}"))
    return {person.no: person for person in cast}


def write_roster(path: Path, company: dict[str, Person]) -> None:
    """Write the roster as a workbook, as HR would."""
    heads = ("工号", "姓名", "部门", "状态", "职务", "主管", "QQ", "手机", "入职日期")
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("名册")
        sheet.write(0, 0, "示例公司名册")
        sheet.write_row(1, 0, heads)
        for row, one in enumerate(company.values(), start=2):
            qq = str(one.qq) if one.qq else ""
            head = "是" if one.is_head else "否"
            cells = (
                one.no,
                one.name,
                one.department,
                one.status,
                one.title,
                head,
                qq,
                one.phone,
                "2024-03-01",
            )
            sheet.write_row(row, 0, cells)


def write_register(path: Path) -> None:
    """Write the register of groups the company already keeps; the lunch group isn't on it."""
    established = (date(2025, 1, 6) + timedelta(days=i) for i in range(3))
    rows = [
        (SALES, NAMES[SALES], "市场部日常工作沟通", "市场部", 20001),
        (TECH, NAMES[TECH], "技术部日常工作沟通", "技术部", 20002),
        (ALL, NAMES[ALL], "公司通知与交流", "全员", ADMIN),
    ]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("群号", "群名称", "用途", "成员范围", "群主", "成立日期"))
        writer.writerows((*row, day.isoformat()) for row, day in zip(rows, established, strict=True))


POLICY = """\
[company]
name = "示例公司"
keywords = ["示例公司"]
[hours]
start = "00:00"
end = "24:00"
workdays_only = false
[pace]
send_seconds = {send}
kick_seconds = {kick}
card_seconds = {kick}
verify_seconds = 1.0
[reminders]
per_group_minutes = 1
"""
