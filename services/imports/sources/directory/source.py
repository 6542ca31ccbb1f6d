"""The directory as a source of the registry."""

import asyncio
from dataclasses import dataclass

from config.phrases.sources import DIRECTORY
from regulation.policy import LdapSource
from services.app import App
from services.imports.reading.how import How
from services.imports.reading.listed import read_rows
from services.imports.reading.noted import Refusal
from services.imports.sources.directory.client import Address, default_base, is_ad, opened, people
from services.imports.sources.directory.rows import (
    EntryMap,
    attribute_map,
    fields_of,
    wanted,
    with_heads,
)
from services.imports.sources.model import Reading, SourceError


def open_source(app: App, name: str) -> "DirectorySource":
    """Return what reads the directory of the settings."""
    ldap = app.policy.sources.ldap
    address = Address(ldap.url, ldap.bind_dn, app.settings.ldap_password, ldap.ca_file)
    how = How("roster", app.policy, app.phone_key, app.now().date())
    return DirectorySource(name, address, ldap, how)


@dataclass(frozen=True, slots=True)
class DirectorySource:
    """One directory, read whole each time."""

    name: str
    address: Address
    settings: LdapSource
    how: How

    async def read(self) -> Reading:
        """Return everybody's row. Raises `SourceError`."""
        return await asyncio.to_thread(self._read)

    def _read(self) -> Reading:
        try:
            with opened(self.address) as connection:
                ad = is_ad(connection)
                names = attribute_map(ad, self.settings.attributes)
                base = self.settings.base or default_base(connection)
                found = people(connection, base, self.settings.filter, wanted(names, ad))
                mapped = list(map(EntryMap(names, self.how.day).mapped, found))
        except UnicodeDecodeError as error:
            raise SourceError(DIRECTORY["encoding"]) from error
        rows = list(with_heads(mapped, self.how.policy.departments.head_titles))
        read = read_rows(rows, fields_of(names, rows), self.how, [one.entry_id for one in mapped])
        if isinstance(read, Refusal):
            raise SourceError(read.reason)
        return Reading(read, complete=True, origin=self.address.host)
