"""What `cli.py … --help` says around the commands' own words."""

USAGE = "用法：{words}"
COMMAND = "命令"
OPTIONS = "选项"
HEADS = {"arguments": "参数：", "options": "选项：", "commands": "命令："}
HELP = "看用法"
DEFAULT = "默认 {value}"
RANGE = "{least}–{most}"
NOTE = "（{listed}）"
FOOT = "每个命令后面加 --help，看它怎么写。"
