#!/usr/bin/env bash
# Asked for displayName, OpenLDAP gives "displayName;lang-zh", too, and ldap3 shows it under just that name: of
# somebody who has a name by language only, there is no displayName. Needs Debian's slapd (apt-get install slapd).
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
directory $folder/db
CONF
printf 'dn: dc=x\nobjectClass: organization\nobjectClass: dcObject\no: x\ndc: x\n\n' > all.ldif
printf 'dn: cn=zs,dc=x\nobjectClass: inetOrgPerson\ncn: zs\nsn: z\ndisplayName;lang-zh:: %s\n\n' "$(printf 张三 | base64)" >> all.ldif
slapadd -q -f slapd.conf -l all.ldif
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
slapd -f slapd.conf -h "ldap://127.0.0.1:$port/"
PORT=$port venv/bin/python - <<'PY'
import os
import time

import ldap3

server = ldap3.Server("127.0.0.1", int(os.environ["PORT"]), get_info=ldap3.SCHEMA)
for attempt in range(50):
    try:
        reader = ldap3.Connection(server, auto_bind=True)
        break
    except ldap3.core.exceptions.LDAPSocketOpenError:
        time.sleep(0.1)
reader.search("dc=x", "(cn=zs)", attributes=["displayName"])
found = reader.response[0]["attributes"]
reader.search("dc=x", "(displayName=张三)")
by_name = len(reader.entries)
reader.search("dc=x", "(cn=zs)", attributes=["displayName;lang-zh"])
print("ldap3", ldap3.__version__, "| displayName asked for:", dict(found), "| found by (displayName=张三):", by_name,
      "| asked for by language:", dict(reader.response[0]["attributes"]))
assert dict(found) == {"displayName;lang-zh": "张三"} and by_name == 1
PY
