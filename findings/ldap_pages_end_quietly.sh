#!/usr/bin/env bash
# Pages don't get around OpenLDAP's size limit: it counts over all of them, and Debian's default is 500. ldap3's
# paged_search then ends as if that were everybody: no exception, unless the connection was made with
# raise_exceptions=True; only `connection.result` says sizeLimitExceeded. Needs Debian's slapd (apt-get install slapd).
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
{ printf 'dn: dc=x\nobjectClass: organization\nobjectClass: dcObject\no: x\ndc: x\n\n'
  for n in $(seq 700); do printf 'dn: cn=p%s,dc=x\nobjectClass: person\ncn: p%s\nsn: p\n\n' "$n" "$n"; done; } > all.ldif
slapadd -q -f slapd.conf -l all.ldif
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
slapd -f slapd.conf -h "ldap://127.0.0.1:$port/"
PORT=$port venv/bin/python - <<'PY'
import os

import ldap3

server = ldap3.Server("127.0.0.1", int(os.environ["PORT"]), get_info=ldap3.NONE)
for attempt in range(50):
    try:
        reader = ldap3.Connection(server, auto_bind=True)
        break
    except ldap3.core.exceptions.LDAPSocketOpenError:
        __import__("time").sleep(0.1)
found = list(reader.extend.standard.paged_search("dc=x", "(objectClass=person)", paged_size=100, generator=True))
print("ldap3", ldap3.__version__, "gave", len(found), "of 700 without an exception:", reader.result["description"])
assert len(found) == 500 and reader.result["description"] == "sizeLimitExceeded"
PY
