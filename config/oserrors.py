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
    errno.EIO: "磁盘读写出错，请检查磁盘",
    errno.EBUSY: "正被别的程序使用",
    errno.ETXTBSY: "正被别的程序使用",
    errno.EEXIST: "已经有同名的了",
    errno.ENAMETOOLONG: "名字太长",
    errno.EINVAL: "这样写不对",
    errno.ELOOP: "路径绕回了自己",
    errno.EFBIG: "文件太大",
    errno.ENXIO: "没有这个设备",
    errno.EMFILE: "打开的文件太多，请稍后再试",
    errno.ENFILE: "打开的文件太多，请稍后再试",
    errno.ENOMEM: "内存不够",
    errno.EPIPE: "对方已经关上",
    errno.ECONNREFUSED: "对方没有在运行，或不接受连接",
    errno.ECONNRESET: "连接被对方断开",
    errno.ETIMEDOUT: "等得太久，没有答复",
    errno.EHOSTUNREACH: "找不到那台机器",
    errno.ENETUNREACH: "网络不通",
}


def said(error: OSError) -> str:
    """Return why, as far as we have words for it; else the number to look it up by."""
    return _WHY.get(error.errno or 0) or f"系统错误 {error.errno or 0}"
