"""Which errors mean that the database can't be used, told without importing SQLAlchemy elsewhere."""

from sqlalchemy.exc import SQLAlchemyError


def is_database_fault(error: BaseException) -> bool:
    """Tell whether this error came from the database, its file or its driver."""
    return isinstance(error, SQLAlchemyError | OSError)
