"""What is said of reading DingTalk."""

REFUSED = "钉钉没有答应（{code}）：{why}"
UNKNOWN = "请凭错误码在钉钉开放平台文档里查"
UNREACHABLE = "连不上钉钉；请检查网络和 sources.dingtalk.base_url"
MOVING = "读取时部门一直在变动，没有读全；下次再读"
NO_SECRET = "没有设置 DINGTALK_APP_SECRET；请写在 .env"
BAD_ANSWER = "钉钉的回答缺少{what}，没有读全"
UNKNOWN_PEOPLE = "{count} 人不在应用的权限范围里，看不到，不作离职；请把权限范围设为“全部员工”：{named}"
ORIGIN = "钉钉通讯录（{departments} 个部门）"

# By `errcode`, `sub_code` or `code` of DingTalk's documentation.
ERRORS = {
    "-1": "钉钉系统繁忙，或调用太频繁；稍后会再读",
    "40001": "AppKey 或 AppSecret 不对；请核对 sources.dingtalk.app_key 和 DINGTALK_APP_SECRET",
    "40014": "访问凭证无效；请核对 AppKey 和 AppSecret",
    "42001": "访问凭证过期，重新获取后仍然无效",
    "40035": "参数不对",
    "40089": "AppKey 或 AppSecret 不对；请核对 sources.dingtalk.app_key 和 DINGTALK_APP_SECRET",
    "50002": "员工不在应用的通讯录权限范围内；请把权限范围设为“全部员工”",
    "50004": "部门不在应用的通讯录权限范围内；请把权限范围设为“全部员工”",
    "60003": "部门不存在",
    "60011": "应用没有这项权限；请在开发者后台的权限管理里申请“通讯录部门信息读权限”和“成员信息读权限”",
    "60020": "本机的 IP 不在应用的白名单里；请在开发者后台添加服务器出口 IP",
    "60121": "找不到该员工",
    "88": "鉴权异常；请核对应用的凭证和权限",
    "90001": "调用太频繁，所有接口暂时被禁；稍后会再读",
    "90002": "调用太频繁，接口暂时被禁；稍后会再读",
    "90003": "公司的调用太频繁，暂时被禁；稍后会再读",
    "90005": "公司对这个接口的调用太频繁，暂时被禁；稍后会再读",
    "90018": "超过钉钉的调用频率限制；稍后会再读",
    "Forbidden": "应用没有这项权限；请在开发者后台申请“通讯录基本数据读权限”（离职记录）",
    "invalidClientIdOrSecret": "AppKey 或 AppSecret 不对；请核对 sources.dingtalk.app_key 和 DINGTALK_APP_SECRET",
    "InvalidAuthentication": "访问凭证无效；请核对 AppKey 和 AppSecret",
    "no_json": "答的不是钉钉的格式；请检查 sources.dingtalk.base_url",
}
