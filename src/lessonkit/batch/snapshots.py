"""Read a gradebook as it is at one moment, without keeping anybody from writing to it.

A file of SQLite lets nobody write while somebody reads; and reading for a report takes longer than
a copy. So the file is copied into memory in one go, as a backup is made, and read there. A server
shows one moment by itself, to a transaction that asks for it.

Source: sqlite.org/backup.html, sqlite.org/lockingv3.html; PostgreSQL, "Repeatable Read".
"""

from __future__ import annotations

import sqlite3
import time

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from lessonkit.batch.connecting import connect, is_sqlite
from lessonkit.batch.gradebooks import Gradebook
from lessonkit.errors import LessonkitError

__all__ = ["Snapshot"]

_LOOK_SECONDS = 0.1


class Snapshot(Gradebook):
    """A gradebook to read from only. Our tables are not made where they are missing."""

    def __init__(self, url: str, *, patience_seconds: float = 60.0) -> None:
        """Open it. patience_seconds: how long another program may be writing it to the disk.

        Raises:
            UsageError: It is not there, or its address cannot be read.
            LessonkitError: It is there and cannot be used.
        """
        self._patience = patience_seconds
        self._claim = None
        engine = connect(url, patience_seconds)
        self.url = engine.url
        if not is_sqlite(self.url):
            self._engine = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            return
        try:
            copy = self._copy(engine)
        except sqlite3.Error as error:
            raise LessonkitError(f"the gradebook {self} cannot be used: {error}") from error
        except sa.exc.SQLAlchemyError as error:
            raise LessonkitError(self._sentence(error)) from error
        finally:
            engine.dispose()
        self._engine = sa.create_engine("sqlite://", creator=lambda: copy, poolclass=StaticPool)

    def _copy(self, engine: sa.Engine) -> sqlite3.Connection:
        until = time.monotonic() + self._patience

        def look(_status: int, _left: int, _all: int) -> None:
            # Called after every try, also after one that found the file locked.
            if time.monotonic() > until:
                raise sqlite3.OperationalError(
                    f"it was kept locked by another program for {self._patience:g} s"
                )

        source = engine.raw_connection()
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        try:
            original = source.driver_connection
            assert isinstance(original, sqlite3.Connection)
            original.execute("PRAGMA busy_timeout = 0")  # or a try would take all our patience
            original.backup(copy, progress=look, sleep=_LOOK_SECONDS)
        except BaseException:
            copy.close()
            raise
        finally:
            source.close()
        return copy
