"""What `/healthz` and `doctor` say of the bot's own state."""

WELL = "正常"
DATABASE_FAULT = "数据库读不了；请检查数据库是否在运行、磁盘和权限"
DATABASE_SLOW = "数据库 {seconds} 秒内没有答复"
UNKNOWN = "状态读不出来，原因见日志"
NO_ACCOUNT = "没有连接中的 QQ 账号"
STANDS_BY = "没有连接中的 QQ 账号，由其他进程照管"
OFFLINE = "账号 {account} 被 QQ 下线了，请重新登录"
UNREAD = "有已备案的群超过 {hours} 小时没有完整读取"
STUCK = "待发送的事项积压超过 {minutes} 分钟"
ACCOUNT = "账号 {account}：已连接 {age}"
LAST_AUDIT = "上次检查：{when}"
OLDEST_READING = "最久没读的已备案群（共 {filed} 个）：{when}"
BACKLOG = "待发送：{count} 件，最久等了 {age}"
NEVER = "还没有"
AGO = "{age}前"
MINUTES = "{n} 分钟"
HOURS = "{n} 小时"
DAYS = "{n} 天"
# Why the database can't be opened, and what to do about it.
CANNOT_OPEN = {
    "corrupt": "文件已损坏，或不是数据库；请停止机器人，用备份恢复（cli.py db restore）",
    "forbidden": "没有权限读写它或它所在的文件夹；请检查文件夹、所有者和权限",
    "full": "磁盘已满；请腾出空间",
    "busy": "数据库正忙，请稍后再试",
    "other": "请检查路径、权限或连接",
}
NO_PROACTOR = (
    "Windows 上不能用 PostgreSQL：请把 DATABASE_URL 换回 SQLite，或在 WSL、Docker、Linux 里运行机器人"
)
DISK = {
    "full": "磁盘已满，什么都存不下来；请腾出空间",
    "low": "磁盘只剩 {megabytes} MB；请腾出空间",
    "forbidden": "数据目录写不进去；请检查所有者和权限",
    "other": "数据目录写不进去",
}
