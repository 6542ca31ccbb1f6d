"""What is said of a QQ number that two employees are named for."""

ITEM = "QQ 归属 {qq}｜已核实给 {holder}，名册 I{import_id} 说是 {claimant}；定下来之前不动它｜同意＝改归后者，驳回＝不变"
TWICE = "QQ 归属 {qq}｜{holder} 已有别的 QQ，这一个是同时核实的｜同意＝保留，驳回＝解绑"
PERSON = "{name}（{no}{left}）"
LEFT = "，已离职"
GONE = "Q{id} 已经不用办理了。"
MOVED = "Q{id} 已办理：按名册改归。"
KEPT = "Q{id} 已办理：按原来的不变。"
