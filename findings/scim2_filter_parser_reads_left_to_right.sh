#!/usr/bin/env bash
# In a SCIM filter "and" binds before "or" (RFC 7644, 3.4.2.2), as in SQL. scim2-filter-parser reads from left to right:
# 'userName eq "li" or userName eq "wang" and active eq false' asks for who of both has left, and li, who has not, is
# not found. It also leaves the JSON escapes of a value as they stand (scim2-models reads both right).
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet scim2-filter-parser==0.7.0 scim2-models==0.12.3
venv/bin/python - <<'PY'
import json
import sqlite3
from importlib.metadata import version

from scim2_filter_parser.queries import SQLQuery
from scim2_models import ScimFilter, User

people = [("li", "李小明", "TRUE"), ("wang", "王小明", "FALSE"), ("chen", "陈小明", "FALSE")]
data = sqlite3.connect(":memory:")
data.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, display TEXT, active TEXT)")
data.executemany("INSERT INTO users (username, display, active) VALUES (?, ?, ?)", people)
columns = {
    ("userName", None, None): "users.username",
    ("displayName", None, None): "users.display",
    ("active", None, None): "users.active",
}
users = [User(user_name=name, display_name=display, active=active == "TRUE") for name, display, active in people]


def by_parser(text):
    query = SQLQuery(text, "users", columns)
    where = query.where_sql.format(**{name: f":{name}" for name in query.params_dict})
    return [name for (name,) in data.execute(f"SELECT username FROM users WHERE {where}", query.params_dict)]


def by_models(text):
    wanted = ScimFilter[User](text)
    return [user.user_name for user in users if wanted.match(user)]


either = 'userName eq "li" or userName eq "wang" and active eq false'
escaped = f"displayName eq {json.dumps('李小明')}"
for text in (either, escaped):
    print("scim2-filter-parser", version("scim2-filter-parser"), text, by_parser(text), "| scim2-models", by_models(text))
assert (by_parser(either), by_models(either)) == (["wang"], ["li", "wang"])
assert (by_parser(escaped), by_models(escaped)) == ([], ["li"])
PY
