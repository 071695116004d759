"""Run the tests of one submission in this process, in which no code of the student's ever is.

The names of a test: what the instructor's cells import; what the instructor's locked cells and
the tests before it define; and the student's, by need, as stand-ins (`proxies`) or copies of
plain data. Whose a name is says the instructor's notebook: the last cell before the test that
makes it. So nobody takes the place of `print`, or of a helper of the tests.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import functools
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, TracebackType
from typing import Any

from lessonkit.checking import check
from lessonkit.grading import scoring
from lessonkit.grading.deadline import deadline
from lessonkit.grading.givenmodules import GivenModules
from lessonkit.grading.ipython import shown
from lessonkit.grading.names import Cell, read
from lessonkit.grading.proxies import Caller, Proxy, TestFailed
from lessonkit.grading.records import CellSpec, NotebookSpec
from lessonkit.grading.standins import Importable, StandIns
from lessonkit.grading.student import Student
from lessonkit.grading.surroundings import Paper, surroundings
from lessonkit.records import Verdict, to_json
from lessonkit.sandbox import homes

__all__ = ["Result", "Trusted"]

_OF_IPYTHON = frozenset(
    {"get_ipython", "In", "Out", "exit", "quit", "_", "__", "___", "_ih", "_oh"}
)
_FEATURES = set(__future__.all_feature_names) - {"nested_scopes"}
_FUTURES = sum(getattr(__future__, name).compiler_flag for name in _FEATURES)
_MISSING = object()


class TimeUp(TestFailed):
    """The time of a test is over."""

    def __init__(self) -> None:
        super().__init__("the test was not done in time", "TimeoutError", status="timed out")


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What a test came to, with the outputs that say so."""

    points: float
    why: str = ""
    outputs: list[dict[str, Any]] = field(default_factory=list)
    misconceptions: tuple[str, ...] = ()
    verdict: Mapping[str, Any] | None = None
    tamper_proof: bool = True


class Trusted:
    """The trusted interpreter of one submission. `close` gives everything back."""

    def __init__(
        self,
        spec: NotebookSpec,
        student: Student,
        files: Mapping[str, bytes],
        seed: int | None = None,
        trusted_files: Mapping[str, bytes] | None = None,
    ) -> None:
        self._spec = spec
        self._student = student
        self._files = files
        self._modules = GivenModules(trusted_files or {})
        self._seed = seed
        self._folder = ""
        self._names: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
        self._names["display"] = self._display
        self._borrowed: dict[str, Any] = {}
        self._kept_back: dict[str, str] = {}
        self._given: set[int] = set()
        self._importable = Importable(_modules(spec))
        self._shown: list[dict[str, Any]] = []
        self._standins = StandIns(self._importable)

    def run(self, index: int) -> Result:
        """Run the test that is cell *index* of the spec."""
        cell = self._spec.cells[index]
        budget = self._student.budget
        told = read(cell.source)
        paper = Paper(budget.output_bytes)
        caller = Caller(self._student, self._standins, paper)
        filename = f"<test {cell.grade_id}>"
        hidden = scoring.hidden_lines(cell.source)
        paper.is_hidden = lambda: _line_of(sys._getframe(), filename) in hidden
        self._shown = []
        value: Any = _MISSING
        error: BaseException | None = None
        self._student.begin_test(budget.test_seconds)
        try:
            with (
                surroundings(paper, self._own_folder()),
                self._modules.importable(),
                deadline(budget.test_seconds, TimeUp, self._student.test_left),
            ):
                if not told.is_python:
                    raise caller.fail("this test is not plain Python, so it cannot be run apart")
                self._bind(told, index, caller)
                value = self._execute(cell.source, filename)
                data = None if value is _MISSING or value is None else shown(value)
        except BaseException as raised:
            # Ctrl-C of the person at the machine; what students raise is of a subclass.
            if type(raised) is KeyboardInterrupt:
                raise
            error = raised
        finally:
            self._student.end_test()
        self._student.raise_failure()
        if caller.failure is not None:
            error = caller.failure
        if error is not None:
            result = self._failed(cell, filename, error, paper)
        else:
            result = _passed(cell, value, data, paper, self._shown)
        _forget(error)
        return result

    # -- names ----------------------------------------------------------------------------

    def _bind(self, told: Cell, index: int, caller: Caller) -> None:
        """See that every name that a cell needs is there, if it is to be had."""
        for name, borrowed in self._borrowed.items():
            if self._names.get(name, _MISSING) is borrowed:
                del self._names[name]
        self._borrowed, self._kept_back = {}, {}
        wanted = self._settle(told, index, caller)
        if not wanted:
            return
        for name, seen in self._student.look(sorted(wanted)).items():
            self._borrow(name, seen, caller)

    def _settle(self, told: Cell, index: int, caller: Caller) -> set[str]:
        """Make what is the instructor's; return the names that are the student's."""
        theirs: set[str] = set()
        for name in sorted(told.needs | told.hinted):
            origin = self._origin(name, index)
            if origin == "student":
                theirs.add(name)
            elif isinstance(origin, str):
                if name not in self._names:
                    self._import(origin)
                if name not in self._names:
                    theirs.add(name)
            elif isinstance(origin, int):
                theirs |= self._give(origin, name, caller)
            elif name in told.needs and not self._is_known(name, told):
                theirs.add(name)
        return theirs

    def _is_known(self, name: str, told: Cell) -> bool:
        if name in self._names or name in _OF_IPYTHON or name in told.makes:
            return True
        return hasattr(builtins, name)

    def _origin(self, name: str, index: int) -> str | int | None:
        """Who makes a name that cell *index* needs: an import statement, "student", the number
        of an instructor's cell, or None where no cell of the instructor's does."""
        for number in range(index - 1, -1, -1):
            cell = self._spec.cells[number]
            if cell.kind != "code":
                continue
            told = read(cell.source)
            if name in told.imports:
                return told.imports[name]
            if name in told.makes:
                ours = cell.is_test or (cell.locked and not cell.solution)
                return number if ours else "student"
        return None

    def _give(self, number: int, name: str, caller: Caller) -> set[str]:
        """Run an instructor's cell that makes *name*, once; what that fails to make is asked of
        the student's interpreter, in which locked cells ran, too."""
        cell = self._spec.cells[number]
        if name in self._names and name not in self._borrowed:
            return set()
        if number not in self._given and not cell.is_test:
            self._given.add(number)
            told = read(cell.source)
            theirs = self._settle(told, number, caller)
            for each, seen in self._student.look(sorted(theirs)).items() if theirs else ():
                self._borrow(each, seen, caller)
            try:
                self._execute(cell.source, f"<cell {cell.grade_id or number}>")
            except Exception:
                pass  # the test that needs it finds out
        return set() if name in self._names else {name}

    def _import(self, statement: str) -> None:
        before = set(self._names)
        with suppress(Exception):
            exec(compile(statement, "<import>", "exec"), self._names)
        for name in set(self._names) - before:
            if self._seed is not None and self._names[name] is check:
                self._names[name] = functools.partial(check, seed=self._seed)

    def _borrow(self, name: str, seen: dict[str, Any], caller: Caller) -> None:
        kind = seen.get("is")
        value: Any = _MISSING
        if kind == "plain":
            value = seen.get("value")
        elif kind == "callable" and type(seen.get("handle")) is int:
            value = Proxy(caller, name, seen, self._student.visit_number)
        elif kind == "exception":
            value = self._standins.kind_of(seen.get("chain"))
        elif kind == "module":
            found = self._importable.module(name, str(seen.get("module")))
            value = _MISSING if found is None else found
        if value is _MISSING:
            what = "a module" if kind == "module" else f"an object of type {seen.get('type')}"
            self._kept_back[name] = f"{name} is {what}, which cannot leave the sandbox"
            return
        self._names[name] = self._borrowed[name] = value

    # -- running --------------------------------------------------------------------------

    def _execute(self, source: str, filename: str) -> Any:
        """Run the text of a cell; return the value of its last expression, if it is to be shown."""
        tree = ast.parse(source, filename)
        last = tree.body[-1] if tree.body else None
        if not isinstance(last, ast.Expr):
            exec(compile(tree, filename, "exec", dont_inherit=True), self._names)
            return _MISSING
        before = ast.Module(tree.body[:-1], tree.type_ignores)
        code: CodeType = compile(before, filename, "exec", dont_inherit=True)
        exec(code, self._names)
        flags = code.co_flags & _FUTURES
        end = compile(ast.Expression(last.value), filename, "eval", flags, dont_inherit=True)
        value = eval(end, self._names)
        return _MISSING if source.rstrip().endswith(";") else value

    def _display(self, *things: Any, **options: Any) -> None:
        """What `display` is in a notebook."""
        for thing in things:
            self._shown.append(
                {"output_type": "display_data", "data": shown(thing), "metadata": {}}
            )

    def _failed(self, cell: CellSpec, filename: str, error: BaseException, paper: Paper) -> Result:
        line = _innermost(error.__traceback__, filename)
        name, message, inner = _told(error)
        if isinstance(error, NameError) and error.name in self._kept_back:
            message = self._kept_back[error.name]
        elif inner and line in scoring.hidden_lines(cell.source):
            inner, message = "", "raised by your function, which a hidden test had called"
        if isinstance(error, TestFailed) and error.status == "timed out":
            self._student.timed_out = True
        lines = scoring.traceback_of(cell.source, line, name, message, inner)
        outputs = [scoring.stream_output(paper.text())] if paper.text() else []
        outputs += [*self._shown, scoring.error_output(name, message, lines)]
        why = f"{name}: {message}" if message else name
        return Result(points=0.0, why=scoring.clean(why.split("\n")[0])[:300], outputs=outputs)

    def _own_folder(self) -> str:
        """A folder for the tests, with the files that came with the notebook."""
        if not self._folder:
            self._folder = homes.make_home(None)
            for name, content in self._files.items():
                place = Path(self._folder, name)
                if Path(self._folder) in place.resolve().parents:
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(content)
        return self._folder

    def close(self) -> None:
        """Forget everything: nothing of this submission is there when the next one comes."""
        self._names.clear()
        self._borrowed.clear()
        self._shown.clear()
        self._modules.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""


def _passed(
    cell: CellSpec, value: Any, data: dict[str, Any] | None, paper: Paper, displays: list[Any]
) -> Result:
    outputs = [scoring.stream_output(paper.text())] if paper.text() else []
    outputs += displays
    if isinstance(value, Verdict):
        points = min(max(value.points, 0.0), cell.points)
        outputs.append(scoring.result_output(data or {}, points, cell.points))
        wrong = [fact for fact in value.facts if not fact.ok]
        found = dict.fromkeys(fact.misconception for fact in wrong if fact.misconception)
        why = value.problem or value.run_again or "; ".join(fact.name for fact in wrong)
        return Result(
            points=points,
            why="" if points == cell.points and not value.run_again else why[:300],
            outputs=outputs,
            misconceptions=tuple(found),
            verdict=to_json(value),
        )
    points = cell.points
    if data is not None:
        points = scoring.number_in(data.get("text/plain"), cell.points)
        outputs.append(scoring.result_output(data, points, cell.points))
    why = "" if points == cell.points else f"{points:g} of {cell.points:g} points"
    return Result(points=points, why=why, outputs=outputs)


def _told(error: BaseException) -> tuple[str, str, str]:
    """Name, message, and the traceback of the student's own code."""
    inner = getattr(error, "lessonkit_traceback", "")
    if isinstance(error, TestFailed):
        return error.kind, str(error), ""
    try:
        message = str(error)
    except Exception:  # a stand-in with odd arguments
        message = ""
    return type(error).__name__, message, inner if isinstance(inner, str) else ""


def _modules(spec: NotebookSpec) -> Iterator[tuple[str, str]]:
    """What the instructor's own cells import, and as what."""
    for cell in spec.cells:
        if cell.kind == "code":
            yield from read(cell.source).modules


def _line_of(frame: Any, filename: str) -> int | None:
    """The line of the test that is running now."""
    while frame is not None:
        if frame.f_code.co_filename == filename:
            return int(frame.f_lineno)
        frame = frame.f_back
    return None


def _innermost(trace: TracebackType | None, filename: str) -> int | None:
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _forget(error: BaseException | None) -> None:
    """Cut the ties from an error to the frames that it came through."""
    seen = 0
    while error is not None and seen < 50:
        error.__traceback__ = None
        error, seen = error.__context__, seen + 1
