"""`控制台`: the address of the pages, and a code to log in with."""

from config.phrases import commands as phrases
from plugins.commands.model import Ask, Command, Reply, Where
from services.console import codes
from services.people.rights import RIGHTS


async def show_address(ask: Ask) -> Reply:
    """Answer with the console's address and a code for the asker's own QQ number."""
    return Reply(await codes.answer(ask.app, ask.user_id) or phrases.NEUTRAL)


COMMANDS = (
    Command(
        "控制台",
        RIGHTS["控制台"],
        "看网页控制台的地址，和登录用的验证码",
        show_address,
        where=Where.PRIVATE,
        long_help="同样的事在网页上办：待办、群、违规、罚单、名册、汇总。验证码五分钟内有效，只能用一次。",
        aliases=("网页", "后台"),
    ),
)
