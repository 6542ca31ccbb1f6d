#!/usr/bin/env bash
# OpenLDAP compares names by Unicode's NFKC, without case and spare spaces: 研发１部, 研发①部 and 研发1部 are one unit, and
# a second can't be added. But a name that stands in an attribute (manager, member) comes back as it was loaded: the
# server finds the person by it, a comparison of texts doesn't, and ldap3's parse_dn, which would take it apart, refuses
# its space behind a comma. Needs Debian's slapd (apt-get install slapd).
set -euo pipefail
export PATH="$PATH:/usr/sbin"
folder=$(mktemp -d); trap 'kill $(cat "$folder/pid") 2>/dev/null || true; rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet ldap3==2.10.2rc4
mkdir db
cat > slapd.conf <<CONF
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile $folder/pid
database mdb
suffix "dc=x"
rootdn "cn=r,dc=x"
rootpw invented
directory $folder/db
CONF
head='cn=li ming,ou=研发1部,dc=x' spelled='CN=Li Ming, OU=研发１部, DC=X'
{ printf 'dn: dc=x\nobjectClass: organization\nobjectClass: dcObject\no: x\ndc: x\n\n'
  printf 'dn:: %s\nobjectClass: organizationalUnit\n\n' "$(printf 'ou=研发1部,dc=x' | base64)"
  printf 'dn:: %s\nobjectClass: inetOrgPerson\nsn: li\n\n' "$(printf '%s' "$head" | base64 -w0)"
  printf 'dn:: %s\nobjectClass: inetOrgPerson\nsn: zhang\n' "$(printf 'cn=zhang,ou=研发1部,dc=x' | base64 -w0)"
  printf 'manager:: %s\n' "$(printf '%s' "$spelled" | base64 -w0)"; } | slapadd -f slapd.conf
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
slapd -f slapd.conf -h "ldap://127.0.0.1:$port/"
cat > probe.py <<'PY'
import os
import time

import ldap3
from ldap3.core.exceptions import LDAPInvalidDnError, LDAPSocketOpenError
from ldap3.utils.dn import parse_dn

server = ldap3.Server("127.0.0.1", int(os.environ["PORT"]), get_info=ldap3.NONE)
for attempt in range(50):
    try:
        admin = ldap3.Connection(server, "cn=r,dc=x", "invented", auto_bind=True)
        break
    except LDAPSocketOpenError:
        time.sleep(0.1)


def add(name, **attributes):
    admin.add(name, attributes=attributes)
    return admin.result["description"]


units = [add(f"ou={name},dc=x", objectClass="organizationalUnit") for name in ("研发１部", "研发①部", "研发2部")]
head, spelled = os.environ["HEAD"], os.environ["SPELLED"]
admin.search("dc=x", f"(manager={head})", attributes=["manager"])
(found,) = admin.response
kept = found["raw_attributes"]["manager"][0].decode()
print("ldap3", ldap3.__version__, "| units:", units, "| found by", head, "| gives the manager as", kept)
assert units == ["entryAlreadyExists", "entryAlreadyExists", "success"] and kept == spelled
try:
    parse_dn(kept)
except LDAPInvalidDnError as error:
    print("parse_dn:", error)
else:
    raise SystemExit("parse_dn reads it now")
PY
PORT=$port HEAD=$head SPELLED=$spelled venv/bin/python probe.py
