"""What our SCIM service announces: the attributes that the registry knows, and no more.

Whatever else a sender sends is accepted and forgotten: one attribute too many must not refuse a departure.
"""

from typing import Annotated, Any

from pydantic import ConfigDict
from scim2_models import (
    URN,
    AnyExtension,
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    External,
    Filter,
    Group,
    Mutability,
    Patch,
    PhoneNumber,
    Reference,
    Required,
    Resource,
    ResourceType,
    Returned,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

from services.imports.sources.scim.people import ENTERPRISE

# A page of a list, at most.
MOST_LISTED = 200


# Senders that people wrote themselves have numbers where text belongs.
_LENIENT = ConfigDict(coerce_numbers_to_str=True)


class Name(ComplexAttribute):
    """A person's name in its parts."""

    model_config = _LENIENT
    formatted: str | None = None
    family_name: str | None = None
    given_name: str | None = None


class Phone(PhoneNumber):
    """A person's phone."""

    model_config = _LENIENT


class EnterpriseUser(Extension):
    """What makes a user an employee."""

    model_config = _LENIENT
    __schema__ = URN(ENTERPRISE)
    employee_number: str | None = None
    department: str | None = None


class User(Resource[AnyExtension]):
    """A person as the registry knows one. Phones are taken and never told: only keyed hashes are kept."""

    model_config = _LENIENT
    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")
    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Name | None = None
    display_name: str | None = None
    title: str | None = None
    active: bool | None = None
    phone_numbers: Annotated[list[Phone] | None, Mutability.write_only, Returned.never] = None


POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    # As Entra sends it with and without its flag.
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)


def provider() -> ScimProvider:
    """Describe the service: users and groups, PATCH and filters, bearer tokens."""
    models: list[type[Resource[Any]] | type[Extension]] = [User, EnterpriseUser, Group]
    types = [ResourceType.from_resource(User[EnterpriseUser]), ResourceType.from_resource(Group)]
    return ScimProvider(models=models, resource_types=types, config=_config(), policy=POLICY)


def _config() -> ServiceProviderConfig:
    bearer = AuthenticationScheme(
        type=AuthenticationScheme.Type.oauthbearertoken,
        name="OAuth Bearer Token",
        description="A bearer token for each sender",
        spec_uri=Reference[External]("https://datatracker.ietf.org/doc/html/rfc6750"),
    )
    return ServiceProviderConfig(
        patch=Patch(supported=True),
        filter=Filter(supported=True, max_results=MOST_LISTED),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        sort=Sort(supported=False),
        etag=ETag(supported=False),
        change_password=ChangePassword(supported=False),
        authentication_schemes=[bearer],
    )
