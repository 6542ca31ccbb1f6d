"""What is said of the draws of spot checks: the promise before the month, and what it held afterwards."""

DRAW = {
    "promised": (
        "{month} 的抽查已经抽好，哪天查哪个群，月底后才公开。核对码：{hash}\n"
        "请留着这条消息；月底后发送「抽查 复核 {month}」，核对码相同就说明中途没有改过。"
    ),
    "revealed": "{month} 的抽查已结束，抽签依据：{text}\n由它算出的就是先前的核对码 {hash}。发送「抽查 复核 {month}」看每个群。",
    "none": "{month} 没有抽签记录。",
    "secret": "{month} 的抽查还没有结束，种子月底后公开。{at} 给出的核对码：{hash}",
    "head": "{month} 抽查复核\n核对码：{hash}\n依据：{text}\n抽签时 {groups} 个群，共抽 {count} 个群：",
    "fits": "由依据算出的核对码（SHA-256）和先前给出的一致。",
    "broken": "由依据算出的核对码（SHA-256）和先前给出的不一致！请联系管理机器人的同事。",
    "line": "C{id} 群 {group}：{at}{again}，与种子相符",
    "wrong": "C{id} 群 {group}：{at}{again}，与种子不符！",
    "later": "（没查成，改在 {at}）",
    "how": "算法：SHA-256(种子:月份:群号) 除以当月工作秒数，余数就是第几秒；没查成的从当时起按剩下的时间再算。",
}
