"""Who somebody claims to be, and whether they prove it: name, employee number and four phone digits.

A claim is found by looking tokens up in the registry, never by one pattern. What is doubtful proves
nothing: a denial, a second name, a name or number that is part of a longer one.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

from regulation.model import Employee
from regulation.names import fold, name_key
from regulation.registry import Registry

MAX_COMMENT = 1000
LABELS = frozenset(
    "我 我是 我叫 我的 本人 姓名 名字 名 叫 是 的 工号 员工号 员工编号 编号 号 号码 为 手机 手机号 手机号码 电话 电话号码 手机尾号 "
    "尾号 后四位 后4位 末四位 手机后四位 电话后四位 电话尾号 手机号后四位 部门 所属部门 所在部门 你好 您好 大家好 申请 加入 入群 进群 "
    "申请入群 申请加入 本群 群 请 请通过 通过 通过一下 一下 谢谢 感谢 麻烦 新员工 新人 员工 同事 新同事 来自 在 和 及 与 公司 人员 新来的 "
    "新入职 入职 刚入职 职位 岗位 问题 答案 管理员 群主 了 吧 啊 哦 呀 哈 答 问 回答".split()
)
_DENIAL = re.compile("不是|不叫|并非|非本人|冒充|没有|不在|不属于|别人|替人|代替|帮人")
_PHONE_LABEL = re.compile("(?:四位|4位|尾号|手机|电话|末位)[是为:\\s-]*$")
_TOKEN = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·〇]+")
_LONGEST_WORD = 12


@dataclass(frozen=True, slots=True)
class Claim:
    """What a text claims. None: not found. `shaped`: all three parts are there, right or wrong."""

    employee_no: str | None = None
    name: str | None = None
    digits: str | None = None
    shaped: bool = False
    denied: bool = False
    other_names: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """`outcome`: incomplete, failed, no_phone or proved. `employee_no`: whom it counts for or against."""

    outcome: str
    employee_no: str | None = None


def hash_digits(key: bytes, employee_no: str, digits: str) -> str:
    """Return the keyed hash (hex) under which an employee's last four phone digits are kept."""
    return hmac.new(key, f"{employee_no}:{digits}".encode(), hashlib.sha256).hexdigest()


def digits_match(key: bytes, employee: Employee, digits: str) -> bool | None:
    """Compare in constant time; None when the registry holds no phone of this employee."""
    if employee.phone_hash is None:
        return None
    return hmac.compare_digest(hash_digits(key, employee.employee_no, digits), employee.phone_hash)


def check_proof(claim: Claim, registry: Registry, key: bytes) -> Proof:
    """Judge a claim: the name, number and digits must all belong to one employee."""
    if not claim.shaped:
        return Proof("incomplete")
    employee = registry.by_no.get(claim.employee_no) if claim.employee_no else None
    if employee is None:
        return Proof("failed")
    if claim.denied or claim.other_names or claim.name is None or claim.digits is None:
        return Proof("failed", employee.employee_no)
    if name_key(employee.name) != name_key(claim.name):
        return Proof("failed", employee.employee_no)
    match = digits_match(key, employee, claim.digits)
    if match is None:
        return Proof("no_phone", employee.employee_no)
    return Proof("proved" if match else "failed", employee.employee_no)


def claim_of(name: str, employee_no: str, digits: str, registry: Registry) -> Claim:
    """Return the claim of somebody who gave the three parts one by one (`绑定 姓名 工号 手机后四位`)."""
    tail = fold(digits)
    employee = find_number(employee_no, registry)
    whole = re.fullmatch("[0-9]{4}", tail) is not None
    return Claim(
        None if employee is None else employee.employee_no,
        name.strip() or None,
        tail if whole else None,
        shaped=whole and bool(name.strip()) and bool(employee_no.strip()),
    )


def find_number(text: str, registry: Registry) -> Employee | None:
    """Return the employee with this number, whatever its case or width."""
    plain = fold(text)
    for form in (text.strip(), plain, plain.upper()):
        if form in registry.by_no:
            return registry.by_no[form]
    return None


def read_claim(comment: str, registry: Registry) -> Claim:
    """Find out who a comment claims to be; too long a text claims nothing."""
    if len(comment) > MAX_COMMENT:
        return Claim()
    text = fold(_answers(comment))
    tokens = [(match.group(), match.start()) for match in _TOKEN.finditer(text)]
    names, fragments = _names(text, registry)
    numbered = {token: e for token, _ in tokens if (e := find_number(token, registry)) is not None}
    quads = [(token, at) for token, at in tokens if re.fullmatch("[0-9]{4}", token)]
    employee, digits = _assign(text, names, numbered, quads)
    with_digits = [token for token, _ in tokens if any(c.isdigit() for c in token)]
    return Claim(
        employee.employee_no if employee is not None else None,
        next(iter(names.values()), None) if len(names) == 1 else None,
        digits,
        shaped=bool(names or fragments) and _has_both(employee, with_digits, [q for q, _ in quads]),
        denied=_DENIAL.search(text) is not None,
        other_names=len(names) > 1,
    )


def _has_both(employee: Employee | None, with_digits: list[str], quads: list[str]) -> bool:
    """Tell whether an employee number and, apart from it, four digits are there, right or wrong."""
    if employee is None:
        return bool(quads) and len(with_digits) > 1
    rest = list(quads)
    number = next((token for token in with_digits if fold(employee.employee_no) == token), "")
    if number in rest:
        rest.remove(number)
    return bool(rest)


def _answers(comment: str) -> str:
    """Return the answers of `问题：…答案：…` pairs, or the whole text where there are none."""
    parts = re.split("答案\\s*[:：]", comment)
    if len(parts) == 1:
        return comment
    return "\n".join(re.split("问题\\s*[:：]", part)[0] for part in parts[1:])


def _assign(
    text: str, names: dict[str, str], numbered: dict[str, Employee], quads: Sequence[tuple[str, int]]
) -> tuple[Employee | None, str | None]:
    """Return the one employee whose number and name stand there, and the digits beside them.

    Where two assignments are possible the label before the digits decides, else nothing is read.
    """
    by_name = [(token, e) for token, e in numbered.items() if name_key(e.name) in names]
    labelled = [token for token, at in quads if _PHONE_LABEL.search(text[:at])]
    if len(by_name) > 1 and len(labelled) == 1:
        by_name = [(token, e) for token, e in by_name if token != labelled[0]]
    if len(by_name) > 1:
        return None, None
    token, employee = by_name[0] if by_name else next(iter(numbered.items()), ("", None))
    rest = [quad for quad, _ in quads]
    if token in rest:
        rest.remove(token)
    if len(labelled) == 1 and labelled[0] in rest:
        return employee, labelled[0]
    return employee, rest[0] if len(rest) == 1 else None


def _names(text: str, registry: Registry) -> tuple[dict[str, str], list[str]]:
    """Return the names that stand whole in `text` (key → as written), and what else looks like one."""
    found: dict[str, str] = {}
    fragments: list[str] = []
    joined = re.sub(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])", "", text)
    for source in (text, joined):
        for run in _CHINESE.findall(name_dots(source)):
            names, unknown = _segment(run, registry)
            found |= {name_key(name): name for name in names}
            fragments += [piece for piece in unknown if 2 <= len(piece) <= 12]
        if found:
            break
    words = [match.group() for match in re.finditer(r"[a-z]+", text)]
    for size in (1, 2, 3):
        for at in range(len(words) - size + 1):
            key = name_key(" ".join(words[at : at + size]))
            if key in registry.by_name:
                found[key] = key
    return found, fragments


def name_dots(text: str) -> str:
    """Return `text` with every middle dot of a name written as one."""
    return re.sub("[•・‧∙⋅●･᛫⸱ꞏ]", "·", text)


def _segment(run: str, registry: Registry) -> tuple[list[str], list[str]]:
    """Cut a run of Chinese into known words with the fewest characters left over.

    A name counts only where its neighbours are known words too: `张三丰` holds no `张三`.
    """
    best: list[tuple[int, int, str]] = [(0, 0, "")]
    for end in range(1, len(run) + 1):
        options = [(best[end - 1][0] + 1, end - 1, "?")]
        for start in range(max(0, end - _LONGEST_WORD), end):
            kind = _kind(run[start:end], registry)
            if kind:
                options.append((best[start][0], start, kind))
        best.append(min(options, key=lambda option: (option[0], option[1])))
    pieces: list[tuple[str, str]] = []
    end = len(run)
    while end:
        _, start, kind = best[end]
        pieces.append((run[start:end], kind))
        end = start
    return _read_pieces(pieces[::-1])


def _read_pieces(pieces: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    names: list[str] = []
    unknown: list[str] = []
    previous = ""
    for at, (piece, kind) in enumerate(pieces):
        following = pieces[at + 1][1] if at + 1 < len(pieces) else ""
        if kind == "name" and previous != "?" and following != "?":
            names.append(piece)
        elif kind == "name":
            unknown.append(piece)
        elif kind == "?" and previous == "?":
            unknown[-1] += piece
        elif kind == "?":
            unknown.append(piece)
        previous = kind
    return names, unknown


def _kind(word: str, registry: Registry) -> str:
    if word in LABELS:
        return "label"
    if word in registry.tree.by_name:
        return "department"
    return "name" if len(word) > 1 and name_key(word) in registry.by_name else ""


def mask_digits(text: str) -> str:
    """Return `text` with every run of digits masked but for at most its first two."""
    return re.sub(r"\d+", lambda match: match.group()[: min(2, len(match.group()) // 3)] + "****", text)
