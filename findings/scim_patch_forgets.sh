#!/usr/bin/env bash
# scim2-models: a policy given when a PATCH is validated is forgotten when the PATCH is applied, so one attribute
# that nobody knows refuses the deactivation beside it. Only a block (`with policy:`) around both holds.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet scim2-models==0.12.3
venv/bin/python - <<'PY'
import importlib.metadata
from pydantic import ValidationError
from scim2_models import Context, EnterpriseUser, PatchOp, SCIMException, ScimPolicy, User

print("scim2-models", importlib.metadata.version("scim2-models"))
tolerant = ScimPolicy(unknown=ScimPolicy.Unknown.ignore)
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
body = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"costCentreOfOurs": "7", "active": False}}]}


def applied(patch, resource):
    try:
        patch.patch(resource)
    except (SCIMException, ValidationError) as error:
        return f"refused: {type(error).__name__}"
    return "applied"


how = {"scim_ctx": Context.RESOURCE_PATCH_REQUEST, "scim_policy": tolerant}
user = User[EnterpriseUser](user_name="a", active=True)
forgotten = applied(PatchOp[User[EnterpriseUser]].model_validate(body, **how), user)
print("policy given to model_validate, patch() outside a block:", forgotten, "active:", user.active)
with tolerant:
    held = applied(PatchOp[User[EnterpriseUser]].model_validate(body, **how), user)
print("the same within `with policy:`", held, "active:", user.active)

assert (forgotten.split(":")[0], held, user.active) == ("refused", "applied", False)
PY
