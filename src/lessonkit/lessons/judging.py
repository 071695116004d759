"""Run a whole notebook in a kernel of its own and collect what its checks said.

It is the learner's own code on the learner's own machine, so it is run as Jupyter would run
it: a fresh kernel, in the notebook's folder, cell after cell, going on after errors. All
cells up to the last check that is wanted are run, demonstrations too: nobody can tell from
outside whether a later cell needs one, nbgrader runs them as well, and in the longest lesson
they take seconds. Left out are checks that are not wanted, whose results nobody needs.

Verdicts do not come from what is drawn: `check` appends each to the file that
LESSONKIT_VERDICTS names. The notebook file is only read.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lessonkit.errors import LaunchError
from lessonkit.lessons.catalogue import Item, Lesson

__all__ = ["CELL_SECONDS", "CHECK_SECONDS", "Judged", "judge_lesson"]

CELL_SECONDS = 60
CHECK_SECONDS = 120
"""As nbgrader allows: a check has limits of its own, which come long before."""
PROBE_SECONDS = 10
_TOLD = 3
_TIMEOUT = "LessonkitTimeout"
_HIDDEN = ("JPY_SESSION_NAME", "JPY_PARENT_PID", "VSCODE_PID", "NBGRADER_EXECUTION")


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What came of one exercise.

    verdict: as JSON; None when its check did not get so far: `problem` says why, and that is
    the learner's program's doing. ours: we failed to judge; that costs no points.
    """

    exercise: Item
    points: float
    text: str
    verdict: Mapping[str, Any] | None = None
    problem: str | None = None
    ours: bool = False


def judge_lesson(
    lesson: Lesson, wanted: Sequence[Item], begin: Callable[[Item], object]
) -> Iterator[Judged]:
    """Run the notebook; yield what each of the *wanted* exercises gave, in its order.

    Args:
        begin: Called before the cells that lead to an exercise are run.

    Raises:
        LaunchError: the kernel could not be started.
    """
    by_cell = {item.cell: item for item in lesson.exercises if item in wanted}
    with tempfile.TemporaryDirectory(prefix="lessonkit-check-") as folder:
        verdicts = Path(folder) / "verdicts.jsonl"
        with _kernel(lesson, verdicts) as kernel:
            waiting = sorted(by_cell)
            trouble: list[str] = []
            begun: Item | None = None
            for place, cell in enumerate(lesson.cells[: waiting[-1] + 1]):
                if begun is not by_cell[waiting[0]]:
                    begun = by_cell[waiting[0]]
                    begin(begun)
                item = by_cell.get(place)
                if cell.kind != "code" or (item is None and _is_other_check(lesson, place)):
                    continue
                kernel.run(place, CHECK_SECONDS if item is not None else CELL_SECONDS)
                if item is None:
                    if kernel.problem is not None and kernel.problem not in trouble:
                        trouble.append(kernel.problem)
                    continue
                waiting.remove(place)
                yield _judged(item, _last_verdict(verdicts, item), kernel.problem, trouble)


def _is_other_check(lesson: Lesson, place: int) -> bool:
    return any(item.cell == place for item in lesson.exercises)


def _judged(
    item: Item, found: Mapping[str, Any] | None, problem: str | None, trouble: Sequence[str]
) -> Judged:
    if found is not None:
        verdict = found["verdict"]
        ours = verdict.get("run_again") is not None
        points = 0.0 if ours else min(max(float(found["points"]), 0.0), item.points)
        return Judged(
            exercise=item, points=points, text=str(found["text"]), verdict=verdict, ours=ours
        )
    why = problem or "its check ended without a verdict."
    before = [words for words in trouble[-_TOLD:] if words != problem]
    if before:
        why = "\n".join([why, "Before that:", *before])
    text = f"Exercise {item.id}: {item.title}\n0 of {item.points:g} points\n\nNot judged: {why}"
    return Judged(exercise=item, points=0.0, text=text, problem=why)


def _last_verdict(verdicts: Path, item: Item) -> Mapping[str, Any] | None:
    """The newest line about this exercise. Each check is run after all that precede it."""
    try:
        lines = verdicts.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    for line in reversed(lines):
        with suppress(ValueError, TypeError, KeyError):
            found = json.loads(line)
            if found["exercise"] == item.id and isinstance(found["verdict"], dict):
                float(found["points"])
                return {"text": "", **found}
    return None


class _Kernel:
    """A running kernel. problem: what went wrong in the cell that was run last, or None."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.problem: str | None = None
        self.dead: str | None = None
        self._reply: Mapping[str, Any] = {}
        client.on_cell_executed = self._note

    def run(self, place: int, seconds: int) -> None:
        """Run one cell of the notebook, but not longer than that."""
        if self.dead is not None:
            self.problem = self.dead
            return
        cell = self.client.nb.cells[place]
        named = f'the cell that begins with "{_first_line(cell.source)}"'
        self.problem = self._execute(cell, place, seconds, named)
        if self._timed_out() and not self._answers():
            self.dead = self.problem = f"{self.problem} It could not be interrupted either."

    def _execute(self, cell: Any, place: int, seconds: int, named: str) -> str | None:
        from nbclient.exceptions import DeadKernelError

        self._reply = {}
        self.client.timeout = seconds
        try:
            self.client.execute_cell(cell, place)
        except DeadKernelError:
            self.dead = f"The kernel died in {named}."
            return self.dead
        if self._timed_out():
            return f"Not at its end after {seconds} s: {named}."
        error = next((out for out in cell.outputs if out.output_type == "error"), None)
        return f"{error.ename}: {error.evalue}, in {named}." if error is not None else None

    def _timed_out(self) -> bool:
        return self._reply.get("ename") == _TIMEOUT

    def _answers(self) -> bool:
        """Whether the kernel still does anything, after a cell had to be interrupted."""
        probe = _forms().new_code_cell("pass")
        self.client.nb.cells.append(probe)
        place = len(self.client.nb.cells) - 1
        return self._execute(probe, place, PROBE_SECONDS, "an empty cell") is None

    def _note(self, *, execute_reply: Mapping[str, Any], **others: Any) -> None:
        self._reply = execute_reply.get("content", {})


@contextmanager
def _kernel(lesson: Lesson, verdicts: Path) -> Iterator[_Kernel]:
    """Start a kernel on a copy of the lesson's cells; end it, whatever happened."""
    from nbclient import NotebookClient

    make = _forms()
    cells = [
        # Texts keep their places, and nothing else.
        make.new_code_cell(cell.source) if cell.kind == "code" else make.new_markdown_cell("")
        for cell in lesson.cells
    ]
    client = NotebookClient(
        make.new_notebook(cells=cells),
        kernel_name="python3",
        resources={"metadata": {"path": str(lesson.notebook.parent.resolve())}},
        allow_errors=True,
        interrupt_on_timeout=True,
        error_on_timeout={"ename": _TIMEOUT, "evalue": "", "traceback": []},
        store_widget_state=False,
        log=_silent(),
    )
    environment = {name: value for name, value in os.environ.items() if name not in _HIDDEN}
    environment |= {"LESSONKIT_VERDICTS": str(verdicts), "LESSONKIT_VIEWS": "still"}
    with _started(client, environment):
        yield _Kernel(client)


@contextmanager
def _started(client: Any, environment: Mapping[str, str]) -> Iterator[None]:
    # What the kernel itself says (a warning about TCP, say) is not about the lesson.
    own = client.setup_kernel(
        env=dict(environment), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        own.__enter__()
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise LaunchError(
            f"no kernel could be started for the notebook ({error}). Try "
            "`python -m ipykernel --version` in the environment of lessonkit."
        ) from error
    try:
        yield
    finally:
        own.__exit__(None, None, None)


def _forms() -> Any:
    """The functions that make cells and notebooks; they have no types."""
    from nbformat import v4

    return v4


def _first_line(source: str) -> str:
    lines = [line for line in source.splitlines() if line.strip()]
    return lines[0].strip()[:60] if lines else ""


def _silent() -> logging.Logger:
    log = logging.getLogger("lessonkit.lessons.judging")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    return log
