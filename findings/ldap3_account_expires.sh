#!/usr/bin/env bash
# ldap3 makes dates of Active Directory's accountExpires. Both its values for "never" come out as dates: 0 as the
# year 1601, which departs everybody, and 2^63-1 as the last microsecond of 9999 in UTC, which Shanghai's time
# can't hold. The raw attribute is as the server sent it.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet ldap3==2.10.2rc4 tzdata==2025.2
venv/bin/python - <<'PY'
from zoneinfo import ZoneInfo

import ldap3

server = ldap3.Server("dc1", get_info=ldap3.OFFLINE_AD_2012_R2)
ad = ldap3.Connection(server, user="cn=r", password="x", client_strategy=ldap3.MOCK_SYNC)
ad.strategy.add_entry("cn=r", {"userPassword": "x", "sn": "r"})
ad.bind()
never = {"zero": 0, "largest": 2**63 - 1}
for name, value in never.items():
    ad.strategy.add_entry(f"cn={name},dc=x", {"objectClass": "user", "cn": name, "accountExpires": value})
seen = {}
for name in never:
    ad.search("dc=x", f"(cn={name})", attributes=["accountExpires"])
    answer = ad.response[0]
    seen[name] = answer["attributes"]["accountExpires"], answer["raw_attributes"]["accountExpires"]
print("ldap3", ldap3.__version__, seen)
assert seen["zero"][0].year == 1601 and seen["zero"][1] == [b"0"]
largest, raw = seen["largest"]
assert largest.year == 9999 and raw == [str(2**63 - 1).encode()]
try:
    largest.astimezone(ZoneInfo("Asia/Shanghai"))
except OverflowError as error:
    print("in Shanghai:", error)
else:
    raise SystemExit("it can be told in Shanghai's time now")
PY
