"""A directory of 2,000 people in Chinese, in OpenLDAP itself, and an app that reads it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from services.imports.sources.configured import open_source
from services.imports.sources.pulling import pull
from tests.services.imports.sources.directory import slapd
from tests.services.imports.sources.directory.slapd import BASE, PASSWORD, READER, STAFF, Slapd, ldif

DEPARTMENTS = ("市场部", "财务部", "采购部", "信息部")


def unit(name: str, above: str) -> str:
    return ldif(dn=f"ou={name},{above}", objectClass="organizationalUnit", ou=name)


def person(n: int) -> str:
    department = DEPARTMENTS[n % 4]
    group = f"ou={'华东组' if n % 8 < 4 else '华南组'},ou={department},{STAFF}"
    head = f"cn=员工{n % 4},ou=华东组,ou={department},{STAFF}"
    if n % 4 == 1:
        # As somebody wrote it once; OpenLDAP keeps it so, and finds the same entry by it.
        head = rf"CN=员工１, ou=\e5\8d\8e东组, OU={department}, {STAFF.replace(',', ', ')}"
    return ldif(
        dn=f"cn=员工{n},{group}", objectClass="inetOrgPerson", cn=f"员工{n}", sn="员", employeeNumber=f"B{n:04}",
        title="主任" if n < 4 else "职员", mobile=f"1380000{n:04}", **({"manager": head} if n >= 4 else {}),
    )  # fmt: skip


def company() -> list[str]:
    units = [unit("员工", BASE)]
    for name in DEPARTMENTS:
        units += [unit(name, STAFF), *(unit(group, f"ou={name},{STAFF}") for group in ("华东组", "华南组"))]
    overseas = r"ou=海外\, 港澳," + STAFF
    units += [ldif(dn=overseas, objectClass="organizationalUnit", ou="海外, 港澳")]
    abroad = ldif(
        dn=f"cn=abroad,{overseas}", objectClass="inetOrgPerson", cn="abroad", sn="员", employeeNumber="B9999",
        **{"displayName;lang-zh-cn": "员工外"},
    )  # fmt: skip
    guest = ldif(dn=f"cn=打印机,{STAFF}", objectClass="inetOrgPerson", cn="打印机", sn="打")
    # What lies in another directory is told of among the entries, and not gone after.
    elsewhere = ldif(dn=f"ou=别处,{STAFF}", objectClass="referral") + "\nobjectClass: extensibleObject\n"
    elsewhere += ldif(ou="别处", ref="ldap://localhost:1/dc=x")
    return [*units, *map(person, range(1000)), elsewhere, *map(person, range(1000, 2000)), abroad, guest]


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    """A directory of 2,000 people in Chinese."""
    slapd.needed()
    with slapd.running(tmp_path_factory.mktemp("slapd"), company()) as one:
        yield one


@pytest.fixture
def reads(app, directory):
    """Have the app read that directory; what is given is set besides."""

    def work(password: str = PASSWORD, **values):
        given = {
            "url": directory.url, "base": STAFF, "bind_dn": READER, "ca_file": str(directory.ca_file), **values
        }  # fmt: skip
        sources = app.policy.sources
        app.policy = replace(app.policy, sources=replace(sources, ldap=replace(sources.ldap, **given)))
        app.settings = app.settings.model_copy(update={"ldap_password": password})
        return pull(app, open_source(app, "ldap"))

    return work
