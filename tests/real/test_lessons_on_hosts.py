"""A learner gets through every lesson on every kind of host, whatever is installed there.

What a host cannot show is shown as it ran elsewhere; what it can is run. So no cell raises or
complains, every solution has its points, and every demonstration ends with a fact.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import pytest

from lessonkit.scenes.compilers import COMPILERS
from tests.fence import MS_BIND, REPOSITORY, body, mount, require_inside
from tests.hosts import chosen_hosts, run_on_host

__all__ = ["play_lesson", "play_what_is_wrong"]

LESSONS = sorted(path.stem for path in (REPOSITORY / "source").glob("*/*.ipynb"))
OPTIONAL = ("strace", "tini", *COMPILERS, "pstree")
BARE = "root, nothing installed"
HOSTS = ("docker-user", "user", "user-masked-proc", BARE)
# Every lesson on every host with LESSONKIT_ALL_HOSTS=1. Otherwise those that no browser plays in
# every change (browser/test_lessons_in_lab), on the host that has least; the exercises of the
# others are judged there by test_exercises_on_hosts.
CHOSEN = [
    (lesson, host)
    for lesson in chosen_hosts(*LESSONS[::2], *LESSONS[1::2], always=len(LESSONS[::2]))
    for host in chosen_hosts(*HOSTS, always=1)
]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(620)]


@pytest.mark.parametrize(("lesson", "host"), CHOSEN)
def test_a_lesson_can_be_worked_through(lesson: str, host: str) -> None:
    """No cell fails, all points are there, each demonstration has a fact."""
    bare = host == BARE
    call = body("tests.real.test_lessons_on_hosts:play_lesson", lesson, "bare" if bare else "")
    fenced = run_on_host("root" if bare else host, call, timeout=600)

    told = [json.loads(line) for line in fenced.stdout.splitlines() if line.startswith("{")]
    assert told, fenced.stdout[-2000:] + fenced.stderr[-2000:]
    assert [one for one in told if one.get("wrong")] == []
    assert told[-1] == {"end": lesson}, fenced.stderr[-2000:]


def test_what_is_wrong_in_a_cell_is_noticed() -> None:
    """The test above would prove nothing if a cell could fail unseen."""
    fenced = run_on_host("user", body("tests.real.test_lessons_on_hosts:play_what_is_wrong"))
    told = [json.loads(line) for line in fenced.stdout.splitlines() if line.startswith("{")]
    words = [" ".join(one["wrong"]) for one in told]

    assert len(words) == len(WRONG) + 1, fenced.stderr[-2000:]
    assert words[0] == ""
    for said, (_, wanted) in zip(words[1:], WRONG, strict=True):
        assert wanted in said


WRONG = (
    ("1 / 0", "ZeroDivisionError"),
    ("print('oh', file=sys.stderr)", "stderr: oh"),
    ("check('3.1', lambda n: None)", "of 3 points"),
    (
        "views.predict('D1', 'Well?', {'A': 'a', 'B': 'b'}, lambda: 0, answer=lambda r: None)",
        "no fact",
    ),
)
"""Cells, and what is to be said of them."""


SHOWN = {"in-box": "kernel: False   in the box: True"}
"""The notebook's kernel has one of the first pids here, as a program in a box has."""


def play_what_is_wrong() -> None:
    """Behind the fence: one cell that is right, and then those."""
    require_inside()
    folder = tempfile.mkdtemp()
    os.environ.update(HOME=folder, IPYTHONDIR=f"{folder}/ipython")
    os.chdir(folder)
    shell = _shell()
    begin = "import sys\nfrom lessonkit import check, run, views\n%load_ext lessonkit"
    for source in (begin, *(source for source, _ in WRONG)):
        _say({"wrong": _play(shell, source)})
    from lessonkit.sandbox import pool

    pool.close()


def play_lesson(lesson: str, bare: str) -> None:
    """Behind the fence: run the cells one after the other, and fill in what asks for it."""
    require_inside()
    for program in OPTIONAL if bare else ():
        if (found := shutil.which(program)) is not None:
            mount("/dev/null", os.path.realpath(found), "", MS_BIND)
    folder = tempfile.mkdtemp()
    os.environ.update(HOME=folder, IPYTHONDIR=f"{folder}/ipython")
    shutil.copytree(REPOSITORY / "source" / lesson, f"{folder}/{lesson}")
    os.chdir(f"{folder}/{lesson}")
    warnings.simplefilter("ignore")
    shell = _shell()
    for cell in json.loads(Path(f"{lesson}.ipynb").read_text())["cells"]:
        if cell["cell_type"] == "code":
            wrong = _play(shell, "".join(cell["source"]), SHOWN.get(cell["id"], ""))
            _say({"cell": cell["id"], "wrong": wrong})
    from lessonkit.sandbox import pool

    pool.close()
    _say({"end": lesson})


def _shell() -> Any:
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.colors = "nocolor"
    return shell


def _say(said: dict[str, Any]) -> None:
    print(json.dumps(said), file=sys.__stdout__, flush=True)


def _play(shell: Any, source: str, shown: str = "") -> list[str]:
    """Run one cell; return what should not be. shown: what has to be in its output."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        ran = shell.run_cell(source)
    wrong = [f"stderr: {err.getvalue():.300}"] if err.getvalue() else []
    failed = ran.error_before_exec or ran.error_in_exec
    if failed is not None:
        return [*wrong, f"{type(failed).__name__}: {failed!s:.300}", out.getvalue()[-300:]]
    if shown not in out.getvalue():
        wrong.append(f"{shown!r} is not in {out.getvalue()!r:.300}")
    if source.startswith("check(") and not _needs_what_is_not_here(ran.result):
        points, most = ran.result.points, ran.result.max_points
        if points != most:
            wrong.append(f"{points:g} of {most:g} points: {ran.result!s:.300}")
        if ran.result.run_again:
            wrong.append(f"not judged: {ran.result.run_again:.300}")
    if re.search(r"\bviews\.predict\(", source):
        wrong += _predict(ran.result)
    return wrong


def _needs_what_is_not_here(verdict: Any) -> bool:
    """One exercise is written in C; without a compiler nobody loses its points."""
    return "no C compiler" in (verdict.run_again or "") and not any(map(shutil.which, COMPILERS))


def _predict(form: Any) -> list[str]:
    options = form.choice.options
    form.keep("as I think" if options is None else next(iter(options)))
    form.run()
    form.explain("It came so.")
    if not form.ran or (options is not None and form.fact is None):
        return [f"no fact: {form!s:.600}"]
    return []
