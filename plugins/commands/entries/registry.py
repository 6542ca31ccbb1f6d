"""Employees and identities: binding, departures, transfers, granted rights, undoing an import."""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial

from plugins.commands.model import Ask, Command, Field, Reply, Where, Who, reply
from services.answer import Answer
from services.imports import undoing
from services.people import grants, identities, registry, staff, staff_card
from services.people.rights import RIGHTS

_EMPLOYEE = Field("工号", "employee", required=True, aliases=("员工",))


async def bind_myself(ask: Ask) -> Reply:
    """Take a proof: name, number, last four digits of the phone."""
    parts = {"name": ask.words("姓名"), "employee_no": ask.words("工号")}
    digits = ask.words("手机后四位")
    if identities.is_whole_number(digits):
        return Reply(identities.WHOLE_NUMBER)
    async with ask.app.database.transaction() as tx:
        answer = await identities.prove(ask.app, tx, user_id=ask.user_id, digits=digits, **parts)
    await registry.refresh(ask.app)
    return reply(answer)


async def bind_somebody(ask: Ask) -> Reply:
    """Bind a QQ number on the word of admin staff."""
    qq, former = ask.required("QQ", int), ask.given("原工号", str)
    bind = partial(grants.bind_by_staff, ask.app, qq, by=ask.user_id, former=former)
    return await _of_employee(ask, bind)


async def unbind(ask: Ask) -> Reply:
    """Unbind a QQ number."""
    return reply(await grants.unbind_by_staff(ask.app, ask.required("QQ", int), by=ask.user_id))


async def show(ask: Ask) -> Reply:
    """Show what is known of somebody."""
    return reply(await staff_card.show(ask.app, ask.words("姓名")))


async def depart(ask: Ask) -> Reply:
    """Record a departure."""
    day, by = ask.given("日期", date), str(ask.user_id)
    return await _of_employee(ask, lambda number: staff.depart(ask.app, number, day, by=by))


async def rehire(ask: Ask) -> Reply:
    """Record that somebody is back."""
    return await _of_employee(ask, partial(staff.rehire, ask.app, by=str(ask.user_id)))


async def transfer(ask: Ask) -> Reply:
    """Record a change of department."""
    department, by = ask.words("部门"), str(ask.user_id)
    return await _of_employee(ask, lambda number: staff.transfer(ask.app, number, department, by=by))


async def hand_over(ask: Ask) -> Reply:
    """Record that a handover is complete; a head only for their own departments."""
    head = None
    if Who.ADMIN_STAFF not in ask.who:
        employee = ask.app.registry.active_employee_of(ask.user_id, ask.app.now().date())
        if employee is None:
            return Reply()
        head = employee.employee_no
    day, by = ask.given("日期", date), str(ask.user_id)
    return await _of_employee(
        ask,
        lambda number: staff.complete_handover(ask.app, number, day, by=by, as_head=head),
        # A head hears the same of numbers that exist and of those that don't.
        otherwise=None if head is None else staff.NOT_YOURS,
    )


async def grant(ask: Ask) -> Reply:
    """Grant somebody the rights of admin staff."""
    return await _of_employee(ask, partial(grants.grant, ask.app, by=ask.user_id))


async def revoke(ask: Ask) -> Reply:
    """Take the rights of admin staff back."""
    return await _of_employee(ask, partial(grants.revoke, ask.app, by=ask.user_id))


async def undo_import(ask: Ask) -> Reply:
    """Undo an applied import."""
    _, number = ask.required("编号", tuple)
    outcome = await undoing.undo_import(ask.app, number, by=str(ask.user_id), source="chat")
    return Reply(outcome.text, public="")


async def _of_employee(
    ask: Ask, work: Callable[[str], Awaitable[Answer]], otherwise: Answer | None = None
) -> Reply:
    """Do it with the employee number meant (a name serves where only one has it); `otherwise`: if none is."""
    await registry.refresh(ask.app)
    value = ask.words("工号")
    number = staff_card.meant(ask.app, value)
    if number is None:
        return reply(otherwise or staff_card.not_one(ask.app, value))
    return reply(await work(number))


COMMANDS = (
    Command(
        "绑定",
        RIGHTS["绑定"],
        "把一个 QQ 绑定到员工",
        bind_somebody,
        fields=(Field("QQ", "qq", required=True, aliases=("qq",)), _EMPLOYEE, Field("原工号")),
        long_help="换了工号的，写上原工号：原工号名下的违规、罚单、申诉、移交和行政部权限随本人转过来。",
        examples=("绑定 123456789 1024", "绑定 123456789 2024 原工号=1024"),
    ),
    Command(
        "绑定",
        RIGHTS["绑定本人"],
        "核实自己的姓名和工号",
        bind_myself,
        where=Where.PRIVATE,
        fields=(
            Field("姓名", required=True),
            Field("工号", required=True),
            Field("手机后四位", required=True, aliases=("手机", "尾号")),
        ),
        long_help="私聊发送姓名、工号、手机后四位，核实后才能入群和使用员工命令。多次不对会锁定 24 小时。",
        examples=("绑定 张三 1024 0012",),
    ),
    Command(
        "解绑",
        RIGHTS["解绑"],
        "解除一个 QQ 的绑定",
        unbind,
        fields=(Field("QQ", "qq", required=True, aliases=("qq",)),),
        examples=("解绑 123456789",),
    ),
    Command(
        "员工",
        RIGHTS["员工"],
        "查一位员工：部门、状态、所在的群",
        show,
        fields=(Field("姓名", "text", required=True, rest=True, aliases=("工号", "QQ", "qq")),),
        examples=("员工 张三", "员工 1024", "员工 123456789"),
    ),
    Command(
        "离职",
        RIGHTS["离职"],
        "记录一位员工离职",
        depart,
        fields=(_EMPLOYEE, Field("日期", "date")),
        long_help="不写日期就是今天；从那天 0 时起生效，到时自动请出各群。",
        examples=("离职 1024", "离职 1024 2026-11-02"),
    ),
    Command("复职", RIGHTS["复职"], "记录一位员工复职", rehire, fields=(_EMPLOYEE,), examples=("复职 1024",)),
    Command(
        "转岗",
        RIGHTS["转岗"],
        "记录一位员工调到别的部门",
        transfer,
        fields=(_EMPLOYEE, Field("部门", "department", required=True, rest=True)),
        long_help="移交完成之前，原部门和新部门都算。移交好了请发“移交完成 工号”。",
        examples=("转岗 1024 采购部",),
        aliases=("调岗",),
    ),
    Command(
        "移交完成",
        RIGHTS["移交完成"],
        "记录调岗员工已移交完",
        hand_over,
        fields=(_EMPLOYEE, Field("日期", "date")),
        examples=("移交完成 1024", "移交完成 1024 2026-11-02"),
    ),
    Command(
        "授权",
        RIGHTS["授权"],
        "让行政部的一位员工使用行政部的命令",
        grant,
        fields=(_EMPLOYEE,),
        examples=("授权 1024",),
    ),
    Command(
        "撤权",
        RIGHTS["撤权"],
        "收回行政部命令的使用权",
        revoke,
        fields=(_EMPLOYEE,),
        examples=("撤权 1024",),
    ),
    Command(
        "撤销导入",
        RIGHTS["撤销导入"],
        "撤销一次已生效的导入",
        undo_import,
        fields=(Field("编号", "item", required=True, letters="I"),),
        long_help="恢复到那次导入之前；它之后还有别的导入生效时，要先撤销后面的。",
        examples=("撤销导入 I7",),
    ),
)
