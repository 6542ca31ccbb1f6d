#!/usr/bin/env bash
# A unit that was added with "\," in its name comes back from OpenLDAP with "\2C", and ldap3's parse_dn, which takes
# a name apart, leaves the backslash and the two digits in the part: the department is called "海外\2C 港澳", and
# another server's spelling of the same name gives a second department. Needs Debian's slapd (apt-get install slapd).
set -euo pipefail
export PATH="$PATH:/usr/sbin"
folder=$(mktemp -d); trap 'kill $(cat "$folder/pid") 2>/dev/null || true; rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet ldap3==2.10.2rc4
mkdir db
cat > slapd.conf <<CONF
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile $folder/pid
database mdb
suffix "dc=x"
directory $folder/db
CONF
name=$(printf 'ou=海外\\, 港澳,dc=x' | base64 -w0); plain=$(printf '海外, 港澳' | base64 -w0)
printf 'dn: dc=x\nobjectClass: organization\nobjectClass: dcObject\no: x\ndc: x\n\n' > all.ldif
printf 'dn:: %s\nobjectClass: organizationalUnit\nou:: %s\n\n' "$name" "$plain" >> all.ldif
slapadd -q -f slapd.conf -l all.ldif
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
slapd -f slapd.conf -h "ldap://127.0.0.1:$port/"
PORT=$port venv/bin/python - <<'PY'
import os
import time

import ldap3
from ldap3.utils.dn import parse_dn

server = ldap3.Server("127.0.0.1", int(os.environ["PORT"]), get_info=ldap3.NONE)
for attempt in range(50):
    try:
        reader = ldap3.Connection(server, auto_bind=True)
        break
    except ldap3.core.exceptions.LDAPSocketOpenError:
        time.sleep(0.1)
reader.search("dc=x", "(ou=*)", attributes=["ou"])
(entry,) = reader.response
part = parse_dn(entry["dn"])[0][1]
print("ldap3", ldap3.__version__, "| name:", entry["dn"], "| parse_dn:", part, "| ou:", entry["raw_attributes"]["ou"][0].decode())
assert entry["raw_attributes"]["ou"][0].decode() == "海外, 港澳" and part == r"海外\2C 港澳"
assert parse_dn(r"ou=海外\, 港澳,dc=x")[0][1] == r"海外\, 港澳"
PY
