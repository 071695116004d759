"""What a student's answer names is looked up where tests run only as the instructor named it."""

from __future__ import annotations

import importlib
import json
import sys
import zlib

import pytest

from lessonkit.grading.names import read
from lessonkit.grading.proxies import TestFailed
from lessonkit.grading.standins import Importable, StandIns
from tests.grading.making import answer, given, judged, points_of, test

TEACHER = (
    "import os, numpy.linalg as la\nfrom lessonkit import check\nfrom IPython.display import HTML\n"
    "def late():\n    import zlib as z\n    return z"
)


def importable() -> Importable:
    """What that notebook of an instructor lets students name."""
    return Importable(read(TEACHER).modules)


def test_a_module_does_not_pass_for_something_else() -> None:
    """`items.index(3)` of a list is not `operator.index(3)`, which is right whatever is asked."""
    result = judged(
        answer("import operator as items", model="items = [0, 1, 2, 3]"),
        test("assert items.index(3) == 3"),
    )
    assert points_of(result) == [0]
    assert "items is a module, which cannot leave the sandbox" in result.cells[0].why


def test_a_test_does_not_call_a_module_with_what_was_meant_for_a_list() -> None:
    """`words.remove("kept.txt")` removes no file, though the instructor imports os as well."""
    result = judged(
        given("import os"),
        answer("import os as words", model="words = ['kept.txt']"),
        test("words.remove('kept.txt')\nassert words == []"),
        test("assert os.path.exists('kept.txt')"),
        files={"kept.txt": b"here"},
    )
    assert points_of(result) == [0, 1]


def test_a_module_that_the_instructor_has_by_that_name_is_the_real_one() -> None:
    """Also when one of two is imported, whichever there is: what worked before goes on working."""
    source = "try:\n    import no_such_module as j\nexcept ImportError:\n    import json as j"
    result = judged(answer(source), test("assert j.dumps([1]) == '[1]'"))
    assert points_of(result) == [1]
    wrong = judged(answer("import pickle as j", model=source), test("assert j.dumps([1]) == '[1]'"))
    assert points_of(wrong) == [0]


@pytest.mark.parametrize(
    ("name", "claimed", "given"),
    [
        ("os", "os", True),
        ("os", "sys", False),
        ("check", "lessonkit.check", False),  # no module, and so none is found
        ("lessonkit", "lessonkit", False),  # by no such name
        ("z", "zlib", True),
        ("z", "os", False),
        ("", "lessonkit", False),
        ("HTML", "IPython.__main__", False),
        ("anything", "math", False),
    ],
)
def test_a_module_has_the_name_that_it_has_in_the_instructors_cells(
    name: str, claimed: str, given: bool
) -> None:
    """The pair counts, not what is installed."""
    found = importable().module(name, claimed)
    assert found is (importlib.import_module(claimed) if given else None)


CLAIMS = (
    "rlcompleter",
    "unittest.__main__",
    "IPython.__main__",
    "numpy.f2py.__main__",
    "numpy.testing.tests.test_utils",
    "lessonkit.cli",
    "lessonkit.lessons.command",
    "antigravity",
    "turtledemo.clock",
    "idlelib.idle",
    "ctypes.test",
    "helper",
    "__main__",
    ".os",
    "",
    "os\0",
)


def test_a_claim_imports_nothing() -> None:
    """Not the standard library, not a part of the instructor's own packages: where nobody has
    loaded it, no test can name a class of it."""
    StandIns(importable()).kind_of([["zlib", "error", 1]])
    before = set(sys.modules)
    for module in CLAIMS:
        kind = StandIns(importable()).kind_of([[module, "Error", 1], ["builtins", "OSError", 2]])
        assert issubclass(kind, OSError)
        assert kind.__module__ == "__main__"
    assert set(sys.modules) == before


def test_classes_that_mean_something_to_the_grader_are_not_to_be_had() -> None:
    """A student's function that "raises" one gets another of that name."""
    chain = [["lessonkit.grading.proxies", "TestFailed", 1], ["builtins", "BaseException", 2]]
    assert StandIns(importable()).kind_of(chain) is not TestFailed
    assert StandIns(importable()).kind_of([["lessonkit.grading.trusted", "TimeUp", 1]]) is not None
    error = StandIns(importable()).error_of({"chain": chain, "args": ["text", "ValueError"]})
    assert not isinstance(error, TestFailed)


def test_exceptions_that_a_test_can_name_are_the_real_ones() -> None:
    """Of modules that are loaded, or that the instructor imports, at the top or within."""
    kind_of = StandIns(importable()).kind_of
    assert kind_of([["json.decoder", "JSONDecodeError", 1]]) is json.JSONDecodeError
    assert kind_of([["zlib", "error", 1]]) is zlib.error
    assert kind_of([["lessonkit.errors", "UsageError", 1]]).__name__ == "UsageError"
    result = judged(
        answer("import queue\ndef f():\n    queue.SimpleQueue().get_nowait()"),
        test("import queue\ntry:\n    f()\nexcept queue.Empty:\n    1\nelse:\n    0"),
    )
    assert points_of(result) == [1]


def test_our_failure_in_a_test_costs_nothing_although_the_test_caught_it() -> None:
    """The box dies in the middle of a test, by no fault of the student's: no points are written."""
    killing = (
        "import gc\nfrom lessonkit.sandbox.sessions_client import Session\n"
        "assert f() == 1\n"
        "for one in gc.get_objects():\n"
        "    if type(one) is Session and one.began:\n        one.kill()\n"
        "try:\n    f()\nexcept Exception:\n    pass\n0"
    )
    result = judged(answer("def f():\n    return 1"), test(killing), test("assert f() == 1"))
    assert result.status == "we failed", result
    assert judged(answer("def f():\n    return 1"), test("assert f() == 1")).points == 1
