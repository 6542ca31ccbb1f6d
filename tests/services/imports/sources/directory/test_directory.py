"""A directory as a source: OpenLDAP itself with 2,000 people, and Active Directory's schema."""

from datetime import date
from typing import Any

import pytest
from ldap3 import MOCK_SYNC, OFFLINE_AD_2012_R2, SYNC, Connection, Server
from ldap3.strategy.mockSync import MockSyncStrategy

from services.imports.sources.directory.client import is_ad, people, units_of
from services.imports.sources.directory.entries import EntriesStrategy, RawEntry, read_entry
from services.imports.sources.directory.names import key_of
from services.imports.sources.directory.rows import Entry, EntryMap, Mapped, attribute_map, wanted, with_heads
from services.imports.sources.model import Outcome
from tests.services.imports.sources.directory import slapd
from tests.services.imports.sources.directory.slapd import BASE, PASSWORD, STAFF


async def test_two_thousand_people_come_page_by_page(app, reads):
    pulled = await reads()
    assert (pulled.outcome, pulled.people) == (Outcome.APPLIED, 2001)
    one = app.registry.by_no["B0005"]
    assert (one.name, one.department, one.title) == ("员工5", "财务部/华南组", "职员")
    assert (await reads()).outcome is Outcome.UNCHANGED


async def test_a_unit_with_a_comma_in_its_name_is_one_department(app, reads):
    await reads()
    assert app.registry.by_no["B9999"].department == "海外, 港澳"


async def test_who_is_named_by_language_only_is_named_in_chinese(app, reads):
    await reads()
    assert app.registry.by_no["B9999"].name == "员工外"


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (r"海外\, 港澳", "海外, 港澳"),
        (r"海外\2C 港澳", "海外, 港澳"),
        (r"\E5\B8\82场部", "市场部"),
        (r"\#1\+\\", "#1+\\"),
    ],
)
def test_a_unit_is_named_as_people_wrote_it(written: str, plain: str):
    assert units_of(f"ou={written},{STAFF}", 3) == (plain,)


@pytest.mark.parametrize(
    "written",
    [
        "CN=Li  Ming, OU=研发１部, DC=X",
        "cn = li ming;ou=研发1部;dc=x",
        r"cn=li\20ming,ou=\E7\A0\94发1部,dc=x",
    ],
)
def test_one_name_is_known_in_every_spelling(written: str):
    assert key_of(written) == key_of("cn=li ming,ou=研发1部,dc=x")


def test_a_comma_of_another_width_is_no_end_of_a_part():
    assert key_of("cn=李，明,dc=x") == key_of("cn=李，明, dc=x") != key_of("cn=李,明,dc=x")


def test_names_of_several_are_several():
    names = [
        "",
        "cn=li,ou=研发1部,dc=x",
        "cn=li,ou=研发2部,dc=x",
        r"cn=li\,ou=研发1部,dc=x",
        "ou=研发1部,dc=x",
    ]
    assert len(set(map(key_of, names))) == len(names)
    assert key_of("") == ""


async def test_who_is_manager_of_the_own_department_heads_it(app, reads):
    await reads()
    assert {number for number, one in app.registry.by_no.items() if one.is_head} == {
        f"B{n:04}" for n in range(4)
    }


def mapped(dn: str, department: str, title: str, manager: str = "") -> Mapped:
    return Mapped({"employee_no": dn, "department": department, "title": title}, dn, manager)


def test_heads_are_told_by_their_own_department_and_by_title():
    rows = [
        mapped("above", "总部", "总裁"),
        mapped("head", "市场部", "负责", "above"),
        mapped("below", "市场部/华东组", "专员", "head"),
        mapped("deputy", "市场部", "副手", "head"),
        mapped("led by a deputy", "市场部", "专员", "deputy"),
        mapped("titled", "财务部", "经理", "above"),
        mapped("of others", "采购部", "专员", "above"),
        mapped("elsewhere", "信息部", "专员", "of others"),
    ]
    heads = {row["employee_no"] for row in with_heads(rows, ["经理"]) if row["is_head"] == "是"}
    assert heads == {"head", "titled"}


def test_where_no_managers_are_named_the_directory_says_nothing_of_heads():
    assert all("is_head" not in row for row in with_heads([mapped("one", "财务部", "经理")], ["经理"]))


def message(tag: int, *parts: bytes) -> bytes:
    """Return one value of BER, its length in two bytes as Windows writes it."""
    inside = b"".join(parts)
    return bytes((tag, 0x82)) + len(inside).to_bytes(2) + inside


def test_an_entry_is_read_from_its_bytes_with_lengths_written_either_way():
    long = "长" * 200
    mail, none = (
        message(0x30, message(4, b"Mail"), message(0x31, b"\x04\x01a", message(4, long.encode()))),
        message(0x30, message(4, b"title"), message(0x31)),
    )
    entry = message(0x64, message(4, "cn=王芳,dc=xy".encode()), message(0x30, mail, none))
    assert read_entry(b"before" + b"\x02\x01\x07" + entry, 6) == RawEntry(
        "cn=王芳,dc=xy", {"mail": [b"a", long.encode()], "title": []}
    )


def test_what_is_no_entry_is_left_to_the_library():
    assert read_entry(bytes.fromhex("300c02010765070a010004000400"), 2) is None


class Pieces:
    """A socket whose far side sends so many bytes at a time."""

    def __init__(self, sent: bytes, size: int) -> None:
        self._pieces = [sent[at : at + size] for at in range(0, len(sent), size)]

    def gathered(self) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""


@pytest.mark.parametrize("size", [1, 9, 30, 1000])
def test_messages_come_in_pieces_of_any_size(size: int):
    entry = message(0x30, b"\x02\x01\x07", message(0x64, message(4, b"cn=x"), message(0x30)))
    done = bytes.fromhex("300c02010765070a010004000400")
    connection: Any = Connection(Server("nowhere"), client_strategy=SYNC)
    EntriesStrategy.put_into(connection)
    connection.socket = Pieces(entry + entry + done + entry, size)
    assert connection.strategy.receiving() == [done]
    assert connection.strategy.receiving() == []
    assert connection.strategy.taken == [RawEntry("cn=x", {})] * 3


async def test_start_tls_protects_a_plain_address(app, reads, directory):
    assert (await reads(url=directory.plain_url)).people == 2001


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"ca_file": ""}, "证书没有通过验证"),
        ({"url": "ldaps://localhost:1"}, "连不上"),
        ({"bind_dn": f"cn=nobody,{BASE}"}, "不认这个账号"),
        ({"filter": "(cn=*"}, "写得不对"),
        ({"base": f"ou=没有,{BASE}"}, "写得不对"),
        ({"filter": "(cn=没有这个人)"}, "没有改动"),
    ],
)
async def test_what_fails_is_said_and_changes_nothing(app, reads, values, said):
    pulled = await reads(**values)
    assert pulled.outcome is Outcome.FAILED
    assert said in pulled.text
    assert PASSWORD not in pulled.text
    assert app.registry.by_no == {}


async def test_a_certificate_of_another_name_is_refused(app, reads, directory):
    assert "证书" in (await reads(url=directory.url.replace("localhost", "127.0.0.1"))).text


async def test_a_server_that_ends_in_the_middle_is_no_complete_reading(app, reads):
    pulled = await reads(bind_dn="", password="")
    assert pulled.outcome is Outcome.FAILED
    assert f"只给了 {slapd.MOST} 人就停了（超过目录服务器允许的条数或时间）" in pulled.text
    assert app.registry.by_no == {}


# 2026-12-01 00:00 in Shanghai, in 100 ns since 1601.
MIDNIGHT = 134405280000000000


class Mocked(MockSyncStrategy):
    """ldap3's own directory in memory, whose entries come as a server's do: no socket, no bytes."""

    @property
    def taken(self) -> list[RawEntry]:
        found = self.connection.response or ()
        return [
            RawEntry(one["dn"], {name.casefold(): values for name, values in one["raw_attributes"].items()})
            for one in found
        ]


def ad() -> Connection:
    """Active Directory as its offline schema has it."""
    server = Server("dc1", get_info=OFFLINE_AD_2012_R2)  # pyright: ignore[reportArgumentType]
    made = Connection(server, user="cn=reader", password="x", client_strategy=MOCK_SYNC)
    made.strategy.add_entry("cn=reader", {"userPassword": "x", "sn": "r"})
    top = "OU=员工,DC=xy,DC=example"
    rows = {
        "王芳": {
            "employeeID": "A1",
            "department": "市场部",
            "title": "总监",
            "userAccountControl": 512,
            "accountExpires": 0,
        },
        "李雷": {"employeeID": "A2", "userAccountControl": 512, "accountExpires": 9223372036854775807},
        "张三": {"employeeID": "A3", "department": "市场部", "userAccountControl": 514, "accountExpires": 0},
        "赵四": {
            "employeeID": "A4",
            "department": "市场部",
            "userAccountControl": 512,
            "accountExpires": MIDNIGHT,
        },
    }
    for name, values in rows.items():
        dn = f"CN={name},OU=华东组,OU=市场部,{top}"
        values |= {
            "objectClass": ["top", "person", "organizationalPerson", "user"],
            "objectCategory": "person",
        }
        made.strategy.add_entry(dn, {"cn": name, "displayName": name, **values})
    made.bind()
    made.strategy.__class__ = Mocked
    return made


def test_active_directory_says_who_has_left_and_never_by_never():
    connection = ad()
    assert is_ad(connection)
    names = attribute_map(True, {})
    found = people(connection, "OU=员工,DC=xy,DC=example", "(objectClass=user)", wanted(names, True))
    entries = EntryMap(names, date(2026, 11, 29))
    rows = {row["employee_no"]: row for row in (entries.mapped(one).cells for one in found)}
    assert (rows["A1"]["departed_on"], rows["A1"].get("status")) == ("", None)
    assert (rows["A2"]["departed_on"], rows["A2"]["department"]) == ("", "市场部/华东组")
    assert (rows["A3"]["departed_on"], rows["A3"]["status"]) == ("", "离职")
    assert rows["A4"]["departed_on"] == "2026-12-01"


async def test_whose_number_changes_is_known_by_the_entry(app, reads):
    await reads()
    pulled = await reads(attributes={"employee_no": "mobile"})
    # One has no mobile number.
    assert (pulled.outcome, "工号变更 2000" in pulled.text) == (Outcome.WAITING, True)
    assert "离职 0" in pulled.text
    assert "未列出 1" in pulled.text


def test_active_directorys_id_of_an_entry_is_written_as_text():
    entry = Entry("cn=x", (), {"objectguid": [b"\x00\xfe" * 8]})
    assert EntryMap(attribute_map(True, {}), date(2026, 3, 2)).mapped(entry).entry_id == "00fe" * 8
