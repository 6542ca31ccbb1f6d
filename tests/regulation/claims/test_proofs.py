"""Claims in comments, and what they prove (四.1.3): nothing that is doubtful."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulation.claims.digits import digest_digits, hash_digits
from regulation.claims.proofs import (
    Claim,
    Proof,
    check_proof,
    claim_of,
    digits_match,
    mask_digits,
    read_claim,
)
from regulation.model import Employee
from regulation.policy import DepartmentNames
from regulation.registry import Registry
from tests.regulation.claims.table import FAILED, INCOMPLETE, PROVED

KEY = b"key"
DIGITS = {
    "1024": "5678", "2048": "8888", "5678": "1024", "3001": "1111", "A001": "2222", "00123": "3333",
    "XY-1024": "4444", "T7": "5555", "4001": "6666", "4002": "7777", "5050": "5050", "8001": "9999",
    "9001": "1212", "9002": "1313", "9003": "1414", "9004": "1515", "9005": "1616", "9006": "1717",
    "9007": "1818", "9008": "1919", "9009": "2121", "9010": "2323", "9011": "2424", "9012": "2525",
}  # fmt: skip


def employee(no: str, name: str, department: str = "采购部") -> Employee:
    digits = DIGITS.get(no)
    return Employee(no, name, department, phone_hash=digest_digits(KEY, no, digits) if digits else None)


PEOPLE = (
    employee("1024", "张三", "市场部/华东组"),
    employee("2048", "李四"),
    employee("5678", "张三"),
    employee("3001", "张三丰"),
    employee("A001", "王小明"),
    employee("00123", "欧阳娜娜"),
    employee("XY-1024", "阿依古丽·买买提"),
    employee("T7", "Tom Smith", "市场部"),
    employee("4001", "高兴"),
    employee("4002", "华东", "华东"),
    employee("5050", "陈五"),
    employee("8001", "周八", "销售1部"),
    employee("9001", "王伟(小)", "市场部"),
    employee("9002", "王伟A"),
    employee("9003", "张三(Tony)"),
    employee("9004", "Tony 张三"),
    employee("9005", "李伟大"),
    employee("9006", "O’Brien"),
    employee("9007", "Jean-Pierre Dupont"),
    employee("9008", "沈思"),
    employee("9009", "张昇", "市场部"),
    employee("9010", "萧乾"),
    employee("9011", "⻢云"),
    employee("9012", "买买提·阿卜杜热合曼", "市场部"),
    employee("6060", "孙六"),
)
REGISTRY = Registry.build(PEOPLE, [], DepartmentNames(), as_of=datetime(2026, 1, 1, tzinfo=UTC))


def proof_of(comment: str, registry: Registry = REGISTRY) -> Proof:
    return check_proof(read_claim(comment, registry), registry, KEY)


@pytest.mark.parametrize(("comment", "employee_no"), PROVED.items())
def test_a_right_proof_holds_however_it_is_written(comment: str, employee_no: str) -> None:
    assert proof_of(comment) == Proof("proved", employee_no)


@pytest.mark.parametrize(("comment", "employee_no"), FAILED.items())
def test_a_wrong_or_doubtful_proof_fails_and_counts_against_the_number_named(
    comment: str, employee_no: str | None
) -> None:
    assert proof_of(comment) == Proof("failed", employee_no)


@pytest.mark.parametrize("comment", INCOMPLETE)
def test_a_comment_without_all_three_parts_is_no_proof(comment: str) -> None:
    assert proof_of(comment) == Proof("incomplete")


@pytest.mark.parametrize(
    "comment",
    ["张三x1024 5678", "张三 1024x 5678", "张三é1024 5678", "张三 vip-1024 5678", "张三 11024 5678"],
)
def test_a_number_glued_into_a_longer_one_proves_nothing(comment: str) -> None:
    assert proof_of(comment).outcome != "proved"


def test_reads_all_parts_of_a_claim() -> None:
    claim = read_claim("市场部 張三 工号1024 尾号5678", REGISTRY)
    assert claim == Claim("1024", "张三", "5678", ("1024",))
    assert claim.complete


def test_says_why_a_claim_proves_nothing() -> None:
    assert read_claim("我不是张三 1024 5678", REGISTRY).denied
    assert read_claim("张三 李四 1024 5678", REGISTRY).other_names
    assert read_claim("张三 1024 5678 9999", REGISTRY).ambiguous
    assert read_claim("张三 1024 A001 5678", REGISTRY).candidates == ("1024", "A001")


@pytest.mark.parametrize(
    ("comment", "denied"),
    [
        ("文不 是采购部的 7001 4040", False),
        ("采购部 文不 叫我小文也行 7001 4040", False),
        ("我不是文不 7001 4040", True),
        ("文不 7001 4040 不是本人", True),
        ("新不叫 7002 5050", False),
        ("我不叫新不叫 7002 5050", True),
    ],
)
def test_a_name_denies_nothing_by_its_own_characters(comment: str, denied: bool) -> None:
    people = (employee("7001", "文不"), employee("7002", "新不叫"))
    assert read_claim(comment, Registry.build(people, [], DepartmentNames())).denied is denied


def test_two_namesakes_numbers_prove_nothing_for_either() -> None:
    twins = (employee("1024", "张三"), employee("2048", "张三"))
    registry = Registry.build(twins, [], DepartmentNames())
    assert proof_of("张三 1024 2048 5678", registry).outcome == "failed"
    assert proof_of("张三 1024 5678", registry) == Proof("proved", "1024")
    assert proof_of("张三 2048 8888", registry) == Proof("proved", "2048")


def test_a_number_is_found_whatever_its_case() -> None:
    registry = Registry.build([employee("Ab-7", "王五")], [], DepartmentNames())
    assert read_claim("王五 AB-7 1234", registry).employee_no == "Ab-7"
    assert claim_of("王五", "aB-7", "1234", registry).employee_no == "Ab-7"


def test_a_proof_waits_where_the_registry_holds_no_phone() -> None:
    assert proof_of("孙六 6060 1234") == Proof("no_phone", "6060")
    assert proof_of("张三 6060 1234") == Proof("failed", "6060")
    assert digits_match(KEY, PEOPLE[-1], "1234") is None


def test_the_hash_depends_on_key_number_and_digits() -> None:
    one = hash_digits(KEY, "1024", "5678")
    others = {
        hash_digits(b"x", "1024", "5678"),
        hash_digits(KEY, "1025", "5678"),
        hash_digits(KEY, "1024", "1"),
    }
    assert one not in others
    assert one == digest_digits(KEY, "1024", "5678").hex()
    assert len(one) == 64
    assert digits_match(KEY, PEOPLE[0], "5678") is True
    assert digits_match(KEY, PEOPLE[0], "5679") is False


@pytest.mark.parametrize(
    ("given_parts", "proof"),
    [
        (("张三", "1024", "5678"), Proof("proved", "1024")),
        (("張 三", "１０２４", "５６７８"), Proof("proved", "1024")),
        (("王小明", "a001", "2222"), Proof("proved", "A001")),
        (("阿依古丽•买买提", "xy-1024", "4444"), Proof("proved", "XY-1024")),
        (("张三", "1024", "5679"), Proof("failed", "1024")),
        (("张三丰", "1024", "5678"), Proof("failed", "1024")),
        (("张三", "9999", "5678"), Proof("failed")),
        (("孙六", "6060", "1234"), Proof("no_phone", "6060")),
        (("张三", "1024", "56789"), Proof("incomplete")),
        (("张三", "1024", "13812345678"), Proof("incomplete")),
        (("", "1024", "5678"), Proof("incomplete")),
        (("张三", " ", "5678"), Proof("incomplete")),
    ],
)
def test_the_three_parts_given_one_by_one(given_parts: tuple[str, str, str], proof: Proof) -> None:
    assert check_proof(claim_of(*given_parts, REGISTRY), REGISTRY, KEY) == proof


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("张三 1024 5678", "张三 **** ****"),
        ("手机13812345678", "手机13****"),
        ("工号A00123", "工号A00****"),
        ("工号10245", "工号10****"),
        ("１０２４", "****"),
        ("5 6 7 8", "****"),
        ("5-6-7-8", "****"),
        ("5️⃣6️⃣7️⃣8️⃣", "****"),
        ("五六七八", "****"),
        ("①②③④", "****"),
        ("3楼的张三", "3楼的张三"),
        ("第12组", "第12组"),
        ("没有数字", "没有数字"),
    ],
)
def test_masks_what_may_be_a_number_and_keeps_the_rest_readable(text: str, masked: str) -> None:
    assert mask_digits(text) == masked


@given(st.text(alphabet="0123456789０５ -张三工号\u200b五①", max_size=40))
def test_nothing_masked_holds_three_digits_in_a_row(text: str) -> None:
    run = 0
    for character in mask_digits(text):
        run = run + 1 if character.isdigit() else 0
        assert run < 3


WORDS = st.sampled_from(
    ["张三", "李四", "张三丰", "王小明", "1024", "5678", "2048", "8888", "A001", "2222", "工号", "手机后四位",
     "尾号", "不是", "我是", "市场部", "丰", "Tom", "Smith", "T7", "5555", "xy-1024", "4444", "，", " ", "-", "\n",
     "答案：", "问题：", "1", "x", "·"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=14).map("".join))


@given(TEXTS)
def test_no_text_proves_anything_for_somebody_whose_number_and_digits_it_does_not_hold(text: str) -> None:
    proof = proof_of(text)
    if proof.outcome == "proved":
        folded = "".join(c for c in text.casefold() if c != "\u200b")
        assert proof.employee_no is not None
        assert proof.employee_no.casefold() in folded
        assert DIGITS[proof.employee_no] in folded


@given(TEXTS, st.sampled_from(["张三", "1024", "5678"]))
def test_a_text_without_one_of_the_parts_never_proves_it(text: str, missing: str) -> None:
    assert proof_of(text.replace(missing, "")) != Proof("proved", "1024") or missing in text.replace(
        missing, ""
    )


@given(st.text(max_size=1200))
def test_reads_any_text_without_a_fault(text: str) -> None:
    assert set(read_claim(text, REGISTRY).candidates) <= set(REGISTRY.by_no)
    masked = mask_digits(text)
    assert mask_digits(masked) == masked


# As companies call their departments, and as their people write it when they ask to join.
SIGNED = (
    "行政、人事部", "海外, 港澳", "人事(行政)部", "研发部（武汉）", "研发-测试部", "质量&安全部", "5G+部", "“双碳”办",
    "党委办公室·纪检", "R&D", "100%组", "#1车间", "财务部.核算", "信息部_开发", "工会+团委", "研发1部",
)  # fmt: skip
ASKED = (
    "{department} {name} A0012 1214", "{department}-{name}-A0012-1214", "我是{department}的{name}，工号A0012，尾号1214",
    "部门：{department} 姓名：{name} 工号：A0012 手机后四位：1214",
    "问题：部门 姓名 工号 手机后四位\n答案：{department}{name}，A0012，1214",
)  # fmt: skip


@pytest.mark.parametrize("comment", ASKED)
@pytest.mark.parametrize("department", SIGNED)
def test_signs_in_a_department_are_no_part_of_anything_else(department: str, comment: str) -> None:
    for name in ("张三", "欧阳娜娜", "买买提·阿卜杜热合曼"):
        one = Employee("A0012", name, department, phone_hash=digest_digits(KEY, "A0012", "1214"))
        others = (Employee("2", "李四", "研发12组"), Employee("3", "王五", "人事部"))
        registry = Registry.build((one, *others), [], DepartmentNames())
        text = comment.format(department=department, name=name)
        assert proof_of(text, registry) == Proof("proved", "A0012"), text


@pytest.mark.parametrize("comment", ["张三 A001 2222 我在研发1部", "我在研发1部"])
def test_a_short_department_at_the_end_is_not_taken_for_a_longer_one(comment: str) -> None:
    departments = ("研发1部", "研发12组")
    people = [employee(f"A00{at}", "张三", department) for at, department in enumerate(departments, 1)]
    claim = read_claim(comment, Registry.build(people, [], DepartmentNames()))
    assert claim.candidates == (("A001",) if "2222" in comment else ())


CALLED = st.text(alphabet="研发部A1a-+&（）、·. /", min_size=1, max_size=5)


@given(
    st.lists(CALLED, min_size=1, max_size=4), st.text(alphabet="研发部A1a-+&（）、·. 张三我在", max_size=20)
)
def test_reads_any_text_beside_any_departments(departments: list[str], text: str) -> None:
    people = [employee("A001", "张三", one) for one in departments[:1]]
    people += [employee(f"B{at}", "李四", one) for at, one in enumerate(departments[1:])]
    registry = Registry.build(people, [], DepartmentNames())
    for comment in (text, *departments, text + departments[0]):
        assert set(read_claim(comment, registry).candidates) <= set(registry.by_no)
