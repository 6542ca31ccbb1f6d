"""What is said of where the registry comes from."""

NAMES = {"folder": "文件夹", "ldap": "公司目录", "scim": "SCIM", "dingtalk": "钉钉"}

APPLIED = "导入 I{id} 已自动生效：{counts}"
UNCHANGED = "和名册一样，没有变化"
UNLISTED = "；{counts}"
DIFFERS = "；{count} 人几处说法不同：{named}"
FAULTY = "；错误 {count}（第 {row} 行：{why}）"
ASIDE = "{text}；{aside}"
WAITING = "导入 I{id} 等行政部同意：{counts}{why}"
UNDONE = "（上一次的导入被撤销过，所以先问）"
STILL_WAITING = "和上次一样，导入 I{id} 还在等行政部同意"
REFUSED = "和已驳回的导入 I{id} 一样，没有再问"
NOTHING_NEW = "没有新内容"
BUSY = "{source}正在读取，或刚刚读过，这次没有再读"
STOPPED = "读取中途停了，没有改动"
BROKE = "读取出错，没有改动；原因见日志"
PARTIAL = "没有读全，没有改动：{why}"
EMPTY = "一个人也没有读到，没有改动"

FOLDER = {
    "writing": "“{name}”还在写，或正有人打开着，下次再看",
    "half": "“{name}”没有写完，或已损坏；没有改动，下次再看",
    "too_big": "“{name}”超过 {limit} MB，没有读",
    "unreadable": "{path} 读不出来（{why}）",
    "refused": "“{name}”没有采用：{why}",
}

DIRECTORY = {
    "connect": "目录连不上，或中途断了；请核对 sources.ldap.url 和网络",
    "certificate": "目录的证书没有通过验证；公司自己的根证书请写在 sources.ldap.ca_file，地址要和证书上的名字一样",
    "start_tls": "目录不能转为加密连接，没有发送密码；请改用 ldaps:// 地址",
    "bind": "目录不认这个账号；请核对 sources.ldap.bind_dn 和 .env 的 LDAP_PASSWORD",
    "wrong": "sources.ldap 的 base 或 filter 写得不对",
    "no_base": "目录没有说人员在哪里；请写 sources.ldap.base",
    "partial": "目录只给了 {count} 人就停了（{why}），没有读全，没有改动",
    "slow": "目录 {minutes} 分钟还没有给完，没有再等，没有改动",
    "encoding": "目录里有不是 UTF-8 的文字，没有改动",
    "other": "目录没有读成，没有改动；原因见日志",
    "limit": "超过目录服务器允许的条数或时间",
    "busy": "目录服务器忙",
    "code": "错误码 {code}",
}

OVERVIEW = {
    "title": "名册来源 {source}",
    "line": "{title}：{text}",
    "never": "还没有读过",
    "never_told": "还没有谁推送过",
    "running": "正在读第一次",
    "well": "{when} 读到 {people} 人；{text}",
    "nothing": "{when} 看过，没有新内容；此前：{text}",
    "failed": "{when} 没有读成，名册没有改动：{text}；上次读成 {good}",
    "never_good": "从未",
    "no_text": "没有变化",
}

TERMINAL = {
    "none": "没有设置来源，名册由行政部导入；要自动读取，见 docs/sources.zh.md",
    "unknown": "没有设置 {name} 这个来源；设置了的有：{names}",
    "unknown_none": "没有设置 {name} 这个来源；一个来源也还没有设置，见 docs/sources.zh.md",
}
