"""Show that a check is at work, and keep its result in the learner's workbook.

    3.1 Make zombies: running your function in the sandbox, 1.2 s of at most 30 s

The line is there while the check runs, and gone when its verdict comes: what is saved, and
what nbgrader reads, is the verdict alone. Where nobody watches (nbgrader, nbconvert) nothing
of this is done.
"""

from __future__ import annotations

import ast
import contextvars
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from html import escape
from typing import Any

from lessonkit import checking
from lessonkit.checks.exercise import Exercise
from lessonkit.host import interactive
from lessonkit.records import Verdict
from lessonkit.workbook import WorkbookError, workbook_here

__all__ = ["install", "progress_html", "progress_text", "uninstall"]

PATIENCE_SECONDS = 0.4
"""Most checks are done by then: a line that is gone at once only disturbs."""
TICK_SECONDS = 0.25
HOW_TO_STOP = "To stop it, interrupt the kernel (the ■ button)."


def install(shell: Any) -> None:
    """Let checks that run in *shell*, an IPython InteractiveShell, show what goes on."""

    @contextmanager
    def watch(exercise: Exercise) -> Iterator[Callable[[Verdict], object]]:
        if not interactive():
            yield lambda verdict: None
            return
        line = _Line(shell, exercise)
        try:
            yield lambda verdict: line.say(_keep(verdict))
        finally:
            line.remove()

    checking.observer = watch


def uninstall() -> None:
    """Let checks run in silence again."""
    checking.observer = None


class _Line:
    """The line on the page, written by a thread of its own until it is removed."""

    def __init__(self, shell: Any, exercise: Exercise) -> None:
        self._page = shell.display_pub
        self._replaced = _shows_the_verdict(shell)
        self._exercise = exercise
        self._name = uuid.uuid4().hex
        self._shown = False
        self._sentence = ""
        self._over = threading.Event()
        # A copy of the context: what is published belongs to the cell that runs now.
        run = contextvars.copy_context().run
        self._thread = threading.Thread(target=run, args=(self._write,), daemon=True)
        self._thread.start()

    def say(self, sentence: str) -> None:
        """Leave this sentence above the verdict; none when it is empty."""
        self._sentence = sentence

    def remove(self) -> None:
        """Take the line away, without a gap on the page between it and the verdict."""
        self._over.set()
        self._thread.join()
        if self._shown and self._replaced:
            self._page.clear_output(wait=True)  # when the next output comes: the verdict
        elif self._shown:
            self._publish("", "")
        if self._sentence:
            self._page.publish(
                {"text/plain": self._sentence, "text/html": f"<p>{escape(self._sentence)}</p>"}
            )

    def _write(self) -> None:
        began = time.monotonic()
        pause = PATIENCE_SECONDS
        while not self._over.wait(pause):
            seconds = time.monotonic() - began
            with suppress(Exception):  # a page that is gone is no reason to stop a check
                self._publish(
                    progress_text(self._exercise, seconds), progress_html(self._exercise, seconds)
                )
            pause = TICK_SECONDS

    def _publish(self, text: str, html: str) -> None:
        self._page.publish(
            {"text/plain": text, "text/html": html},
            transient={"display_id": self._name},
            update=self._shown,
        )
        self._shown = True


def progress_text(exercise: Exercise, seconds: float) -> str:
    """What is going on after *seconds*, in one line."""
    return f"{exercise.id} {exercise.title}: {_doing(exercise, seconds)}"


def progress_html(exercise: Exercise, seconds: float) -> str:
    """The same with a bar, which says nothing that the words do not."""
    share = min(1.0, seconds / exercise.limits.wall_seconds)
    return (
        '<div style="max-width:46em;font-variant-numeric:tabular-nums">'
        f"<b>{escape(exercise.id)} {escape(exercise.title)}</b>: "
        f"{escape(_doing(exercise, seconds))}"
        '<div style="border:1px solid #8a8a8a;border-radius:4px;height:10px;margin:6px 0">'
        f'<div style="background:#3a87b7;border-radius:3px;height:100%;width:{share:.1%}"></div>'
        f'</div><span style="opacity:0.8">{HOW_TO_STOP}</span></div>'
    )


def _doing(exercise: Exercise, seconds: float) -> str:
    most = exercise.limits.wall_seconds
    if seconds > most:
        return f"its {most:.0f} s are over, ending every process that it made"
    return f"running your function in the sandbox, {seconds:.1f} s of at most {most:.0f} s"


def _shows_the_verdict(shell: Any) -> bool:
    """Whether the verdict is the one output of the cell: `check("3.1", f)` and no more."""
    try:
        source = str(shell.user_ns["In"][-1])
        (statement,) = ast.parse(source).body
    except (KeyError, IndexError, SyntaxError, ValueError):
        return False
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    called = statement.value.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name == "check" and not source.rstrip().endswith(";")


def _keep(verdict: Verdict) -> str:
    """Write the points into the workbook; return what to say about it, which is rarely any."""
    if verdict.run_again is not None:
        return ""  # nothing was judged
    try:
        book = workbook_here()
        if book is None:
            return ""
        before = book.get("checks", verdict.exercise).get("best")
        best = max(verdict.points, before if isinstance(before, (int, float)) else 0.0)
        book.update(
            "checks",
            verdict.exercise,
            points=verdict.points,
            max_points=verdict.max_points,
            best=best,
            title=verdict.title,
        )
    except WorkbookError as error:
        return f"This result counts, but your workbook does not know of it: {error}"
    except OSError as error:  # the folder of the notebook is gone
        return f"This result counts, but your workbook does not know of it: {error.strerror}"
    return ""
