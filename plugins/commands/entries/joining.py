"""`提前入群`: asking for the head's consent to let somebody on probation in."""

from plugins.commands.model import Ask, Command, Field, Reply, reply
from services.joining import early_admission
from services.people.rights import RIGHTS


async def ask_early(ask: Ask) -> Reply:
    """Make the item for the head of the owner's department."""
    if ask.about is None:
        return Reply()
    asked = await early_admission.propose(
        ask.app,
        ask.words("工号"),
        ask.about,
        ask.words("理由"),
        by=ask.user_id,
    )
    return reply(asked)


COMMANDS = (
    Command(
        "提前入群",
        RIGHTS["提前入群"],
        "为试用期员工申请提前入群，交部门主管同意",
        ask_early,
        fields=(
            Field("工号", "employee", required=True),
            Field("理由", required=True, rest=True),
            Field("群", "group"),
        ),
        examples=("提前入群 1024 参与新项目",),
    ),
)
