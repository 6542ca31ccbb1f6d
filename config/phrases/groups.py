"""What is said about groups that can't be judged, were lost or dissolved."""

UNKNOWN = {
    "lost": "我不在群里了",
    "never": "还没有完整读取过",
    "failed": "检查时程序出错，原因见日志",
    "old": "一天多没有读全过",
    "incomplete": "成员列表不完整",
    "empty": "名册是空的，等名册导入",
    "stale": "名册太旧，等新的名册",
}
NOT_CALLED = "没有找到名叫“{name}”的群，请写群号。"
CALLED_ALIKE = "叫“{name}”的有 {count} 个群：{groups}。请写群号。"
LOST = (
    "群「{group}」（{group_id}）里已经没有我了：被移出，或群已解散。今后的情况无从得知，报表里列为未知。"
    "请群主把我重新请回；群若已解散，请发：解散 群={group_id}"
)
LOST_SEVERAL = (
    "{count} 个群里已经没有我了：{groups}。被移出，或群已解散。今后的情况无从得知，报表里列为未知。"
    "请各群群主把我重新请回；已解散的，请发：解散 群=群号"
)
LOST_ONE = "「{group}」（{group_id}）"
LOST_MORE = " 等"
LOST_PUBLIC = "有已备案的群里没有我了，详情已私聊行政部。"
DISSOLVED = "群「{group}」（{group_id}）已解散：备案 {number}{cases}随之关闭。"
