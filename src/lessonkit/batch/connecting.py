"""Connect to a gradebook: a file of SQLite, or a server.

On SQLite a transaction begins by asking for the right to write: two writers then wait for each
other, and neither finds out half-way that the other was first.

Source: sqlite.org/lang_transaction.html, "IMMEDIATE"; SQLAlchemy, "Database Locking Behavior".
"""

from __future__ import annotations

import os
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from lessonkit.errors import UsageError

__all__ = ["connect", "ensure_there", "is_sqlite"]


def connect(url: str, patience_seconds: float) -> sa.Engine:
    """An engine for the database at *url*; nothing is read as yet.

    patience_seconds: how long to wait for what another program has locked.

    Raises:
        UsageError: It is not there, or its address cannot be read.
    """
    parsed = _parsed(url)
    try:
        if not is_sqlite(parsed):
            return _server(parsed, patience_seconds)
        engine = sa.create_engine(parsed, connect_args={"timeout": patience_seconds})
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise UsageError(
            f"nothing here speaks to {parsed.drivername} ({error}). Install lessonkit with its "
            'extra "grade-postgresql" and begin db_url with postgresql+psycopg://'
        ) from error
    ensure_there(url)
    # The driver must not begin transactions by itself, or ours would come second.
    sa.event.listen(engine, "connect", _leave_transactions_to_us)
    sa.event.listen(engine, "begin", lambda one: one.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def ensure_there(url: str) -> None:
    """Raise UsageError where the database at *url* is a file that does not exist.

    A server is not asked. Nothing is made: neither the file, nor the folder that it would be in.
    """
    parsed = _parsed(url)
    file = parsed.database
    if not is_sqlite(parsed) or not file or file.startswith((":", "file:")):
        return
    if os.path.isfile(file):
        return
    folder = os.path.dirname(os.path.abspath(file))
    # SQLite makes a file and no folder; nbgrader then takes the gradebook for one of an older
    # version, and advises an upgrade, which fails in the same way.
    first = (
        "" if os.path.isdir(folder) else f"its folder is missing, too: make it ({folder}); then "
    )
    raise UsageError(
        f"there is no gradebook {file}. {first}nbgrader generate_assignment ASSIGNMENT makes it; "
        "if it is somewhere else, say where in nbgrader_config.py (c.CourseDirectory.db_url)"
    )


def _parsed(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except ArgumentError as error:
        raise UsageError(
            f"c.CourseDirectory.db_url is no address of a database: {url!r:.80}"
        ) from error


def _server(url: sa.URL, patience_seconds: float) -> sa.Engine:
    engine = sa.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    if engine.dialect.name == "postgresql":
        wait = f"SET LOCAL lock_timeout = {int(patience_seconds * 1000)}"
        sa.event.listen(engine, "begin", lambda one: one.exec_driver_sql(wait))
    return engine


def is_sqlite(url: sa.URL) -> bool:
    """Whether the database is a file."""
    return url.get_backend_name() == "sqlite"


def _leave_transactions_to_us(connection: Any, record: object) -> None:
    connection.isolation_level = None
