"""What is said of a change of the departments' names that was withheld."""

HEAD = "部门改名或别名的改动会让 {count} 人不再属于所在的群（{groups} 个群），先按原来的名称执行"
LINE = "{name}（{department}）：群「{group}」"
MORE = "……共 {count} 处"
APPLIED = "I{id} 已生效：部门名称按新的设置。"
DROPPED = "I{id} 已放弃：部门名称仍按原来的，请改回设置文件。"
NOT_OPEN = "I{id} 已经办理过了。"
