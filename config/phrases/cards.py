"""What is said about group cards. Reminders have several wordings, so that they don't sound like a machine."""

REMINDER_HEADS = (
    "麻烦几位改一下群名片，方便大家认人：",
    "提醒一下，这几位的群名片还差一点：",
    "各位好，请把群名片改成「部门-姓名」的样子：",
    "打扰了，请这几位顺手改一下群名片：",
)
REMINDER_ONE = (
    " 麻烦改一下群名片，方便大家认人。应为：{card}",
    " 您的群名片还差一点，请改成：{card}",
    " 打扰了，请把群名片改成：{card}",
)
REMINDER_LINE = " 应为：{card}"
REMINDER_FOOT = "\n改好就不再提醒；也可以发送「/改名片」，由机器人代改。"

ANNOUNCE = {
    "text": "本群的群名片统一为「{format}」。发送「/名片」看自己的该怎么写，发送「/改名片」由机器人代改。",
    "offer": (
        "群「{group}」有 {count} 人的名片要改，已在群里说明写法。如果您同意把写法发成群公告，"
        "请回复：群公告 群={group_id}"
    ),
    "queued": "正在发群公告：\n{text}",
    "today": "今天已经发过群公告了。",
    "unfiled": "本群还没有备案，或不由机器人管理，不能发群公告。",
    "which_group": "请写明是哪个群：群公告 群=群号",
}

CARD = {
    "right": "您的名片已经是对的：{card}",
    "should": "请把群名片改成下面这一行，也可以发送「改名片」由机器人代改：\n{card}",
    "general": "您的群名片应写成下面这一行，可以复制：\n{card}",
    "too_long": "您的姓名太长，QQ 名片放不下，名片不作要求。",
    "setting": "正在把您的群名片改成：{card}",
    "cannot": "机器人在本群不是管理员，改不了。请手动改成：{card}",
    "officer": "您是{role}，机器人没有权限改您的名片。请手动改成：{card}",
    "which_group": "请写明是哪个群，例如：改名片 群={sample}{groups}",
    "your_groups": "。您在的群：{listed}",
    "not_in_group": "没有在这个群里看到您，请稍后再试。",
    "not_enforced": "本群现在不由机器人改名片，请手动改成：{card}",
}

ROLES = {"owner": "群主", "admin": "群管理员"}

CHECK = {
    "clean": "群「{group}」检查完毕：{count} 人，没有发现问题。",
    "findings": "群「{group}」检查完毕：{count} 人，发现 {n} 处。",
    "line": "· {title} {n}",
    "unknown": "群「{group}」这次不能下结论：{why}。请稍后再试。",
    "elsewhere": (
        "群「{group}」由我的另一个账号照看，已请它去读，还没有读完。请一分钟后再发一次「群检查」。"
    ),
    "paused_elsewhere": (
        "群「{group}」由我的另一个账号照看，现在全部暂停，它先不读。请在「恢复」之后再发一次「群检查」。"
    ),
    "case": "V{id} {title}：{what}",
    "more": "……另有 {n} 处，发送「违规 群={group_id}」查看。",
}
