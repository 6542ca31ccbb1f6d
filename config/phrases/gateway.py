"""What the QQ side says: to people through services, and to admin staff about itself."""

ACCOUNT_NOT_CONNECTED = "账号 {account} 不在线"
NOT_IN_GROUP = "没有在线的账号在群 {group_id} 里"
NOT_IDENTIFIED = "还不知道账号用的是哪种 QQ 接入程序"
NO_ADDRESSEE = "没有写明账号、群或人"
# Why a call gave no good answer; what the implementation says in Chinese stands as it is.
NOT_CONNECTED = "连接已断开"
CUT_OFF = "连接断开，没有等到答复"
NOT_WITHIN = "{seconds} 秒内没有等到"
SILENT = "账号刚才一直没有答复，过一分钟再问"
QQ_TIMED_OUT = "QQ 发送超时"
REFUSED_BY = "接入程序没有照办，错误码 {code}"
NO_ANSWER = "QQ 没有答复（{why}）"
BAD_LIST = "群列表读不出来"
BAD_MEMBERS = "成员列表读不出来"

INCOMPLETE = {
    "short": "成员列表不全：读到 {read} 人，QQ 说有 {count} 人",
    "unread": "成员列表里有 {unread} 行读不懂，或是别的群的",
    "bot_missing": "成员列表里没有机器人自己",
    "owner": "成员列表里有 {owners} 个群主",
    "no_count": "读不到群人数，无法核对成员列表",
}

FILE_TOO_BIG = "文件超过 {megabytes} MB，没有接收"
FILE_UNREACHABLE = "文件取不到，请重新发送"
FILE_ADVICE = {
    "NapCat": (
        "NapCat 没有交出文件。请运维在 NapCat 的 OneBot 设置里打开 enableLocalFile2Url，"
        "或者启用它的 packet 后端；和机器人在同一台机器上的，把它存文件的文件夹写进 .env 的 QQ_FOLDERS。然后重新发送"
    ),
    "SnowLuma 1.11": "SnowLuma 1.11 不能交出文件，请运维升级到 1.12 以上，或在终端用 cli.py import 导入",
}
FILE_ONLINE = "这是“在线文件”，内容没有上传，机器人读不到。请改发离线文件（普通文件），手机 QQ 直接发送即可"
PICTURE_NOT_SENT = "（图片没有发出去：{why}）"
FILE_NOT_SENT = "文件《{name}》没有发出去：{why}"
FILES_UNSUPPORTED = "这种接入程序（{name}）不能发送文件，请换用 NapCat、LLBot 或 Lagrange"

ACCOUNT_TAKEN = (
    "账号 {account} 已由另一个进程（{who}）照管，这里不接受它的连接；请让每个账号只连接一个机器人进程"
)
ACCOUNT_UNKNOWN = "账号 {account} 的连接先断开：数据库连不上，不知道别的进程是否在照管它"
ACCOUNT_LOST = "账号 {account} 不再由本进程照管，连接已断开，等它重新连接"
STRAYS = "{name} 的编号可能答复到别人头上，没有发送；请在 QQ 里直接处理，并升级接入程序"
JUST_LEFT = "刚刚离开"
NOT_DONE = {
    "remove": "移出没有生效：成员仍在群里",
    "unsure": "成员列表比群人数少，也没有退群通知，不能确认已移出",
    "set_card": "群名片没有改成",
    "approve": "已同意，但一分钟内没有看到对方进群",
    "reject": "已拒绝，但请求仍在等待",
    "invite": "已接受邀请，但没有看到机器人进群",
    "friend": "好友申请的答复没有送达",
    "gone": "对方已不在群里",
    "lost_group": "群里已经没有机器人，看不到对方是否还在",
    "settled": "请求已由他人处理",
    "lost": "发送时连接断开，可能已经发出，不再重发",
    "timeout": "发送超时，可能已经发出，不再重发",
    "interrupted": "发送时程序中断，可能已经发出，不再重发",
    "crashed": "多次出错，已放弃，原因见日志",
}

# Why a card isn't set, or a reminder not sent, after all.
NOT_WANTED = {
    "incomplete": "名片事项不完整",
    "cured": "名片已改好",
    "identity": "身份已变",
    "another_card": "应有的名片已变",
    "some_cured": "有人已改好，重新安排",
    "in_work": "名片正由机器人设置，重新安排",
    "another_day": "当天没有送出，以新的为准",
    "rights": "授权后来又变了",
    "another_person": "这个 QQ 已不是本人的",
    "unserved": "群里没有已连接的账号，重新安排",
    "office": "群主、管理员已换人，重新安排",
    "back": "机器人又在这些群里了",
    "settled": "这件事已经办完，或由别人办理",
}

# Why a removal is not done after all, seen at the last moment: the words of the core's last look.
LAST_LOOK = {
    "no_list": "没有新的完整成员列表：{why}",
    "paused": "已暂停",
    "observed": "群在观察模式",
    "not_enforcing": "群不在执行模式",
    "registry_empty": "名册为空",
    "registry_stale": "名册太久没有更新",
    "incomplete": "成员列表不完整",
    "stale": "成员列表不是最新的",
    "not_found": "已没有移出的理由",
    "not_ripe": "还没有到期",
    "frozen": "正在申诉",
    "waived": "已豁免",
    "gone": "已不在群里",
    "officer": "是群主或管理员",
    "protected": "受保护，不移出",
    "no_right": "机器人不是群管理员",
}

MINUTES, HOURS, DAYS = "{n} 分钟", "{n} 小时", "{n} 天"
CLOCK = {
    "wrong": (
        "本机时间与 QQ 相差约 {apart}。在时间校准之前，凡是按期限做的事（到期移出、逾期、罚单、代改名片）都先不做。"
        "请校准服务器时间。"
    ),
    "right": "本机时间已与 QQ 一致，按期限做的事继续进行。",
}

# Why an answer to a request is not given after all.
NOT_ANSWERED = {
    "settled": "申请已有结果",
    "mode": "群不在执行模式",
    "gone": "申请人已不在职",
    "changed": "情况已变，重新判断",
}

SENDING_RESUMED = (
    "账号 {account} 连续 {times} 次发送超时，已停发 {minutes} 分钟，现在恢复发送。请留意 QQ 是否有风控提示。"
)
HEARTBEAT_OFFLINE = "接入程序报告说已掉线"
NO_REASON = "没有说明"
WENT_OFFLINE = "账号 {account} 被 QQ 下线：{why}。请到接入程序那里重新登录；在这之前，它的群没有人照看。"
BACK_ONLINE = "账号 {account} 在{since} 被 QQ 下线过，现在已经登录。"
SHED = "一下子来的消息太多，有一部分没有处理：{what}。加群请求和群里的变化会另外去读；命令和文件请稍后重发。"
SHED_KINDS = {
    "request": "加群请求 {n} 个",
    "notice": "群里的变化 {n} 个",
    "command": "命令和私聊 {n} 条",
    "file": "文件 {n} 个",
}
NOT_DELIVERED = "有 {n} 条消息没有送达（{kinds}），最近的原因：{why}。私聊送不到的，请提醒对方先加我为好友。"
KINDS = {
    "send_group": "群消息",
    "send_private": "私聊",
    "send_file": "文件",
    "group_notice": "群公告",
}
