"""Read nbgrader's gradebook, SQLite or PostgreSQL, and keep our own notes beside it.

One engine and one connection for a whole batch; nbgrader itself opens its gradebook nine times
for every submission. Each student's rows are written in one transaction (`writing`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import TracebackType
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from lessonkit.batch import schema
from lessonkit.batch.connecting import connect, is_sqlite
from lessonkit.batch.records import Done, Released
from lessonkit.batch.releases import read_released
from lessonkit.errors import LessonkitError, UsageError

__all__ = ["Gradebook", "RowError", "replace_row"]

_T = TypeVar("_T")
_RETRY_SECONDS = 0.2


class RowError(LessonkitError):
    """The database takes everything but what one student's rows hold."""


class Gradebook:
    """The database of one course. A context manager; used by one thread."""

    def __init__(self, url: str, *, patience_seconds: float = 60.0) -> None:
        """Open it. patience_seconds: how long another program may keep it locked.

        Raises:
            UsageError: It is not there, or its address cannot be read.
            LessonkitError: It is there and cannot be used.
        """
        self._patience = patience_seconds
        self._claim: sa.Connection | None = None
        self._engine = connect(url, patience_seconds)
        self.url = self._engine.url
        try:
            self.work(_make_our_tables)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        if self._claim is not None:
            self._claim.close()
        self._engine.dispose()

    def __str__(self) -> str:
        """How to name it in a sentence, without its password."""
        return str(self.url.database if is_sqlite(self.url) else self.url)

    def work(self, task: Callable[[sa.Connection], _T]) -> _T:
        """Do *task* in one transaction of its own: all of it happens, or nothing.

        A lost connection is made again and the task done again, until patience ends.

        Raises:
            RowError: What is to be written cannot be: one sentence on what the database said.
            LessonkitError: The database cannot be used; likewise.
        """
        deadline = time.monotonic() + self._patience
        while True:
            try:
                with self._engine.begin() as connection:
                    return task(connection)
            except (DataError, IntegrityError) as error:
                raise RowError(self._sentence(error)) from error
            except DBAPIError as error:
                if not error.connection_invalidated or time.monotonic() > deadline:
                    raise LessonkitError(self._sentence(error)) from error
            except SQLAlchemyError as error:
                raise LessonkitError(self._sentence(error)) from error
            time.sleep(_RETRY_SECONDS)  # the server is on its way back, or not

    def claim(self, key: int, *, patience_seconds: float = 0.0) -> None:
        """Keep other graders out, on whatever machine, as long as this is open.

        Only a server needs that; a file is locked by `locks.only_grader`. patience_seconds: how
        long to wait for one that is at work.

        Raises:
            UsageError: Another one has it.
        """
        if self._engine.dialect.name != "postgresql":
            return
        ask = sa.select(sa.func.pg_try_advisory_lock(key))
        until = time.monotonic() + patience_seconds
        try:
            self._claim = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            while not (got := self._claim.scalar(ask)) and time.monotonic() < until:
                time.sleep(_RETRY_SECONDS)
        except SQLAlchemyError as error:
            raise LessonkitError(self._sentence(error)) from error
        if not got:
            raise UsageError(
                f"another grader is grading this course in {self}, perhaps on another "
                "machine. Wait until it is done, or end it; what it has graded stays"
            )

    def released(self, name: str) -> Released:
        """The assignment as `nbgrader generate_assignment` put it here.

        Raises:
            UsageError: It is not here.
        """
        return self.work(lambda connection: read_released(connection, name, str(self)))

    def done(self, name: str) -> dict[str, Done]:
        """What is known of the assignment's submissions from before, by student."""
        table, submitted = schema.grading, schema.submitted_assignment
        query = (
            sa.select(table, submitted.c.id.label("known"))
            .join(schema.assignment, schema.assignment.c.name == table.c.assignment, isouter=True)
            .join(
                submitted,
                (submitted.c.assignment_id == schema.assignment.c.id)
                & (submitted.c.student_id == table.c.student),
                isouter=True,
            )
            .where(table.c.assignment == name)
        )
        return {
            row.student: Done(
                fingerprint=row.fingerprint,
                status=row.status,
                reason=row.reason,
                points=row.points,
                max_points=row.max_points,
                in_gradebook=row.known is not None,
            )
            for row in self.work(lambda connection: connection.execute(query).all())
        }

    def extensions(self, released: Released) -> dict[str, timedelta]:
        """How much longer than others a student may take, for those who may."""
        table = schema.submitted_assignment
        query = sa.select(table.c.student_id, table.c.extension).where(
            table.c.assignment_id == released.id, table.c.extension.is_not(None)
        )
        return {
            row.student_id: row.extension for row in self.work(lambda one: one.execute(query).all())
        }

    def students(self) -> set[str]:
        """Everyone whom the gradebook knows."""
        query = sa.select(schema.student.c.id)
        return set(self.work(lambda connection: connection.scalars(query).all()))

    def modes(self, assignment: str, notebook: str, fingerprint: str) -> dict[str, Any] | None:
        """How its tests are run, if that was found out for the notebook in this form."""
        table = schema.modes
        query = sa.select(table.c.modes).where(
            table.c.assignment == assignment,
            table.c.notebook == notebook,
            table.c.fingerprint == fingerprint,
        )
        text = self.work(lambda connection: connection.scalar(query))
        return None if text is None else dict(json.loads(text))

    def keep_modes(
        self, assignment: str, notebook: str, fingerprint: str, modes: Mapping[str, Any]
    ) -> None:
        """Remember how the tests of a notebook are run."""
        row = {"assignment": assignment, "notebook": notebook, "fingerprint": fingerprint}
        row["modes"] = json.dumps(dict(modes), sort_keys=True)
        self.work(lambda connection: replace_row(connection, schema.modes, row))

    def _sentence(self, error: SQLAlchemyError) -> str:
        said = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
        words = said.lower()
        if "locked" in words or "lock timeout" in words or "lock not available" in words:
            return (
                f"the gradebook {self} was kept locked by another program for "
                f"{self._patience:g} s. What was graded is in it; end the other program, "
                "then give the same command again"
            )
        if "no such table: assignment" in words or 'relation "assignment" does not' in words:
            return (
                f"the gradebook {self} holds nothing of nbgrader's: no assignment has been "
                "released into it. nbgrader generate_assignment ASSIGNMENT does that"
            )
        if "no such table" in words or "no such column" in words or "does not exist" in words:
            return (
                f"the gradebook {self} is not one of this version of nbgrader ({said}). If it is "
                "an older one, make a copy of it and then run: nbgrader db upgrade"
            )
        return f"the gradebook {self} cannot be used: {said}"


def replace_row(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> None:
    """Put *row* in the place of the one with the same key, or add it."""
    same = [column == row[column.name] for column in table.primary_key]
    connection.execute(sa.delete(table).where(*same))
    connection.execute(sa.insert(table).values(dict(row)))


def _make_our_tables(connection: sa.Connection) -> None:
    schema.OURS.create_all(connection)
