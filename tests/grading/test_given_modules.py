"""Modules that the instructor gives beside the notebook: tests import the instructor's own."""

from __future__ import annotations

import dataclasses
import os
import sys
import tempfile
from collections.abc import Mapping

import pytest

from lessonkit.grading import calibrate
from lessonkit.grading.codec import job_from_bytes, job_to_bytes
from lessonkit.grading.judging import judge_job
from lessonkit.grading.records import Job, Judgement
from tests.grading.making import QUICK, answer, given, job_of, points_of, test

OWN = b"class Odd(ValueError):\n    pass\n\ndef expected(n):\n    return 2 * n\n"
CHEAT = (
    b"class Same:\n    def __eq__(self, other):\n        return True\n"
    b"class Odd(ValueError):\n    pass\n"
    b"def expected(n):\n    return None\n"
)
PARTS = (
    given("import helper\nfrom helper import expected as wanted"),
    answer("def double(n):\n    return 2 * n"),
    test("assert double(4) == helper.expected(4)"),
    test("from helper import expected\nassert double(3) == expected(3) == wanted(3)"),
)


def judge_with(own: Mapping[str, bytes], handed: Mapping[str, bytes], job: Job) -> Judgement:
    """Judge, where the instructor gave *own*, and the submission holds *handed*."""
    return judge_job(dataclasses.replace(job, files=handed, trusted_files=own))


def test_tests_and_answers_import_what_the_instructor_gave() -> None:
    """Both sides have it, each in its own interpreter, and no test runs together for it."""
    files = {"helper.py": OWN}
    uses = answer("import helper\ndef double(n):\n    return helper.expected(n)")
    job = job_of(PARTS[0], uses, *PARTS[2:])

    result = judge_with(files, files, job)

    assert points_of(result) == [1, 1], [cell.why for cell in result.cells]
    assert all(cell.tamper_proof for cell in result.cells)
    assert calibrate(job.spec, files, QUICK).modes == {}
    assert points_of(judge_with({}, files, job)) == [0, 0], "without it there is nothing to import"


@pytest.mark.parametrize("trick", [CHEAT, b"raise SystemExit", b"expected = lambda n: n\n"])
def test_a_changed_copy_gains_nothing_and_costs_nothing(trick: bytes) -> None:
    """What a student made of the file runs in the box only: wrong answers stay wrong, right ones
    right."""
    own, handed = {"helper.py": OWN}, {"helper.py": trick}
    wrong = answer("def double(n):\n    return None if n > 3 else n")

    assert points_of(judge_with(own, handed, job_of(PARTS[0], wrong, *PARTS[2:]))) == [0, 0]
    assert points_of(judge_with(own, handed, job_of(*PARTS))) == [1, 1]


def test_a_module_that_only_the_student_handed_in_is_never_imported_beside_tests() -> None:
    """Neither one that is called as the instructor's would be, nor one beside the tests' data."""
    mark = os.path.join(tempfile.gettempdir(), f"lessonkit-escaped-{os.getpid()}")
    trick = f"open({mark!r}, 'w')\ndef expected(n):\n    return None\n".encode()
    for name in ("helper.py", "helper/__init__.py"):
        judge_with({"data.txt": b""}, {name: trick}, job_of(*PARTS))
    assert not os.path.exists(mark)
    assert "helper" not in sys.modules


def test_exceptions_of_a_given_module_are_the_same_on_both_sides() -> None:
    """A test's `except helper.Odd` hears of the one that the student's function raised."""
    files = {"helper.py": OWN}
    job = job_of(
        given("import helper"),
        answer("import helper\ndef fail():\n    raise helper.Odd('seven')"),
        test(
            "try:\n    fail()\nexcept helper.Odd as e:\n    told = str(e)\nassert told == 'seven'"
        ),
    )
    assert points_of(judge_with(files, files, job)) == [1]


def test_each_submission_has_it_afresh() -> None:
    """What a test changed in the module is not there for the next one; nothing is left behind."""
    files = {"pack/__init__.py": b"seen = []\n", "pack/words.py": b"from pack import seen\n"}
    job = job_of(
        given("import pack.words"),
        answer("def f():\n    return 1"),
        test("pack.seen.append(f())\nassert pack.words.seen == [1]"),
    )
    before, path = os.listdir(tempfile.gettempdir()), list(sys.path)
    for _ in range(3):
        assert points_of(judge_with(files, files, job)) == [1]
    assert not [name for name in sys.modules if name.partition(".")[0] == "pack"]
    assert sys.path == path
    left = set(os.listdir(tempfile.gettempdir())) - set(before)
    assert not [name for name in left if name.startswith(f"lessonkit-box-{os.getpid()}-")]


def test_names_of_the_standard_library_stay_what_they_are() -> None:
    """A file called json.py of the instructor's does not take the place of this process's json."""
    files = {"json.py": b"def dumps(x):\n    return 'mine'\n", "helper.py": OWN}
    job = job_of(
        given("import json, helper"),
        answer("def f():\n    return [1]"),
        test("assert json.dumps(f()) == '[1]' and helper.expected(1) == 2"),
    )
    assert points_of(judge_with(files, files, job)) == [1]


def test_files_travel_once_where_both_have_them() -> None:
    """A job is as it was, on the other side; equal files take their bytes only once."""
    big = bytes(100_000)
    job = dataclasses.replace(
        job_of(*PARTS),
        files={"helper.py": CHEAT, "big": big},
        trusted_files={"big": big, "helper.py": OWN, "more": b""},
    )
    data = job_to_bytes(job)
    assert job_from_bytes(data) == job
    assert len(data) < 2 * len(big)
