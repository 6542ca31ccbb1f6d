"""Who somebody claims to be, and whether they prove it: name, employee number and four phone digits (四.1.3).

A claim is found by looking tokens up in the registry, never by one pattern. What is doubtful proves
nothing: a denial, a second name or employee, a name or number that is part of a longer one.
"""

import hmac
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from regulation.cards.names import fold, name_key, name_text
from regulation.claims.comment import Piece, looks_like_name, pieces_of, prepared
from regulation.claims.digits import digest_digits
from regulation.claims.numbers import Token, number_forms, number_key, tokens_of
from regulation.model import Employee
from regulation.registry import Registry

MAX_COMMENT = 1000
_QUAD = re.compile("[0-9]{4}")
_ANSWER = re.compile(r"(?:^|\n)\s*答案?\s*[:：]")
_ANSWER_ANYWHERE = re.compile(r"答案\s*[:：]")
_QUESTION = re.compile(r"(?:^|\n)\s*问题?\s*[:：]")
_DENIAL = re.compile(
    "不是(?!机器人|广告|推销|骗子|外人|外部|陌生人)|不叫|不姓|不认识|不属于|不算是|并非|绝非|非本人|本人非|没叫|"
    "冒充|冒名|冒用|假冒|假装|顶替|代替|替代|别人|他人|isn'?t|n't"
)
_NOT = re.compile(r"(?<![^\W_])not(?![^\W_])")
_RELATED = re.compile(
    "的(?:老婆|老公|爱人|妻子|丈夫|太太|家属|家人|朋友|同学|同事|儿子|女儿|父亲|母亲|爸|妈|哥|弟|姐|妹|"
    "亲戚|助理|秘书|徒弟|师傅|司机|客户)"
)

# A run of digits; pieces of one or two with signs between them, as in 5-6-7-8; Chinese numerals.
_MASKED = re.compile(
    "0{3,}|(?<!0)0{1,2}(?:[^\\w\\n]{1,3}0{1,2}(?!0))+[\ufe0f\u20e3]*|"
    "[零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{4,}"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a text claims; None: not there. All three there makes a proof, right or wrong.

    `employee_no` is the registry's spelling where the number exists, else as written. `candidates`: the
    employees that may be meant; other than one proves nothing, nor does `ambiguous`: digits or number
    that can be read in two ways. `other_names`: more than one employee's name. `denied`: "我不是…".
    """

    employee_no: str | None = None
    name: str | None = None
    digits: str | None = None
    candidates: tuple[str, ...] = ()
    other_names: bool = False
    denied: bool = False
    ambiguous: bool = False

    @property
    def complete(self) -> bool:
        """Tell whether name, number and four digits are all there, right or wrong."""
        return self.name is not None and self.employee_no is not None and self.digits is not None

    @property
    def about(self) -> frozenset[str]:
        """Return every employee number that this may be a proof for."""
        return frozenset(no for no in (self.employee_no, *self.candidates) if no)


@dataclass(frozen=True, slots=True)
class Proof:
    """`outcome`: incomplete (row 4), failed (row 5, counted), no_phone (held) or proved.

    `employee_no`: whom it proves or, when failed, counts against; None for a number that doesn't exist.
    """

    outcome: str
    employee_no: str | None = None


def digits_match(key: bytes, employee: Employee, digits: str) -> bool | None:
    """Compare in constant time; None when the registry holds no phone of this employee."""
    if employee.phone_hash is None:
        return None
    return hmac.compare_digest(digest_digits(key, employee.employee_no, digits), employee.phone_hash)


def check_proof(claim: Claim, registry: Registry, key: bytes) -> Proof:
    """Judge a claim: name, number and digits must all belong to one employee, beyond doubt."""
    if claim.employee_no is None or claim.name is None or claim.digits is None:
        return Proof("incomplete")
    employee = registry.by_no.get(claim.employee_no)
    if employee is None:
        return Proof("failed")
    doubtful = claim.denied or claim.other_names or claim.ambiguous or len(claim.candidates) != 1
    if doubtful or not registry.bears(employee, name_key(claim.name)):
        return Proof("failed", employee.employee_no)
    match = digits_match(key, employee, claim.digits)
    if match is None:
        return Proof("no_phone", employee.employee_no)
    return Proof("proved" if match else "failed", employee.employee_no)


def claim_of(name: str, employee_no: str, digits: str, registry: Registry) -> Claim:
    """Return the claim of somebody who gave the three parts one by one (`绑定 姓名 工号 手机后四位`)."""
    tail, key = fold(digits), name_key(name)
    employee = find_number(employee_no, registry, among=registry.by_name.get(key, ()))
    number = employee.employee_no if employee is not None else fold(employee_no) or None
    whole = _QUAD.fullmatch(tail) is not None
    known = () if employee is None else (employee.employee_no,)
    return Claim(number, name.strip() if key else None, tail if whole else None, known)


def find_number(text: str, registry: Registry, among: Sequence[str] = ()) -> Employee | None:
    """Return the employee with this number, whatever its width; its case doesn't matter either.

    `among`: numbers to compare with whatever their case; others are found as written, upper or lower.
    """
    plain = number_key(text)
    found = next((no for no in among if number_key(no) == plain), None)
    forms = (text.strip(), *number_forms(plain)) if found is None else (found,)
    return next((registry.by_no[form] for form in forms if form in registry.by_no), None)


def read_claim(comment: str, registry: Registry) -> Claim:
    """Find out who a join comment claims to be (四.1.3); one beyond 1000 characters claims nothing.

    Of `问题：…答案：…` pairs only the answers count. Labels (工号, 手机尾号) decide what a number is; else
    the one reading does that fits the name, and of two that only swap number and digits, number first.
    """
    if len(comment) > MAX_COMMENT:
        return Claim()
    text = prepared("\n".join(_without(answer, question) for question, answer in _pairs(comment)))
    pieces = pieces_of(text, registry)
    people = _people(pieces)
    nos = [no for key in people for no in registry.by_name[key]]
    tokens = tokens_of(text, [piece for piece in pieces if piece.kind != "other"], nos, registry)
    name = next(iter(people), None) or next(
        (piece.text for piece in pieces if looks_like_name(piece, text, registry)), None
    )
    mentioned = {*people, *(piece.text for piece in pieces if piece.kind == "other")}
    claim = Claim(name=name, other_names=len(mentioned) > 1, denied=_is_denied(text, people))
    found = _assigned(nos, tokens)
    return _with_reading(claim, found, tokens) if found else _as_written(claim, tokens)


def answers_in(comment: str) -> str:
    """Return what somebody wrote as it stands, without the group's questions before it."""
    return "\n".join(answer.strip() for _, answer in _pairs(comment))


def _pairs(comment: str) -> list[tuple[str, str]]:
    """Return each question with its answer; a comment that is no answer is one without a question."""
    for marker in (_ANSWER, _ANSWER_ANYWHERE):
        parts = marker.split(comment)
        if len(parts) == 1:
            continue
        pairs: list[tuple[str, str]] = []
        question = _QUESTION.split(parts[0])[-1]
        for part in parts[1:]:
            answer, *after = _QUESTION.split(part, maxsplit=1)
            pairs.append((question, answer))
            question = after[0] if after else ""
        return pairs
    return [("", comment)]


def _without(answer: str, question: str) -> str:
    """Return an answer without its question where that is repeated in it."""
    asked = name_text(question)
    return name_text(answer).replace(asked, "\n") if len(asked) > 1 else answer


def _people(pieces: Sequence[Piece]) -> list[str]:
    """Return the distinct names of employees; common words only where there is no other name."""
    people = [piece for piece in pieces if piece.kind == "person"]
    chosen = [piece for piece in people if not piece.weak] or people
    return list(dict.fromkeys(piece.text for piece in chosen))


def _is_denied(text: str, people: Sequence[str]) -> bool:
    """Tell whether the text denies being somebody, or speaks of somebody's relation."""
    squeezed = "".join(text.replace("·", "").split())
    said = squeezed
    for name in people:
        # 王不 是市场部的 denies nothing: what is part of a name says nothing else.
        said = said.replace(name, "\n")
    if _DENIAL.search(said) or _NOT.search(text):
        return True
    return any(_RELATED.match(squeezed, end) for name in people for end in _ends(name, squeezed))


def _ends(name: str, text: str) -> Iterator[int]:
    """Yield where each occurrence of a name ends."""
    start = text.find(name)
    while start >= 0:
        yield start + len(name)
        start = text.find(name, start + 1)


@dataclass(frozen=True, slots=True)
class _Assigned:
    """One way to read the tokens: this one the number of `employee_no`, that one the digits."""

    employee_no: str
    number: Token
    digits: Token

    @property
    def values(self) -> frozenset[str]:
        return frozenset((self.number.text, self.digits.digits))


def _assigned(nos: Sequence[str], tokens: Sequence[Token]) -> list[_Assigned]:
    """Return every way to read the tokens as number and digits of somebody named, as labels allow."""
    labelled = {token.label for token in tokens}
    found: list[_Assigned] = []
    for no in nos:
        form = number_key(no)
        for number in tokens:
            if number.text != form or not _may_be(number, "no", labelled):
                continue
            found += [
                _Assigned(no, number, token)
                for token in tokens
                if token is not number and token.digits and _may_be(token, "digits", labelled)
            ]
    return found


def _may_be(token: Token, label: str, labelled: set[str]) -> bool:
    return token.label == label if label in labelled else token.label == ""


def _with_reading(claim: Claim, found: Sequence[_Assigned], tokens: Sequence[Token]) -> Claim:
    distinct = {(one.employee_no, one.digits.digits): one for one in reversed(found)}
    chosen = next(iter(reversed(distinct.values())))
    clear = len(distinct) == 1
    if not clear and len({one.values for one in found}) == 1:
        in_order = [one for one in found if one.number.start < one.digits.start]
        values = {(one.employee_no, one.digits.digits) for one in in_order}
        if len(values) == 1:
            chosen, clear = in_order[0], True
    known = [
        no
        for token in tokens
        if token.text not in chosen.values and len(token.text) > 1
        for no in token.known
    ]
    strays = [
        token for token in tokens
        if token.text not in chosen.values and token.label and token.digits != chosen.digits.digits
    ]  # fmt: skip
    return replace(
        claim,
        employee_no=chosen.employee_no,
        digits=chosen.digits.digits,
        candidates=tuple(dict.fromkeys((chosen.employee_no, *known))),
        ambiguous=not clear or bool(strays),
    )


def _as_written(claim: Claim, tokens: Sequence[Token]) -> Claim:
    """Fill in what stands there though nobody named has such a number: a wrong proof at best.

    Without a candidate it can't be taken for a right one.
    """
    numbers = [token for token in tokens if token.label == "no"]
    numbers += [token for token in tokens if not token.label and token.known]
    numbers += [token for token in tokens if not token.label and not token.known and token.is_code]
    quads = [token for token in tokens if token.digits and token.label == "digits"]
    quads += [token for token in tokens if token.digits and not token.label]
    pairs = [(number, quad) for number in numbers for quad in quads if quad is not number]
    number, quad = pairs[0] if pairs else (numbers[0] if numbers else None, None)
    if number is None:
        return replace(claim, digits=quads[0].digits if quads else None)
    no = number.known[0] if number.known else number.text
    return replace(claim, employee_no=no, digits=quad.digits if quad else None)


def mask_digits(text: str) -> str:
    """Return `text` with whatever may be a number or phone digits masked: `10****`, or `****` up to 4 digits.

    Also pieces of one or two digits with signs between them, and four or more Chinese numerals.
    """
    shadow = "".join("0" if _is_digit(character) else character for character in text)
    masked: list[str] = []
    at = 0
    for found in _MASKED.finditer(shadow):
        length = found.end() - found.start()
        plain = length > 4 and found[0].strip("0") == ""
        masked += [text[at : found.start()], text[found.start() : found.start() + 2] if plain else "", "****"]
        at = found.end()
    return "".join([*masked, text[at:]])


@lru_cache(4096)
def _is_digit(character: str) -> bool:
    return unicodedata.digit(character, None) is not None
