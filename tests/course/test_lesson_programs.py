"""`lessonkit doctor` names the programs that lessons run, and what a lesson does without one.

Nothing here runs a lesson: the notebooks are read as text.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lessonkit.doctor import PROGRAMS, Report
from lessonkit.scenes.compilers import COMPILERS
from tests.course.lessons import LESSONS

NAMES = {program.name for program in PROGRAMS}


def needed() -> set[str]:
    """What the cells ask for before they run something, else show a recording."""
    found = set()
    for cell in (cell for lesson in LESSONS for cell in lesson.code):
        for listed in re.findall(r"^ *(?:.*\W)?(?:needs=|NEEDS = )(\([^)]*\))", cell.source, re.M):
            words = re.findall(r"\"(\w+)\"", listed)
            found |= set(words)
    return found


def test_doctor_knows_every_program_that_a_lesson_asks_for() -> None:
    """A learner can see beforehand what will be a recording."""
    assert {"strace", "tini", "unshare", "pstree"} <= needed() <= NAMES


def test_each_missing_program_is_told_with_what_happens_without() -> None:
    """And with the package that brings it."""
    text = Report(found=(), cgroup=None, advice=(), missing=("cc", "tini")).text()

    assert "Programs that lessons use: bash, ps, unshare, pstree, strace found." in text
    assert "without cc       01 and 06 show recorded runs" in text
    assert "(gcc or clang or tcc will do as well)" in text
    assert "without tini     04 shows recorded runs" in text
    assert "6.2 is not judged, and everybody gets its points" in text
    assert "apt-get install gcc libc6-dev" in text
    assert "without strace" not in text


def test_the_same_as_data() -> None:
    """True for what is there."""
    programs = Report(found=(), cgroup=None, advice=(), missing=("cc",)).data()["programs"]

    assert programs == {name: name != "cc" for name in NAMES}


@pytest.mark.parametrize(
    ("there", "found"),
    [
        ((), None),
        (("tcc",), "tcc"),
        (("clang", "gcc"), "gcc"),
        (("tcc", "clang", "gcc", "cc"), "cc"),
    ],
)
def test_any_c_compiler_will_do(
    there: tuple[str, ...], found: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of the names that is on PATH, in the order in which checks and `run_c` try them."""
    for name in there:
        (tmp_path / name).symlink_to("/bin/true")
    monkeypatch.setenv("PATH", str(tmp_path))
    [program] = [program for program in PROGRAMS if program.name == COMPILERS[0]]

    assert program.found() == found
    if found is not None:
        text = Report(found=(), cgroup=None, advice=()).text()
        assert re.search(rf"^Programs that lessons use: .*\b{found} found\.$", text, re.MULTILINE)


def test_only_an_answer_in_c_is_not_judged_without_a_compiler() -> None:
    """What doctor says of 6.2 is true: its answer is the text of a C file."""
    [lesson] = [lesson for lesson in LESSONS if lesson.number == 6]
    answer = lesson.by_id["q6-2-answer"].source

    assert "#include" in answer
