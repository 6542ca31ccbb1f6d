"""What the system refused, in the words of whoever must mend it."""

import errno

_WHY = {
    errno.ENOSPC: "磁盘已满，请腾出空间",
    errno.EDQUOT: "超过了磁盘配额",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "这里只能读，不能写",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.ENOTDIR: "路径里有一段不是文件夹",
    errno.EISDIR: "这是一个文件夹",
    errno.EADDRINUSE: "已被别的程序占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
}


def said(error: OSError) -> str:
    """Return why, as far as we have words for it; else the system's own."""
    return _WHY.get(error.errno or 0) or error.strerror or type(error).__name__
