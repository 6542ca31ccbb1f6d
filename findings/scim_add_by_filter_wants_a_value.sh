#!/usr/bin/env bash
# Entra adds a first work address by a filter, and a manager as plain text, as its documentation shows. scim2-models
# refuses both, and with them the departure in the same PATCH: "noTarget", although there is nothing to be found yet,
# and "invalidValue", whichever of the two comes first.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet scim2-models==0.12.3
venv/bin/python - <<'PY'
from importlib.metadata import version
from scim2_models import Context, EnterpriseUser, PatchOp, SCIMException, User

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BODIES = {
    "noTarget": {"op": "Add", "path": 'emails[type eq "work"].value', "value": "zhang@example.com"},
    "invalidValue": {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": "9f2e"},
}
LEFT = {"op": "Replace", "path": "active", "value": "False"}
for kind, operation in BODIES.items():
    said = []
    for operations in ([operation, LEFT], [LEFT, operation]):
        user = User[EnterpriseUser](user_name="zhang", active=True)
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}
        patch = PatchOp[User[EnterpriseUser]].model_validate(body, scim_ctx=Context.RESOURCE_PATCH_REQUEST)
        try:
            patch.patch(user)
        except SCIMException as error:
            said.append((error.scim_type, user.active))
    print("scim2-models", version("scim2-models"), operation["path"], said)
    assert said == [(kind, True)] * 2
PY
