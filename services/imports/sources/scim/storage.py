"""The storage behind our SCIM service: what senders told, kept as they told it, and marked as news.

The registry follows later, by the mechanism of imports: what is asked is kept apart from what is applied.
"""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from scim2_models import (
    Context,
    InvalidValueException,
    Meta,
    MutabilityException,
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimProvider,
    SearchRequest,
    UniquenessException,
)
from scim2_server.storage import AsyncScimStorage, SearchPage

from db.engine import Transaction
from db.postgres.locks import Lock
from db.queries.people import employees
from db.queries.people import scim as rows
from db.queries.people.scim import Told
from services.app import App
from services.imports.sources.scim import search
from services.imports.sources.scim.people import keep_hashes, number_of, says_number, with_number_of

JOB = "scim"
_LONGEST = 300
_SAME_NUMBER = (
    "The employee number of somebody at work cannot change here; "
    "it can once the company's admin staff have recorded that the old number left."
)


class Storage(AsyncScimStorage):
    """Resources in our database. `sender`: whose request is being served."""

    def __init__(self, app: App, provider: ScimProvider, sender: Callable[[], str]) -> None:
        self._app = app
        self._provider = provider
        self._sender = sender

    async def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """Return a resource. Raises `NotFoundException`."""
        async with self._app.database.reading() as tx:
            return self._shown(await _found(tx, resource_type, resource_id))

    async def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        """Return a page of what matches."""
        kinds = [str(one.name) for one in resource_types]
        async with self._app.database.reading() as tx:
            total, found = await search.find(tx, kinds, search_request, self._shown)
        return SearchPage(total, found)

    async def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """Keep a new resource. Raises `UniquenessException`."""
        now = self._app.now()
        told = rows.new(uuid.uuid4().hex, str(resource_type.name), now)
        async with self._app.database.transaction() as tx:
            await tx.lock(Lock.SCIM)
            told = replace(self._changed(told, _body(resource)), changed_at=now)
            await self._must_be_free(tx, told)
            await rows.add(tx, told)
            await self._tell(tx, told)
        return self._shown(told)

    async def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        """Write a resource anew.

        Raises as `get` and `create` do, or `MutabilityException`, `PreconditionFailedException`.
        """
        async with self._app.database.transaction() as tx:
            await tx.lock(Lock.SCIM)
            was = await _found(tx, resource_type, resource.id or "", expected_version)
            told = self._changed(was, await self._with_number(tx, was, _body(resource)))
            await self._must_be_free(tx, told)
            await rows.replace(tx, told)
            await self._tell(tx, told)
        return self._shown(told)

    async def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        """Delete a resource; a user's is kept until the registry has taken over that they left."""
        async with self._app.database.transaction() as tx:
            await tx.lock(Lock.SCIM)
            was = await _found(tx, resource_type, resource_id, expected_version)
            if await _is_somebodys_only(tx, was):
                told = self._gone(was)
                await rows.replace(tx, told)
                await self._tell(tx, told)
            else:
                await rows.forget(tx, resource_id)

    async def _with_number(self, tx: Transaction, was: Told, body: dict[str, Any]) -> dict[str, Any]:
        """Return what is said of a user under the number by which the registry knows them at work.

        Another one would leave a ghost under the old, or tell of whoever has the new: staff settle that.
        Who doesn't say it any more, or says that they left, says it of the same person.
        Raises `MutabilityException`.
        """
        old = was.employee_no
        if was.kind != "User" or old is None or number_of(body) == old:
            return body
        known = await employees.get(tx, old)
        if known is None or known.is_departed(self._app.now().date()):
            return body
        if says_number(body, was.body) and body.get("active") is not False:
            raise MutabilityException(detail=_SAME_NUMBER)
        return with_number_of(body, was.body)

    async def _must_be_free(self, tx: Transaction, told: Told) -> None:
        if told.user_name is not None and await rows.is_taken(tx, told.user_name, told.resource_id):
            raise UniquenessException(detail="userName is taken")

    async def _tell(self, tx: Transaction, told: Told) -> None:
        """Have the registry follow soon, in whichever process."""
        if told.is_news:
            await tx.notify(JOB)
            tx.after_commit(self._hasten)

    def _hasten(self) -> None:
        self._app.hastened.add(JOB)
        self._app.work_news.set()

    def _changed(self, was: Told, body: dict[str, Any]) -> Told:
        """Return what is kept of a resource after a request."""
        if was.kind != "User":
            return replace(was, body=body, **self._stamp(was), external_id=_short(body.get("externalId")))
        number = number_of(body)
        keep_hashes(self._app.phone_key, number, body, was.body)
        # A PUT that says nothing of it is no departure, and no return either.
        asked: bool | None = body.get("active")
        active = was.active if asked is None else asked
        return replace(
            was,
            body=body,
            user_name=_compared(body),
            external_id=_short(body.get("externalId")),
            employee_no=number,
            active=active,
            left_on=_left_on(was, active, self._app.now().date()),
            is_news=True,
            status_news=was.status_news or active != was.active,
            **self._stamp(was),
        )

    def _gone(self, was: Told) -> Told:
        left_on = was.left_on or self._app.now().date()
        return replace(
            was, user_name=None, active=False, left_on=left_on, is_news=True, is_deleted=True,
            status_news=was.status_news or was.active is not False, **self._stamp(was),
        )  # fmt: skip

    def _stamp(self, was: Told) -> dict[str, Any]:
        return {"version": was.version + 1, "changed_at": self._app.now(), "told_by": self._sender()}

    def _shown(self, told: Told) -> Resource[Any]:
        """Return a resource as SCIM knows it."""
        model: Any = self._provider.model_for(told.kind)
        with self._provider:
            resource = model.model_validate(told.body, scim_ctx=Context.DEFAULT)
        resource.id = told.resource_id
        resource.meta = Meta(
            resource_type=told.kind, created=told.created_at, last_modified=told.changed_at,
            version=f'W/"{told.version}"',
        )  # fmt: skip
        return resource


def _body(resource: Resource[Any]) -> dict[str, Any]:
    return resource.model_dump(mode="json", exclude={"id", "meta"})


async def _found(
    tx: Transaction, resource_type: ResourceType, resource_id: str, version: str | None = None
) -> Told:
    told = await rows.get(tx, str(resource_type.name), resource_id)
    if told is None:
        raise NotFoundException(detail=f"Resource {resource_id!r} not found")
    if version is not None and version != f'W/"{told.version}"':
        raise PreconditionFailedException
    return told


async def _is_somebodys_only(tx: Transaction, told: Told) -> bool:
    """Tell whether with this resource somebody goes: of two of one person, deleting one says nothing."""
    if told.kind != "User" or told.employee_no is None:
        return False
    return not await rows.has_another(tx, told.employee_no, told.resource_id)


def _left_on(was: Told, active: bool | None, today: date) -> date | None:
    if active is not False:
        return None
    return was.left_on if was.active is False else today


def _short(text: str | None) -> str | None:
    """Return what can be looked up: too long a text is found by walking."""
    return text[:_LONGEST] if text else None


def _compared(body: dict[str, Any]) -> str:
    """Return a userName as it is compared. Raises `InvalidValueException`."""
    name = search.compared("userName", str(body.get("userName", "")))
    if not 0 < len(name) <= _LONGEST or "\0" in name:
        raise InvalidValueException(detail=f"userName must have 1 to {_LONGEST} characters")
    return name
