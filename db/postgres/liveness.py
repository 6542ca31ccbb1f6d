"""Whether a connection that lay in the pool is still there, without a journey to PostgreSQL for it."""

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

from db import steady

# Seconds after which a connection is asked all the same: what lies between may forget it and tell nobody.
_TRUSTED = 30.0
_BACK = "back"


def watch(engine: Engine) -> None:
    """Look at each connection of the pool before it is used; where one is gone, all are made anew.

    A server that ends or restarts closes its end, and the socket says so by itself. SQLAlchemy's own
    `pool_pre_ping` asks each time, which is a journey more for each transaction.
    """

    def taken(dbapi: Any, record: Any, _proxy: object) -> None:
        since = record.info.pop(_BACK, None)
        if since is None:
            return
        try:
            # What the server said at last, and then that it closed.
            dbapi.pgconn.consume_input()
            dbapi.pgconn.consume_input()
            if steady.seconds() - since > _TRUSTED:
                engine.dialect.do_ping(dbapi)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    def given_back(_dbapi: Any, record: Any) -> None:
        record.info[_BACK] = steady.seconds()

    event.listen(engine, "checkout", taken)
    event.listen(engine, "checkin", given_back)
