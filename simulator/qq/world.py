"""The QQ side of truth, shared by all accounts connected to it.

Start here: make a :class:`World`, add groups, connect one or more
:class:`simulator.onebot.implementation.Implementation`, let people act, and look at ``shown`` (what the
bots got displayed), ``calls`` (what they called) and ``happened`` (what became true in QQ).
"""

from __future__ import annotations

from simulator.qq.file_server import FileServer
from simulator.qq.membership import Membership
from simulator.qq.talk import Talk


class World(Membership, Talk):
    """Simulated QQ: groups, people, requests, messages and files."""

    _file_server: FileServer | None = None

    async def serve_files(self) -> str:
        """Base address (``http://127.0.0.1:PORT``) under which files can be fetched by their id."""
        if self._file_server is None:
            self._file_server = FileServer(lambda file_id: self.files.get(file_id))
            await self._file_server.start()
        return self._file_server.address

    async def close(self) -> None:
        """Cancel what was still to happen and stop serving files."""
        if self._file_server is not None:
            await self._file_server.stop()
            self._file_server = None
        await super().close()
